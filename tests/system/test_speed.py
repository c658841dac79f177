"""What `make bench` measures in minutes, in seconds and with room for slow machines: a guard, not a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import sounds
from tests.bench.apart import measured_apart
from tests.bench.songs import as_long_as, copies, song


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return song(tmp_path_factory.mktemp("songs") / "minute.mp3", seconds=60.0)


def test_hearing_a_song_takes_little_more_than_reading_it(minute: Path) -> None:
    found = measured_apart("tests.bench.hearing", minute)
    assert found["whole"] <= 5 * found["decoding"]
    assert sum(found["stages"].values()) == pytest.approx(found["whole"], rel=0.5)


def test_memory_stays_flat_however_long_a_song_is(tmp_path: Path) -> None:
    short, long = sounds.write_long(tmp_path / "1.mp3", 60), sounds.write_long(tmp_path / "30.mp3", 1800)
    peaks = [measured_apart("tests.bench.growth", path)["peak_mb"] for path in (short, long)]
    assert peaks[1] - peaks[0] <= 40


def test_the_songs_of_the_bench_are_as_long_as_they_claim_and_each_is_another(minute: Path, tmp_path: Path) -> None:
    from tests.ml.decoded_audio import decode_file

    _, facts = decode_file(as_long_as(minute, tmp_path / "long.mp3", 150.0))
    assert facts.duration_s == pytest.approx(150.0, abs=0.2)
    assert len({path.read_bytes() for path in copies(minute, tmp_path / "copies", 3)}) == 3
