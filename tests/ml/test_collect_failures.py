"""What goes wrong is told by its row, and leaves nothing half done."""

from __future__ import annotations

import errno
import hashlib
import re
import sys
from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.training import collect as command
from ml.training.collecting.dataset_store import DatasetStore
from ml.training.collecting.excerpts import Cut
from tests.architecture.sources import ROOT
from tests.ml.collected import RATE, everything_in, labels, outcomes, run, song
from tests.ml.sound_server import SoundServer
from tests.sounds import damage, silence, truncate, write


def test_every_row_that_fails_is_told_and_none_stops_the_rest(house: Path, server: SoundServer) -> None:
    song(house / "good.wav")
    damage(song(house / "ruin.flac"), at=0.0)
    write(house / "mute.wav", silence(4.0, RATE), RATE)
    song(house / "short.wav", duration_s=1.0)
    (house / "cover.mp3").write_bytes(b"\x89PNG\r\n\x1a\n")
    (house / "folder.mp3").mkdir()
    page = server.serve("/page.mp3", b"<!DOCTYPE html>")
    places = [
        "nowhere.mp3",
        "mute.wav",
        "short.wav",
        "cover.mp3",
        "folder.mp3",
        page,
        f"{server.link}/gone",
        "ruin.flac",
    ]
    report = run(house, "file,mood\n" + "".join(f"{place},calm\n" for place in [*places, "good.wav"]))
    assert outcomes(report) == [
        *("file_missing", "audio_silent", "audio_too_short", "not_audio", "file_missing", "not_audio", "link_missing"),
        *(report[7]["code"], "collected"),
    ]
    assert report[7]["code"] in ("not_audio", "audio_unreadable")
    assert [row["row"] for row in report] == [str(number) for number in range(2, 11)]
    assert all(row["message"] for row in report[:-1])
    assert everything_in(house / "set/audio") == {Path(labels(house)[0]["file"]).name}


def test_a_song_that_breaks_off_is_kept_with_a_word(house: Path) -> None:
    truncate(song(house / "a.flac", duration_s=9.0), 0.7)
    (row,) = run(house, "file,mood\na.flac,calm\n")
    assert row["outcome"] == "collected"
    assert row["message"]


def test_a_hash_in_the_list_is_held_against_the_recording(house: Path) -> None:
    right = hashlib.sha256(song(house / "a.wav").read_bytes()).hexdigest()
    report = run(
        house, f"file,mood,sha256\na.wav,calm,{right.upper()}\na.wav,calm,{'0' * 64}\n", default_cut=Cut(length_s=3)
    )
    assert outcomes(report) == ["collected", "sha256_differs"]


def test_a_download_with_a_wrong_hash_is_fetched_anew_the_next_time(house: Path, server: SoundServer) -> None:
    right = song(house / "a.mp3").read_bytes()
    link = server.serve("/a", song(house / "b.mp3", seed=1).read_bytes())
    text = f"file,mood,sha256\n{link},calm,{hashlib.sha256(right).hexdigest()}\n"
    assert outcomes(run(house, text)) == ["sha256_differs"]
    server.serve("/a", right)
    assert outcomes(run(house, text)) == ["collected"]


@pytest.mark.parametrize("where", ["inspect_audio", "write_passage"])
def test_whoever_is_interrupted_leaves_nothing_half_done(
    house: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    song(house / "a.wav", duration_s=9.0)
    with monkeypatch.context() as patch:

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(f"ml.training.collecting.collector.{where}", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(house, "file,mood\na.wav,calm\n", default_cut=Cut(length_s=4.0))
    assert everything_in(house / "set") == set()
    assert outcomes(run(house, "file,mood\na.wav,calm\n", default_cut=Cut(length_s=4.0))) == ["collected"]


def test_two_runs_do_not_share_a_folder(house: Path) -> None:
    song(house / "a.wav")
    with DatasetStore(house / "set").locked(), pytest.raises(MoodError) as caught:
        run(house, "file,mood\na.wav,calm\n")
    assert caught.value.code == "collect_busy"


def test_a_folder_that_cannot_be_is_told(house: Path) -> None:
    song(house / "a.wav")
    (house / "set").write_text("a file")
    with pytest.raises(MoodError) as caught:
        run(house, "file,mood\na.wav,calm\n")
    assert caught.value.code == "folder_unwritable"


def test_a_full_disk_stops_everything_with_one_sentence(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song(house / "a.wav")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(DatasetStore, "add", full)
    with pytest.raises(MoodError, match=r"No space left") as caught:
        run(house, "file,mood\na.wav,calm\n")
    assert caught.value.code == "disk_full"
    assert everything_in(house / "set") == set()


def test_what_a_killed_run_left_is_swept_away(house: Path) -> None:
    song(house / "a.wav")
    (house / "set/audio").mkdir(parents=True)
    (house / "set/audio/.abc.mp3.77.part").write_bytes(b"half")
    run(house, "file,mood\na.wav,calm\n")
    assert everything_in(house / "set/audio") == {Path(labels(house)[0]["file"]).name}


def test_the_command_fails_only_where_nothing_could_be_collected(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    song(house / "a.wav")
    (house / "list.csv").write_text("file,mood\nnowhere.mp3,sad\na.wav,calm\n")
    (house / "bad.csv").write_text("file,mood\nnowhere.mp3,sad\n")

    def status(name: str) -> object:
        monkeypatch.setattr(sys, "argv", ["collect", str(house / name), "--out", str(house / "set")])
        try:
            command.main()
        except SystemExit as leaving:
            return leaving.code
        return 0

    assert status("list.csv") == 0
    said = capsys.readouterr().out
    assert "row 2 of list.csv, nowhere.mp3" in said
    assert "collected: 1" in said
    assert status("bad.csv") == 1
    assert "list_missing" in str(status("nowhere.csv"))


def test_a_run_without_any_recording_leaves_the_table_as_it_was(house: Path) -> None:
    song(house / "a.wav")
    run(house, "file,mood\na.wav,calm\n")
    before = labels(house)
    run(house, "file,mood\nnowhere.wav,calm\n")
    assert labels(house) == before


def test_the_page_about_collecting_tells_every_code() -> None:
    files = (ROOT / "ml/training/collecting").glob("*.py")
    raised = {
        code for file in files for code in re.findall(r'(?:Error|Spoiled|BrokenOff|kind)\(\s*"(\w+)"', file.read_text())
    }
    told = set(re.findall(r"`(\w+)`", (ROOT / "docs/collecting.md").read_text()))
    assert len(raised) > 15
    assert raised <= told
