"""All training data in one folder of plain arrays: features, labels, teacher outputs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.spec import AudioSpec
from ml.training.data.clips import Clip, read_clips
from ml.training.data.feature_cache import FeatureCache
from ml.training.data.teachers import read_teachers


@dataclass(frozen=True)
class Pack:
    """Clip i has the rows starts[i]:starts[i + 1] of each array; each of the three arrays has its own starts."""

    clips: list[Clip]
    spec: AudioSpec
    mel: np.ndarray
    mel_starts: np.ndarray
    frames: np.ndarray
    frame_starts: np.ndarray
    teacher: np.ndarray
    teacher_starts: np.ndarray

    def mel_of(self, clip: int) -> np.ndarray:
        return self.mel[self.mel_starts[clip] : self.mel_starts[clip + 1]]

    def frames_of(self, clip: int) -> np.ndarray:
        return self.frames[self.frame_starts[clip] : self.frame_starts[clip + 1]]

    def teacher_of(self, clip: int) -> np.ndarray:
        """float32 (seconds, outputs); no rows without a teacher."""
        return self.teacher[self.teacher_starts[clip] : self.teacher_starts[clip + 1]].astype(np.float32)

    def duration_s(self, clip: int) -> float:
        return float(self.mel_starts[clip + 1] - self.mel_starts[clip] - 1) / self.spec.steps_per_s

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("mel", "mel_starts", "frames", "frame_starts", "teacher", "teacher_starts"):
            np.save(folder / f"{name}.npy", getattr(self, name))
        facts = {"spec": self.spec.to_card(), "clips": [asdict(clip) for clip in self.clips]}
        (folder / "clips.json").write_text(json.dumps(facts))

    @classmethod
    def load(cls, folder: Path) -> Pack:
        facts = json.loads((folder / "clips.json").read_text())
        clips = [_clip(row) for row in facts["clips"]]
        arrays = {
            name: np.load(folder / f"{name}.npy")
            for name in ("mel", "mel_starts", "frames", "frame_starts", "teacher", "teacher_starts")
        }
        return cls(clips, AudioSpec.from_card(facts["spec"]), **arrays)


def make_pack(data: Path, cache: FeatureCache, processes: int | None = None) -> Pack:
    """Extracts missing features and collects everything. Prints and leaves out clips that cannot be read."""
    clips = read_clips(data)
    failed = cache.fill([data / clip.name for clip in clips], processes)
    for path, sentence in failed.items():
        print(f"left out {path}: {sentence}")
    packed, mel, frames, teacher = [], [], [], []
    teachers = {name: read_teachers(data / "teacher", name) for name in {clip.collection for clip in clips}}
    row_in_collection: dict[str, int] = {}
    for clip in clips:
        row = row_in_collection[clip.collection] = row_in_collection.get(clip.collection, -1) + 1
        if data / clip.name in failed:
            continue
        features = cache.load(data / clip.name)
        seconds = int(features.duration_s)
        rows = [teacher_frames.by_second(row, seconds) for teacher_frames in teachers[clip.collection]]
        packed.append(clip)
        mel.append(features.mel)
        frames.append(features.frames)
        teacher.append(np.concatenate(rows, axis=1).astype(np.float16) if rows else np.zeros((0, 0), np.float16))
    return Pack(
        packed, cache.spec, np.concatenate(mel), _starts(mel), np.concatenate(frames), _starts(frames),
        np.concatenate(teacher), _starts(teacher),
    )  # fmt: skip


def _clip(row: dict[str, Any]) -> Clip:
    """JSON has lists where a clip has tuples."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Clip(**values)


def _starts(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(([0], np.cumsum([len(part) for part in parts])))
