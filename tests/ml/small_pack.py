"""A synthetic pack: two kinds of sound with opposite labels, enough to test training."""

from __future__ import annotations

import numpy as np

from ml.spec import SPEC
from ml.training.data.clips import Clip
from ml.training.data.packing import Pack

SECONDS = 12
TEACHER_OUTPUTS = 6


def small_pack(clips: int = 20, seed: int = 0) -> Pack:
    """Clips in turn from 4qaed, mirex and emotify, in five folds; odd ones are bright, even ones dark."""
    random = np.random.default_rng(seed)
    rng, mel, frames, teacher = [], [], [], []
    for number in range(clips):
        bright = number % 2
        rng.append(_clip(number, bright))
        slope = np.linspace(60 + 80 * bright, 140 - 80 * bright, SPEC.n_mels)
        noise = random.normal(0, 10, (SECONDS * SPEC.steps_per_s + 1, SPEC.n_mels))
        mel.append(np.clip(slope + noise, 0, 255).astype(np.uint8))
        frames.append(np.abs(random.normal(1 + bright, 0.2, (SECONDS - 2, 57))).astype(np.float32))
        teacher.append(np.full((SECONDS, TEACHER_OUTPUTS), bright, np.float16))
    starts = [np.concatenate(([0], np.cumsum([len(part) for part in parts]))) for parts in (mel, frames, teacher)]
    return Pack(
        rng,
        SPEC,
        np.concatenate(mel),
        starts[0],
        np.concatenate(frames),
        starts[1],
        np.concatenate(teacher),
        starts[2],
    )


def _clip(number: int, bright: int) -> Clip:
    collection = ("4qaed", "mirex", "emotify")[number // 2 % 3]
    felt = (0.1, 0.1, 0.1, 0.1, 0.1 + 0.6 * (1 - bright), 0.1 + 0.6 * bright, 0.1, 0.1, 0.1)
    return Clip(
        collection=collection,
        file=f"{number}.wav",
        fold=number // 2 % 5,
        artist=f"artist {number}",
        genre="",
        quadrant=3 * (1 - bright) if collection == "4qaed" else None,
        cluster=4 * bright if collection == "mirex" else None,
        valence_arousal=(5.0, 3.0 + 4.0 * bright) if collection == "4qaed" else None,
        emotions=felt if collection == "emotify" else None,
        listeners=20 if collection == "emotify" else 0,
        words=("bright",) if bright else ("dark",),
    )
