"""All training data in one folder of plain arrays: features, labels, teacher outputs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.spec import AudioSpec
from ml.training.data.clips import MUSIC_SETS, Clip, available_collections, read_clips
from ml.training.data.feature_cache import FeatureCache
from ml.training.data.teachers import CLIP_WIDTH, PARTS, TEACHERS, WIDTH, Teacher, read_teachers

ARRAYS = (
    "mel", "mel_starts", "frames", "frame_starts", "teacher", "teacher_starts", "teacher_mask",
    *(f"{name}_clips" for name in TEACHERS),
)  # fmt: skip


@dataclass(frozen=True)
class Pack:
    """Clip i has the rows starts[i]:starts[i + 1] of mel, frames and teacher, each with its own starts."""

    clips: list[Clip]
    spec: AudioSpec
    mel: np.ndarray
    mel_starts: np.ndarray
    frames: np.ndarray
    frame_starts: np.ndarray
    teacher: np.ndarray
    """float16 (seconds, outputs of all teachers); 0 where a teacher did not hear the clip."""
    teacher_starts: np.ndarray
    teacher_mask: np.ndarray
    """bool (clips, teachers): which teachers heard the clip."""
    mn04_clips: np.ndarray
    """float16 (clips, 1344): this teacher's description of each whole clip."""
    musicnn_clips: np.ndarray
    """float16 (clips, 1506)."""

    def mel_of(self, clip: int) -> np.ndarray:
        return self.mel[self.mel_starts[clip] : self.mel_starts[clip + 1]]

    def frames_of(self, clip: int) -> np.ndarray:
        return self.frames[self.frame_starts[clip] : self.frame_starts[clip + 1]]

    def teacher_of(self, clip: int) -> np.ndarray:
        """float32 (seconds, outputs); no columns without a teacher."""
        return self.teacher[self.teacher_starts[clip] : self.teacher_starts[clip + 1]].astype(np.float32)

    def duration_s(self, clip: int) -> float:
        return float(self.mel_starts[clip + 1] - self.mel_starts[clip] - 1) / self.spec.steps_per_s

    @property
    def folds(self) -> np.ndarray:
        return np.array([clip.fold for clip in self.clips])

    @property
    def measured(self) -> np.ndarray:
        """Indices of the clips that metrics are about: labelled, and no augmented copies. They come first."""
        return np.array([i for i, clip in enumerate(self.clips) if clip.collection in MUSIC_SETS])

    @property
    def originals(self) -> np.ndarray:
        """Indices of all clips that are no augmented copies."""
        return np.array([i for i, clip in enumerate(self.clips) if clip.copy_of is None])

    def training_clips(self, fold: str) -> np.ndarray:
        """Indices of the originals outside the folds in the name, like "0" or "start-01"; all for "final"."""
        originals = self.originals
        excluded = [int(character) for character in fold if character.isdigit()]
        return originals[~np.isin(self.folds[originals], excluded)]

    def copies(self) -> np.ndarray:
        """int (clips,): the augmented copy of each clip, -1 for none."""
        found = np.full(len(self.clips), -1)
        for index, clip in enumerate(self.clips):
            if clip.copy_of is not None:
                found[clip.copy_of] = index
        return found

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        facts = {"spec": self.spec.to_card(), "clips": [asdict(clip) for clip in self.clips]}
        (folder / "clips.json").write_text(json.dumps(facts))

    @classmethod
    def load(cls, folder: Path) -> Pack:
        facts = json.loads((folder / "clips.json").read_text())
        clips = [_clip(row) for row in facts["clips"]]
        arrays = {name: np.load(folder / f"{name}.npy") for name in ARRAYS}
        return cls(clips, AudioSpec.from_card(facts["spec"]), **arrays)


def make_pack(data: Path, cache: FeatureCache, processes: int | None = None) -> Pack:
    """Extracts missing features and collects everything. Prints and leaves out clips that cannot be read."""
    clips = read_clips(data, available_collections(data))
    failed = cache.fill([data / clip.name for clip in clips], processes)
    for path, sentence in failed.items():
        print(f"left out {path}: {sentence}")
    teachers = {name: read_teachers(data / "teacher", name) for name in {clip.collection for clip in clips}}
    rows = _rows_in_collections(clips)
    kept = [index for index, clip in enumerate(clips) if data / clip.name not in failed]
    position = {index: place for place, index in enumerate(kept)}
    packed, mel, frames, rows_and_clips = [], [], [], []
    for index in kept:
        clip = clips[index]
        if clip.copy_of is not None:
            if clip.copy_of not in position:
                continue
            clip = Clip(**{**clip.__dict__, "copy_of": position[clip.copy_of]})
        features = cache.load(data / clip.name)
        packed.append(clip)
        mel.append(features.mel)
        frames.append(features.frames)
        rows_and_clips.append(_teacher_rows(teachers[clip.collection], rows[index], int(features.duration_s)))
    teacher = [seconds for seconds, _ in rows_and_clips]
    if not any(teachers.values()):
        teacher = [np.zeros((0, 0), np.float16) for _ in packed]
    return Pack(
        packed, cache.spec, np.concatenate(mel), _starts(mel), np.concatenate(frames), _starts(frames),
        np.concatenate(teacher), _starts(teacher),
        np.array([[name in whole for name in TEACHERS] for _, whole in rows_and_clips]),
        *(
            np.stack([whole.get(name, np.zeros(CLIP_WIDTH[name])) for _, whole in rows_and_clips]).astype(np.float16)
            for name in TEACHERS
        ),
    )  # fmt: skip


def _teacher_rows(teachers: dict[str, Teacher], row: int, seconds: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """All teachers' rows of a clip, float16 (seconds, WIDTH), and those teachers' descriptions of the whole clip."""
    parts = []
    for name in TEACHERS:
        width = sum(part.width for part in PARTS if part.file == name)
        parts.append(teachers[name].by_second(row, seconds) if name in teachers else np.zeros((seconds, width)))
    joined = np.concatenate(parts, axis=1).astype(np.float16)
    assert joined.shape[1] == WIDTH
    return joined, {name: teacher.clips[row] for name, teacher in teachers.items()}


def _rows_in_collections(clips: list[Clip]) -> list[int]:
    """The row of each clip in its collection's files."""
    counts: dict[str, int] = {}
    rows = []
    for clip in clips:
        rows.append(counts.get(clip.collection, 0))
        counts[clip.collection] = rows[-1] + 1
    return rows


def _clip(row: dict[str, Any]) -> Clip:
    """JSON has lists where a clip has tuples."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Clip(**values)


def _starts(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(([0], np.cumsum([len(part) for part in parts])))
