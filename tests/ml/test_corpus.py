"""`make corpus`: every file of a folder ends with an outcome, whatever is in it."""

import os
from pathlib import Path

import pytest

from tests import corpus, sounds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder" / "album").mkdir(parents=True)
    return tmp_path / "folder"


def test_the_table_counts_songs_refusals_and_warnings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = sounds.write(folder / "song.wav", sounds.music(6.0))
    whole = song.read_bytes()
    (folder / "album" / "cut.wav").write_bytes(whole[: len(whole) * 3 // 4])
    (folder / "notes.mp3").write_text("A text, not a song. " * 20)
    assert corpus.main([str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("notes.mp3 | not_audio |") for line in lines)
    assert any(line.startswith("album/cut.wav | done | audio_truncated") for line in lines)
    table = {name.strip(): count for name, _, count in (line.rpartition("  ") for line in lines) if name}
    assert (table["files"].strip(), table["done"].strip(), table["not_audio"].strip()) == ("3", "2", "1")


def test_the_whole_analysis_names_a_mood(folder: Path) -> None:
    child = corpus.Child(full=True, timeout_s=120)
    try:
        outcome = child.read(sounds.write(folder / "song.wav", sounds.music(6.0)))
    finally:
        child.stop()
    assert outcome.code == "done"
    assert outcome.mood
    assert outcome.duration_s == pytest.approx(6.0, abs=0.02)


def test_a_file_that_hangs_or_crashes_its_process_costs_one_file(folder: Path) -> None:
    os.mkfifo(folder / "pipe.mp3")
    song = sounds.write(folder / "song.wav", sounds.music(4.0))
    child = corpus.Child(full=False, timeout_s=120)
    try:
        child.timeout_s = 0.5
        assert child.read(folder / "pipe.mp3").code == "hung"
        child.timeout_s = 120
        child.process.kill()
        child.process.join()
        assert child.read(song).code == "crashed"
        assert child.read(song).code == "done"
    finally:
        child.stop()


@pytest.mark.parametrize(("ffprobe_s", "differs"), [(10.0, False), (10.15, False), (10.3, True), (None, False)])
def test_durations_within_two_per_cent_agree(ffprobe_s: float | None, differs: bool) -> None:
    assert corpus.Outcome("done", duration_s=10.0, ffprobe_s=ffprobe_s).differs is differs
