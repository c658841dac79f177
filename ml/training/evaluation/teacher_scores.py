"""Out-of-fold scores of regressions on what the teachers hear: what the networks could reach, without training them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ml.models.score_vector import AFFECT_MIDDLE, AFFECT_SCALE
from ml.moods import MOOD_NAMES
from ml.spec import SPEC
from ml.training.data.clips import MUSIC_SETS, Clip, read_clips
from ml.training.data.packing import Pack
from ml.training.data.soft_targets import Regressions
from ml.training.data.teachers import CLIP_WIDTH, TEACHERS, read_teachers


def teacher_scores(data: Path) -> tuple[list[Clip], list[dict[str, float]]]:
    """All labelled clips, and the sixteen terms, valence and arousal of each by regressions without its fold.

    Raises MoodError("data_missing"), and ValueError where a teacher did not hear a collection.
    """
    pack = _pack_of_teachers(data)
    scores: list[dict[str, float]] = [{} for _ in pack.clips]
    for fold in np.unique(pack.folds):
        fitting, own = (np.flatnonzero(here) for here in (pack.folds != fold, pack.folds == fold))
        predicted = Regressions.fit(pack, fitting, both=True).predict(pack, own)
        affect = predicted["affect"] * AFFECT_SCALE + AFFECT_MIDDLE
        for row, clip in enumerate(own):
            terms = zip(MOOD_NAMES, map(float, predicted["moods"][row]), strict=True)
            scores[clip] = dict(terms) | {"valence": float(affect[row, 0]), "arousal": float(affect[row, 1])}
    return pack.clips, scores


def _pack_of_teachers(data: Path) -> Pack:
    """Clips and teachers' descriptions of them, without features."""
    clips = read_clips(data)
    descriptions: dict[str, list[np.ndarray]] = {name: [] for name in TEACHERS}
    for collection in MUSIC_SETS:
        teachers = read_teachers(data / "teacher", collection)
        if missing := set(TEACHERS) - set(teachers):
            raise ValueError(f"{data / 'teacher'} has no {sorted(missing)[0]}-{collection}.npz.")
        for name in TEACHERS:
            descriptions[name].append(teachers[name].clips)
    empty, starts = np.zeros((0, 0), np.float32), np.zeros(len(clips) + 1, int)
    whole = {name: np.concatenate(parts) for name, parts in descriptions.items()}
    for name in TEACHERS:
        assert whole[name].shape == (len(clips), CLIP_WIDTH[name])
    return Pack(
        clips, SPEC, empty, starts, empty, starts, empty, starts, np.ones((len(clips), len(TEACHERS)), bool),
        *(whole[name] for name in TEACHERS),
    )  # fmt: skip
