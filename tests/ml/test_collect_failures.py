"""Failures of collecting are reported by row and leave no incomplete files."""

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
from tests.ml.collect_runs import RATE, everything_in, labels, outcomes, run, song
from tests.ml.sound_server import SoundServer
from tests.sounds import damage, silence, truncate, write


def test_failed_rows_are_reported_and_do_not_stop_the_others(workspace: Path, server: SoundServer) -> None:
    song(workspace / "good.wav")
    damage(song(workspace / "ruin.flac"), at=0.0)
    write(workspace / "mute.wav", silence(4.0, RATE), RATE)
    song(workspace / "short.wav", duration_s=1.0)
    (workspace / "cover.mp3").write_bytes(b"\x89PNG\r\n\x1a\n")
    (workspace / "folder.mp3").mkdir()
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
    report = run(workspace, "file,mood\n" + "".join(f"{place},calm\n" for place in [*places, "good.wav"]))
    assert outcomes(report) == [
        *("file_missing", "audio_silent", "audio_too_short", "not_audio", "file_missing", "not_audio", "link_missing"),
        *(report[7]["code"], "collected"),
    ]
    assert report[7]["code"] in ("not_audio", "audio_unreadable")
    assert [row["row"] for row in report] == [str(number) for number in range(2, 11)]
    assert all(row["message"] for row in report[:-1])
    assert everything_in(workspace / "set/audio") == {Path(labels(workspace)[0]["file"]).name}


def test_a_truncated_song_is_stored_with_a_warning(workspace: Path) -> None:
    truncate(song(workspace / "a.flac", duration_s=9.0), 0.7)
    (row,) = run(workspace, "file,mood\na.flac,calm\n")
    assert row["outcome"] == "collected"
    assert row["message"]


def test_the_hash_in_the_list_is_checked(workspace: Path) -> None:
    right = hashlib.sha256(song(workspace / "a.wav").read_bytes()).hexdigest()
    report = run(
        workspace, f"file,mood,sha256\na.wav,calm,{right.upper()}\na.wav,calm,{'0' * 64}\n", default_cut=Cut(length_s=3)
    )
    assert outcomes(report) == ["collected", "sha256_differs"]


def test_a_download_with_a_wrong_hash_is_retried_in_the_next_run(workspace: Path, server: SoundServer) -> None:
    right = song(workspace / "a.mp3").read_bytes()
    link = server.serve("/a", song(workspace / "b.mp3", seed=1).read_bytes())
    text = f"file,mood,sha256\n{link},calm,{hashlib.sha256(right).hexdigest()}\n"
    assert outcomes(run(workspace, text)) == ["sha256_differs"]
    server.serve("/a", right)
    assert outcomes(run(workspace, text)) == ["collected"]


@pytest.mark.parametrize("where", ["inspect_audio", "write_passage"])
def test_an_interrupted_run_leaves_no_incomplete_files(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    song(workspace / "a.wav", duration_s=9.0)
    with monkeypatch.context() as patch:

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(f"ml.training.collecting.collector.{where}", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(workspace, "file,mood\na.wav,calm\n", default_cut=Cut(length_s=4.0))
    assert everything_in(workspace / "set") == set()
    assert outcomes(run(workspace, "file,mood\na.wav,calm\n", default_cut=Cut(length_s=4.0))) == ["collected"]


def test_two_runs_cannot_share_a_folder(workspace: Path) -> None:
    song(workspace / "a.wav")
    with DatasetStore(workspace / "set").locked(), pytest.raises(MoodError) as caught:
        run(workspace, "file,mood\na.wav,calm\n")
    assert caught.value.code == "collect_busy"


def test_an_unwritable_folder_is_reported(workspace: Path) -> None:
    song(workspace / "a.wav")
    (workspace / "set").write_text("a file")
    with pytest.raises(MoodError) as caught:
        run(workspace, "file,mood\na.wav,calm\n")
    assert caught.value.code == "folder_unwritable"


def test_a_full_disk_stops_the_run_with_one_message(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song(workspace / "a.wav")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(DatasetStore, "add", full)
    with pytest.raises(MoodError, match=r"No space left") as caught:
        run(workspace, "file,mood\na.wav,calm\n")
    assert caught.value.code == "disk_full"
    assert everything_in(workspace / "set") == set()


def test_temporary_files_of_a_killed_run_are_removed(workspace: Path) -> None:
    song(workspace / "a.wav")
    (workspace / "set/audio").mkdir(parents=True)
    (workspace / "set/audio/.abc.mp3.77.part").write_bytes(b"half")
    run(workspace, "file,mood\na.wav,calm\n")
    assert everything_in(workspace / "set/audio") == {Path(labels(workspace)[0]["file"]).name}


def test_the_command_fails_only_if_nothing_was_collected(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    song(workspace / "a.wav")
    (workspace / "list.csv").write_text("file,mood\nnowhere.mp3,sad\na.wav,calm\n")
    (workspace / "bad.csv").write_text("file,mood\nnowhere.mp3,sad\n")

    def status(name: str) -> object:
        monkeypatch.setattr(sys, "argv", ["collect", str(workspace / name), "--out", str(workspace / "set")])
        try:
            command.main()
        except SystemExit as leaving:
            return leaving.code
        return 0

    assert status("list.csv") == 0
    output = capsys.readouterr().out
    assert "row 2 of list.csv, nowhere.mp3" in output
    assert "collected: 1" in output
    assert status("bad.csv") == 1
    assert "list_missing" in str(status("nowhere.csv"))


def test_a_run_without_recordings_keeps_the_table(workspace: Path) -> None:
    song(workspace / "a.wav")
    run(workspace, "file,mood\na.wav,calm\n")
    before = labels(workspace)
    run(workspace, "file,mood\nnowhere.wav,calm\n")
    assert labels(workspace) == before


def test_the_docs_list_every_error_code() -> None:
    files = (ROOT / "ml/training/collecting").glob("*.py")
    raised = {
        code for file in files for code in re.findall(r'(?:Error|Spoiled|BrokenOff|kind)\(\s*"(\w+)"', file.read_text())
    }
    documented = set(re.findall(r"`(\w+)`", (ROOT / "docs/collecting.md").read_text()))
    assert len(raised) > 15
    assert raised <= documented
