"""Regression test: the scores of one song, from the file to the answer, equal the stored ones.

Only a new model changes them. `python -m tests.ml.test_golden_song` writes the current scores.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
from tests.ml.test_bundle import BUNDLE
from tests.sounds import write
from tests.synthesis import music

GOLDEN = Path(__file__).with_name("golden_song.json")
CLOSE = 1e-3


def analysed(folder: Path) -> dict[str, Any]:
    song = write(folder / "song.wav", music(31.0, tempo_bpm=108, minor=True, tonic=2, brightness=0.7))
    answer = analyse(song, bundle=Bundle.open(BUNDLE)).answer
    segments = [{"scores": one["scores"], "models": one["models"]} for one in answer["segments"]]
    return {
        "mood": answer["mood"]["name"],
        "scores": answer["scores"],
        "models": answer["models"],
        "segments": segments,
    }


def numbers(part: Any, place: str = "") -> Iterator[tuple[str, float]]:
    """Every number of the answer with its place in it."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from numbers(value, f"{place}.{key}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from numbers(value, f"{place}[{number}]")
    elif isinstance(part, float | int):
        yield place, float(part)


def test_every_score_of_the_golden_song_is_unchanged(tmp_path: Path) -> None:
    golden, current = json.loads(GOLDEN.read_text()), analysed(tmp_path)
    assert current["mood"] == golden["mood"]
    expected, actual = dict(numbers(golden)), dict(numbers(current))
    assert set(expected) == set(actual)
    assert {
        place: (expected[place], actual[place]) for place in expected if abs(expected[place] - actual[place]) > CLOSE
    } == {}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        GOLDEN.write_text(json.dumps(analysed(Path(folder)), indent=1) + "\n")
