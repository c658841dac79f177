"""Moods that are written to files of each format, as other programs read them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen
import mutagen.id3
import numpy as np
import pytest

from ml.audio.audio_hash import audio_hash
from ml.audio.tag_writing.fields import MoodTags, plan
from ml.audio.tag_writing.writing import read_fields, write_fields
from ml.audio.tags import read_tags
from tests import sounds
from tests.ml.decoded_audio import decode_file
from tests.tag_programs import by_ffprobe, by_music_metadata, by_taglib, by_tinytag

MOODS = ("Sad but Tender", "Sad", "Tender")
TAGS = MoodTags(MOODS, valence=3.5, arousal=2.25)
JOINED = ["Sad but Tender;Sad;Tender"]

FORMS = [
    "mp3",
    "mp3-2.3",
    "mp3-2.2",
    "mp3-bare",
    "wav",
    "wav24",
    "aiff",
    "flac",
    "ogg",
    "opus",
    "m4a",
    "alac",
    "wma",
    "aac",
]
WITH_COVER = {"mp3", "mp3-2.3", "wav24", "aiff", "flac", "m4a", "alac"}

Song = Callable[[str], Path]


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Song:
    """A tagged song in one format, encoded once; `mp3-bare` has no tag at all."""
    folder = tmp_path_factory.mktemp("songs")

    def song(form: str) -> Path:
        kind = form.partition("-")[0]
        path = folder / f"{form}{sounds.FORMS[kind].suffix}"
        if path.exists():
            return path
        tags = {} if form == "mp3-bare" else {"title": "Harbour", "artist": "The Testers"}
        sounds.write(path, sounds.spread(sounds.music(3.0), 2), sounds.RATE, kind, tags=tags)
        if form in WITH_COVER:
            sounds.attach_cover(path, sounds.image())
        if form == "wav24":  # with an ID3 tag, readers do not look at the other one, as its writers know
            file = mutagen.File(path)
            file.tags.add(mutagen.id3.TIT2(text=["Harbour"]))
            file.save()
        if form == "mp3-2.3":
            mutagen.id3.ID3(path).save(path, v2_version=3)
        if form == "mp3-bare":
            mutagen.id3.delete(path)
        if form == "mp3-2.2":
            mutagen.id3.delete(path)
            title = b"TT2" + (8).to_bytes(3, "big") + b"\0Harbour"
            path.write_bytes(b"ID3\2\0\0\0\0\0" + bytes([len(title) + 20]) + title + bytes(20) + path.read_bytes())
        return path

    return song


@pytest.fixture
def song(songs: Song, tmp_path: Path) -> Song:
    """A copy of it that the test may change."""
    return lambda form: Path(shutil.copy(songs(form), tmp_path))


def tag(path: Path, tags: MoodTags = TAGS) -> None:
    file = read_fields(path)
    write_fields(path, file.fields, plan(file.kind, file.fields, tags, existing="keep").fields)


def other_tags(path: Path) -> Any:
    """As this product reads them, with the cover."""
    return read_tags(path)


@pytest.mark.parametrize("form", FORMS)
def test_taglib_reads_all_moods(song: Song, form: str) -> None:
    path = song(form)
    tag(path)
    read = by_taglib(path)
    expected = JOINED if form in ("mp3-2.3", "mp3-2.2") else list(MOODS)
    # TagLib does not keep the order of WMA's values, and does not know its other names.
    assert (sorted(read["MOOD"]) == sorted(expected)) if form == "wma" else (read["MOOD"] == expected)
    assert form == "wma" or (read["VALENCE"], read["AROUSAL"]) == (["3.50"], ["2.25"])
    if form != "mp3-bare":
        assert read["TITLE"] == ["Harbour"]


@pytest.mark.parametrize("form", FORMS)
def test_tinytag_reads_all_moods(song: Song, form: str) -> None:
    path = song(form)
    tag(path)
    read = by_tinytag(path)
    values = read["tmoo"][0].split("\0") if "tmoo" in read else read["mood"]
    assert sorted(values) == sorted(JOINED if form in ("mp3-2.3", "mp3-2.2") else MOODS)
    assert read["valence"] == ["3.50"]


@pytest.mark.parametrize("form", [form for form in FORMS if form != "mp3-2.2"])
def test_music_metadata_reads_all_moods(song: Song, form: str) -> None:
    """It does not read the user text of ID3v2.2."""
    path = song(form)
    tag(path)
    read = by_music_metadata(path)
    assert sorted(read["moods"]) == sorted(JOINED if form == "mp3-2.3" else MOODS)
    assert read["valence"] == ["3.50"]
    assert read["title"] == (None if form == "mp3-bare" else "Harbour")
    assert read["covers"] == (form in WITH_COVER)


@pytest.mark.parametrize("form", [form for form in FORMS if not form.startswith("wav")])
def test_ffprobe_shows_the_composite_mood_first(song: Song, form: str) -> None:
    """FFmpeg does not read the ID3 chunk of WAV files."""
    path = song(form)
    tag(path)
    read = {name.lower().removeprefix("wm/").replace("tmoo", "mood"): text for name, text in by_ffprobe(path).items()}
    assert read["mood"].split(";")[0] == MOODS[0]
    assert read["valence"] == "3.50"


@pytest.mark.parametrize("form", FORMS)
def test_sound_and_other_tags_stay(song: Song, form: str) -> None:
    path = song(form)
    before, tags = audio_hash(path), other_tags(path)
    samples, _ = decode_file(path)
    tag(path)
    assert audio_hash(path) == before
    after, info = decode_file(path)
    assert np.array_equal(after, samples)
    assert info.warnings == []
    assert other_tags(path) == tags
    assert (tags.cover is not None) == (form in WITH_COVER)


@pytest.mark.parametrize("form", FORMS)
def test_undo_leaves_no_mood_and_the_same_tags(song: Song, form: str) -> None:
    path = song(form)
    before, tags = audio_hash(path), other_tags(path)
    file = read_fields(path)
    tag(path)
    written = read_fields(path).fields
    write_fields(path, written, file.fields, keep_tag=file.has_tag)
    assert read_fields(path).fields == file.fields == {}
    assert (audio_hash(path), other_tags(path)) == (before, tags)
    assert "MOOD" not in by_taglib(path)


@pytest.mark.parametrize("form", ["mp3-bare", "wav"])
def test_undo_of_a_new_id3_tag_gives_the_same_bytes(song: Song, form: str) -> None:
    path = song(form)
    content = path.read_bytes()
    tag(path)
    assert path.read_bytes() != content
    write_fields(path, read_fields(path).fields, {}, keep_tag=False)
    assert path.read_bytes() == content


@pytest.mark.parametrize("form", FORMS)
def test_one_value_alone_is_what_every_reader_shows(song: Song, form: str) -> None:
    path = song(form)
    tag(path, MoodTags(MOODS[:1]))
    assert by_taglib(path)["MOOD"] == [MOODS[0]]
    assert form == "mp3-2.2" or by_music_metadata(path)["moods"] == [MOODS[0]]


@pytest.mark.parametrize("form", FORMS)
def test_a_second_write_replaces_what_was_written(song: Song, form: str) -> None:
    path = song(form)
    tag(path)
    size = path.stat().st_size
    file = read_fields(path)
    planned = plan(file.kind, file.fields, MoodTags(("Calm",)), existing="keep", own=MOODS)
    assert planned.outcome == "update"
    write_fields(path, file.fields, planned.fields)
    assert by_taglib(path)["MOOD"] == ["Calm"]
    assert path.stat().st_size <= size, "there was room for it"
