"""What the command `countermood watch` uploads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from countermood_client.folder_watch import FolderWatch, SeenFiles, songs_below


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    (folder / "album").mkdir(parents=True)
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "seen.json"


def looked(watch: FolderWatch) -> list[str]:
    return [path.name for path, _ in watch.look()]


def test_a_file_counts_once_it_no_longer_grows(folder: Path, state: Path) -> None:
    watch = FolderWatch(folder, SeenFiles(state))
    song = folder / "album" / "one.MP3"
    song.write_bytes(b"a")
    assert looked(watch) == []
    song.write_bytes(b"ab")
    assert looked(watch) == []
    assert looked(watch) == ["one.MP3"]


def test_an_uploaded_file_counts_again_only_if_it_changes(folder: Path, state: Path) -> None:
    song = folder / "one.flac"
    song.write_bytes(b"a")
    watch = FolderWatch(folder, SeenFiles(state))
    watch.look()
    [(path, stamp)] = watch.look()
    SeenFiles(state).add(path, stamp)

    again = FolderWatch(folder, SeenFiles(state))
    assert [looked(again), looked(again)] == [[], []]
    os.utime(song, ns=(0, stamp[1] + 1_000_000_000))
    assert [looked(again), looked(again)] == [[], ["one.flac"]]


def test_other_and_hidden_files_do_not_count(folder: Path) -> None:
    for name in ("cover.jpg", "notes.txt", ".hidden.mp3", "b.opus", "a.m4a"):
        (folder / name).touch()
    (folder / "folder.mp3").mkdir()
    assert [path.name for path in songs_below(folder)] == ["a.m4a", "b.opus"]
    assert list(songs_below(folder / "notes.txt")) == [folder / "notes.txt"]


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"a": 1}'])
def test_a_damaged_state_file_counts_as_none(state: Path, text: str) -> None:
    state.parent.mkdir()
    state.write_text(text)
    assert SeenFiles(state).is_new(Path("a.mp3"), (1, 1))
