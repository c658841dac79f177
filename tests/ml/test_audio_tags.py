"""Title, artist and album are read from the file's tags; damaged tags never fail a song."""

from __future__ import annotations

from pathlib import Path

import mutagen.apev2
import mutagen.id3
import mutagen.wave
import numpy as np
import pytest

from ml.audio.tags import MAX_LENGTH, Tags, read_tags, tidy
from tests import sounds

TAGGED = (
    "mp3",
    "wav",
    "flac",
    "ogg",
    "opus",
    "m4a",
    "alac",
    "aac",
    "aiff",
    "wma",
    "webm",
    "matroska",
    "caf",
    "wavpack",
)


@pytest.mark.parametrize("form", TAGGED)
def test_tags_are_read_from_every_format(form: str, tmp_path: Path) -> None:
    tags = {"title": "Für Elise, 2. Teil", "artist": "Людвиг 日本", "album": "Bagatellen"}
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", sounds.tone(440, 1), form=form, tags=tags)

    assert read_tags(song) == Tags("Für Elise, 2. Teil", "Людвиг 日本", "Bagatellen")


@pytest.mark.parametrize("form", ["mp3", "flac", "m4a", "wma"])
def test_a_wrong_extension_does_not_hide_the_tags(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.dat", sounds.tone(440, 1), form=form, tags={"title": "Hidden"})

    assert read_tags(song).title == "Hidden"


@pytest.mark.parametrize("form", ["mp3", "wav", "flac", "ogg", "m4a", "aac", "aiff", "mpegts", "au"])
def test_a_song_without_tags_has_none(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", sounds.tone(440, 1), form=form)

    assert read_tags(song) == Tags(None, None, None)


def test_id3v1_is_read(tmp_path: Path) -> None:
    song = sounds.write_long(tmp_path / "old.mp3", 5)
    with song.open("ab") as file:
        file.write(b"TAG" + b"Old title".ljust(30, b"\0") + b"Old artist".ljust(30, b" ") + b"\0" * 65)

    assert read_tags(song) == Tags("Old title", "Old artist", None)


def test_apev2_tags_are_read(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wv", sounds.tone(440, 1), form="wavpack")
    tags = mutagen.apev2.APEv2()
    tags["Title"], tags["Artist"] = "Monkey", ["One", "Two"]
    tags.save(song)

    assert read_tags(song) == Tags("Monkey", "One, Two", None)


def test_id3_in_a_wav_is_read(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 1))
    file = mutagen.wave.WAVE(song)
    file.add_tags()
    file.tags.add(mutagen.id3.TIT2(encoding=1, text="In UTF-16"))
    file.save()

    assert read_tags(song).title == "In UTF-16"


def test_several_artists_are_joined(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 1))
    tags = mutagen.id3.ID3(song)
    tags.add(mutagen.id3.TPE1(encoding=3, text=["Simon", "Garfunkel"]))
    tags.save(song)

    assert read_tags(song).artist == "Simon, Garfunkel"


def test_a_cover_of_20_mb_is_skipped(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 1), tags={"title": "Covered"}, cover=bytes(20_000_000))

    assert read_tags(song).title == "Covered"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (None, None),
        ("", None),
        (" \t\n\0 ", None),
        ("  two\r\n lines \0", "two lines"),
        ("bell\a and \x1b[31mred", "bell and [31mred"),
        ("e\u0301tude", "étude"),
        ("half \ud800 a letter", "half a letter"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<b>bold</b> & \"quoted\" 'name'", "<b>bold</b> & \"quoted\" 'name'"),
        ("x" * 10_000_000, "x" * MAX_LENGTH),
        ("y" * (MAX_LENGTH - 1) + "  z", "y" * (MAX_LENGTH - 1)),
    ],
    ids=range(11),
)
def test_a_tag_is_one_clean_line_of_bounded_length(raw: str | None, clean: str | None) -> None:
    assert tidy(raw) == clean


@pytest.mark.parametrize("content", [b"", b"ID3", b"ID3\4\0\0\x7f\x7f\x7f\x7f", b"fLaC" + b"\xff" * 100, b"OggS" * 50])
def test_a_damaged_file_has_no_tags_and_raises_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)

    assert read_tags(path) == Tags()


def test_a_missing_file_has_no_tags(tmp_path: Path) -> None:
    assert read_tags(tmp_path / "gone.mp3") == Tags()


def test_damaged_tags_raise_nothing(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    path = tmp_path / "song"
    for form in TAGGED:
        tags = {"title": "A title", "artist": "Somebody", "album": "Something"}
        whole = sounds.write(path, sounds.tone(440, 0.5, 8000), 8000, form, tags=tags).read_bytes()
        for _ in range(10):
            data = bytearray(whole)
            for at in chance.integers(0, min(len(data), 400), 10):
                data[at] = chance.integers(0, 256)
            path.write_bytes(data)
            read_tags(path)
