"""A short version of `make bench` with generous limits, to catch large regressions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import sounds
from tests.bench import load
from tests.bench.measurement import measure_in_subprocess
from tests.bench.songs import copies, repeat_to_length, song


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return song(tmp_path_factory.mktemp("songs") / "minute.mp3", seconds=60.0)


def test_analysis_takes_at_most_five_times_as_long_as_decoding(minute: Path) -> None:
    seconds = measure_in_subprocess("tests.bench.analysis", minute)
    assert seconds["whole"] <= 5 * seconds["decoding"]
    assert sum(seconds["stages"].values()) == pytest.approx(seconds["whole"], rel=0.5)


def test_memory_does_not_grow_with_the_length_of_a_song(tmp_path: Path) -> None:
    short, long = sounds.write_long(tmp_path / "1.mp3", 60), sounds.write_long(tmp_path / "30.mp3", 1800)
    peaks = [measure_in_subprocess("tests.bench.song_length", path)["peak_mb"] for path in (short, long)]
    assert peaks[1] - peaks[0] <= 40


@pytest.mark.timeout(900)
def test_clients_upload_and_poll_without_an_error(tmp_path: Path) -> None:
    """Response times are left to `make bench ONLY=load`: this machine may be busy."""
    no_error, _, memory = load.rows(tmp_path, clients=4)
    assert no_error.met, no_error.measured
    assert memory.met, memory.measured


def test_bench_songs_have_the_right_length_and_different_checksums(minute: Path, tmp_path: Path) -> None:
    from tests.ml.decoded_audio import decode_file

    _, facts = decode_file(repeat_to_length(minute, tmp_path / "long.mp3", 150.0))
    assert facts.duration_s == pytest.approx(150.0, abs=0.2)
    assert len({path.read_bytes() for path in copies(minute, tmp_path / "copies", 3)}) == 3
