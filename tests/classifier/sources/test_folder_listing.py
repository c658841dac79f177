"""The files that a folder has, and the paths that may be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import ProductError
from classifier.sources.folder_listing import FolderListing, names_of
from classifier.sources.folder_paths import file_path, folder_check, key_of, relative_path
from classifier.sources.items import SourceItem, SourceProblem


def write(path: Path, content: bytes = b"sound") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def items(folder: Path) -> list[SourceItem]:
    return [one for one in FolderListing(str(folder)) if isinstance(one, SourceItem)]


def problems(folder: Path) -> list[SourceProblem]:
    return [one for one in FolderListing(str(folder)) if isinstance(one, SourceProblem)]


def keys(folder: Path) -> list[str]:
    return [item.key for item in items(folder)]


def code_of(error: pytest.ExceptionInfo[ProductError]) -> str:
    return error.value.code


def test_audio_files_are_listed_in_the_order_of_their_paths(music: Path) -> None:
    for name in ("b/2.FLAC", "b/1.mp3", "a/deep/er/0.opus", "z.wav"):
        write(music / name)
    assert keys(music) == ["z.wav", "a/deep/er/0.opus", "b/1.mp3", "b/2.FLAC"]


def test_what_is_no_song_is_not_listed(music: Path) -> None:
    for name in ("cover.jpg", ".hidden.mp3", ".trash/a.mp3", "@eaDir/a.mp3", "notes.txt", "program"):
        write(music / name)
    write(music / "being-copied.mp3", b"")
    os.mkfifo(music / "pipe.mp3")
    assert list(FolderListing(str(music))) == []


def test_an_item_says_what_tells_that_a_file_changed(music: Path) -> None:
    path = write(music / "Björk/Post/03 - Isobel.mp3", b"12345")
    os.utime(path, ns=(7, 1_234_567_890_123_456_789))
    (item,) = items(music)
    assert (item.size_bytes, item.modified_ns) == (5, 1_234_567_890_123_456_789)
    assert (item.artist, item.album, item.title) == ("Björk", "Post", "Isobel")
    path.rename(music / "other.mp3")
    (renamed,) = items(music)
    assert renamed.file_id == item.file_id


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("01 - Wires.mp3", "Wires"),
        ("1-07. Wires.mp3", "Wires"),
        ("07 Wires.mp3", "Wires"),
        ("99 Luftballons.mp3", "Luftballons"),
        ("1979.mp3", "1979"),
        ("12.mp3", "12"),
    ],
)
def test_the_title_is_the_name_without_the_number_of_the_track(path: str, title: str) -> None:
    assert names_of(path) == {"title": title}


@pytest.mark.parametrize("name", [b"caf\xe9.mp3", b"a\\b.mp3", b"\\xe9.mp3", b"\xff\xfe/\x80.mp3", "ü\n.mp3".encode()])
def test_a_key_gives_back_the_bytes_of_the_name(name: bytes, music: Path) -> None:
    key_of(name).encode("utf-8")  # as databases store it
    assert relative_path(key_of(name)) == name
    write(music / os.fsdecode(name), b"found")
    (item,) = items(music)
    assert file_path(str(music), item.key).read_bytes() == b"found"


def test_names_that_are_not_utf8_are_shown_with_a_replacement(music: Path) -> None:
    write(music / os.fsdecode(b"caf\xe9.mp3"))
    (item,) = items(music)
    assert (item.path, item.title) == ("caf\ufffd.mp3", "caf\ufffd")


def test_a_link_out_of_the_folders_of_music_is_refused(music: Path, tmp_path: Path) -> None:
    secret = write(tmp_path / "private/secret.mp3")
    (music / "file.mp3").symlink_to(secret)
    (music / "folder").symlink_to(secret.parent)
    assert keys(music) == []
    assert {(one.key, one.code) for one in problems(music)} == {
        ("file.mp3", "link_outside"),
        ("folder", "link_outside"),
    }
    for key in ("file.mp3", "folder/secret.mp3", "../private/secret.mp3"):
        with pytest.raises(ProductError) as error:
            file_path(str(music), key)
        assert code_of(error) == "source_file_missing"


def test_a_link_into_another_folder_of_music_is_followed(music: Path, tmp_path: Path, settings: Any) -> None:
    write(tmp_path / "more/a.mp3")
    settings.MUSIC_DIRS = [music, tmp_path / "more"]
    (music / "linked").symlink_to(tmp_path / "more")
    assert keys(music) == ["linked/a.mp3"]


def test_links_in_a_circle_end(music: Path) -> None:
    write(music / "album/a.mp3")
    (music / "album/again").symlink_to(music)
    assert keys(music) == ["album/a.mp3"]


def test_a_locked_folder_is_reported_and_the_others_are_listed(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(music / "locked/a.mp3")
    write(music / "open/b.mp3")
    scandir = os.scandir

    def refuse(path: bytes) -> object:
        if path.endswith(b"locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr("classifier.sources.folder_listing.os.scandir", refuse)
        listed = list(FolderListing(str(music)))
    assert [one.key for one in listed if isinstance(one, SourceItem)] == ["open/b.mp3"]
    (problem,) = [one for one in listed if isinstance(one, SourceProblem)]
    assert (problem.key, problem.code) == ("locked", "file_unreadable")
    assert "Permission denied" in problem.message


def test_a_link_that_leads_nowhere_is_reported(music: Path) -> None:
    (music / "gone.mp3").symlink_to(music / "nothing.mp3")
    (problem,) = problems(music)
    assert (problem.key, problem.code) == ("gone.mp3", "file_unreadable")


def test_a_folder_that_is_not_there_is_unavailable(music: Path) -> None:
    with pytest.raises(ProductError) as error:
        list(FolderListing(str(music / "unmounted")))
    assert code_of(error) == "source_unavailable"


def test_a_folder_that_is_unmounted_meanwhile_is_unavailable(music: Path) -> None:
    for name in ("a.mp3", "b.mp3"):
        write(music / name)
    listing = iter(FolderListing(str(music)))
    next(listing)
    music.rename(music.with_name("elsewhere"))
    with pytest.raises(ProductError) as error:
        list(listing)
    assert code_of(error) == "source_unavailable"


def test_only_folders_in_music_dirs_may_be_added(music: Path, tmp_path: Path) -> None:
    (music / "album").mkdir()
    (tmp_path / "private").mkdir()
    (music / "link").symlink_to(tmp_path / "private")
    assert folder_check(f" {music}/album/ ") == f"{music}/album"
    assert folder_check(str(music)) == str(music)
    expected = {
        "album": "folder_malformed",
        f"{music}/nothing": "folder_missing",
        f"{music}/../private": "folder_outside",
        f"{music}/link": "folder_outside",
        f"{music}-two": "folder_outside",
        "/etc": "folder_outside",
    }
    for text, code in expected.items():
        with pytest.raises(ProductError) as error:
            folder_check(text)
        assert code_of(error) == code, text


def test_without_music_dirs_no_folder_may_be_added(settings: Any) -> None:
    settings.MUSIC_DIRS = []
    with pytest.raises(ProductError) as error:
        folder_check("/etc")
    assert code_of(error) == "folders_off"
