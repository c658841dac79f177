"""Makes a copy of each training clip with another production, for a teacher to hear.

    python -m ml.training.augment --data DIR

Writes DIR/augmented/*.wav (32 kHz, mono) and DIR/augmented/clips.csv. Let the mn04 teacher hear them, in the order of
clips.csv, into DIR/teacher/mn04-augmented.npz (docs/training.md describes the file); ml.training.pack then takes them
in. Clips that have a copy are skipped. About half a second a clip.
"""

from __future__ import annotations

import argparse
import csv
import wave
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.errors import MoodError
from ml.spec import SPEC
from ml.training.data.audio_augmentation import SAMPLE_RATE, with_other_production
from ml.training.data.clips import AUGMENTED, available_collections, read_clips

TEACHER_SPEC = replace(SPEC, sample_rate=SAMPLE_RATE, hop_length=SPEC.hop_length * 2)


def make_copies(data: Path) -> int:
    """Returns the number of copies in the folder. Prints and leaves out clips that cannot be read."""
    folder = data / AUGMENTED
    folder.mkdir(exist_ok=True)
    collections = tuple(name for name in available_collections(data) if name != AUGMENTED)
    rows = []
    for clip in read_clips(data, collections):
        place = folder / f"{clip.collection}-{Path(clip.file).stem}.wav"
        if not place.exists():
            try:
                recording = np.concatenate(list(decode(data / clip.name, DecodingInfo(), TEACHER_SPEC)))
            except MoodError as error:
                print(f"left out {clip.name}: {error.message}")
                continue
            random = np.random.default_rng(zlib.crc32(place.stem.encode()))
            _write(place, with_other_production(recording, random))
        rows.append((place.name, clip.name))
    with (folder / "clips.csv").open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([("file", "source"), *rows])
    return len(rows)


def _write(place: Path, samples: np.ndarray) -> None:
    partial = place.with_suffix(".partial")
    with wave.open(str(partial), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(SAMPLE_RATE)
        target.writeframes((samples * 32767).astype("<i2").tobytes())
    partial.rename(place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with 4qaed/, mirex/, emotify/")
    args = parser.parse_args()
    print(f"{make_copies(args.data)} copies in {args.data / AUGMENTED}")


if __name__ == "__main__":
    main()
