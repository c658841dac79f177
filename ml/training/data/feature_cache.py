"""A cache of extracted features, filled in parallel. Another audio spec uses another cache folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ml.errors import MoodError
from ml.features.extraction import SongFeatures, extract
from ml.spec import SPEC, AudioSpec

CODE_VERSION = 2
"""Increase it when a feature changes without a change of the spec."""


class FeatureCache:
    """A folder of extracted features, one file for each clip, named after the spec."""

    def __init__(self, folder: Path, spec: AudioSpec = SPEC) -> None:
        key = json.dumps([CODE_VERSION, spec.to_card()], sort_keys=True)
        self.folder = folder / hashlib.sha256(key.encode()).hexdigest()[:12]
        self.spec = spec

    def fill(self, paths: Iterable[Path], processes: int | None = None) -> dict[Path, str]:
        """Extracts missing features; returns an error message for each file that cannot be read."""
        missing = [path for path in paths if not self._place(path).exists()]
        if not missing:
            return {}
        self.folder.mkdir(parents=True, exist_ok=True)
        failed: dict[Path, str] = {}
        with ProcessPoolExecutor(processes or os.cpu_count()) as pool:
            done = pool.map(_extract, missing, map(self._place, missing), [self.spec] * len(missing), chunksize=4)
            for path, error in zip(missing, tqdm(done, total=len(missing), desc="features", unit="clip"), strict=True):
                if error:
                    failed[path] = error
        return failed

    def load(self, path: Path) -> SongFeatures:
        with np.load(self._place(path)) as stored:
            return SongFeatures(stored["frames"], stored["mel"], float(stored["duration_s"]))

    def _place(self, path: Path) -> Path:
        facts = path.stat()
        key = f"{path.resolve()}:{facts.st_size}:{facts.st_mtime_ns}"
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.npz"


def _extract(path: Path, place: Path, spec: AudioSpec) -> str:
    from ml.audio.decoding import DecodingInfo, decode  # machines that only train need no decoder

    try:
        info = DecodingInfo()
        features = extract(decode(path, info, spec), spec).amplified(info.gain_db)  # as in ml.inference.analysis
    except MoodError as error:
        return error.message
    partial = place.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as handle:
        np.savez_compressed(handle, frames=features.frames, mel=features.mel, duration_s=features.duration_s)
    partial.rename(place)
    return ""
