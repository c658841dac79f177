"""A synthetic pack: two kinds of sound with opposite labels, enough to test training."""

from __future__ import annotations

import numpy as np

from ml.moods import EMOTION_OF_TERM, MOOD_NAMES
from ml.spec import SPEC
from ml.training.data.clips import Clip
from ml.training.data.packing import Pack
from ml.training.data.teachers import CLIP_WIDTH, TEACHERS, WIDTH

SECONDS = 12


def small_pack(clips: int = 20, seed: int = 0, teacher_mask: bool = False) -> Pack:
    """Clips in turn from 4qaed, mirex and emotify, in five folds; odd ones are bright, even ones dark."""
    random = np.random.default_rng(seed)
    rng, mel, frames, teacher = [], [], [], []
    whole: dict[str, list[np.ndarray]] = {name: [] for name in TEACHERS}
    for number in range(clips):
        bright = number % 2
        rng.append(_clip(number, bright))
        slope = np.linspace(60 + 80 * bright, 140 - 80 * bright, SPEC.n_mels)
        noise = random.normal(0, 10, (SECONDS * SPEC.steps_per_s + 1, SPEC.n_mels))
        mel.append(np.clip(slope + noise, 0, 255).astype(np.uint8))
        frames.append(np.abs(random.normal(1 + bright, 0.2, (SECONDS - 2, 57))).astype(np.float32))
        teacher.append(np.full((SECONDS, WIDTH), bright / np.sqrt(WIDTH), np.float16))
        for name in TEACHERS:
            whole[name].append(random.normal(bright, 1.0, CLIP_WIDTH[name]).astype(np.float16))
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
        np.full((clips, len(TEACHERS)), teacher_mask),
        *(np.stack(whole[name]) for name in TEACHERS),
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
        terms=tuple(term for term, share in _terms(number, bright).items() if share > 0.4),
        term_targets=tuple(_terms(number, bright).values()),
    )


def _terms(number: int, bright: int) -> dict[str, float]:
    """Powerful and joyful if bright, calm and sad if dark; any other term at random."""
    own = ("powerful", "joyful") if bright else ("calm", "sad")
    chosen = np.random.default_rng(number).random(len(MOOD_NAMES)) < 0.4
    if number // 2 % 3 == 2:
        return {term: (0.8 if term in own else 0.1) * (term in EMOTION_OF_TERM) for term in MOOD_NAMES}
    others = ("powerful", "joyful", "calm", "sad")
    return {
        term: float(term in own or (bool(chosen[index]) and term not in others))
        for index, term in enumerate(MOOD_NAMES)
    }
