"""Archives that are none, were changed or are damaged: they change nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classifier.account_import import archive_reading
from classifier.errors import ProductError
from classifier.models import (
    Person,
    Song,
)
from tests.classifier.account_import.conftest import changed, code_of, exported, first_song, imported, with_song
from tests.classifier.conftest import files_under
from tests.classifier.fake_analysis import wav
from tests.shelf import shelve


def test_audio_that_is_another_file_is_refused(
    library: dict[str, Song], anna: Person, boris: Person, media: Path
) -> None:
    archive, before = exported(anna), len(files_under(media))
    result = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(result, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, wav(mark=99) if info.filename.startswith("audio/") else old.read(info))
    assert imported(boris, result).songs == {"archive_malformed": 4, "added_without_audio": 1}
    assert len(files_under(media)) == before


def test_names_that_lead_out_of_the_archive_write_nothing(
    library: dict[str, Song], anna: Person, boris: Person, media: Path
) -> None:
    archive = exported(anna)
    with zipfile.ZipFile(archive, "a") as more:
        for name in ("../../evil.txt", "/etc/evil.txt", "audio/../evil.txt", "audio/x/../../evil.txt", "C:\\evil.txt"):
            more.writestr(name, "evil")
    song = first_song(archive)
    song["file_name"] = "../../evil.wav"
    imported(boris, with_song(archive, song))
    assert not [path for path in media.parent.rglob("*") if "evil" in path.name]
    assert Song.objects.get(owner=boris).file_name == "evil.wav"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"library_songs_jsonl": None}, "archive_unreadable"),
        ({"account_json": None}, "archive_unreadable"),
        ({"account_json": b"{"}, "archive_unreadable"),
        ({"account_json": b"[]"}, "archive_unreadable"),
        ({"account_json": b'{"format": 99}'}, "archive_too_new"),
        ({"library_songs_jsonl": b"nonsense\n"}, "archive_unreadable"),
        ({"library_songs_jsonl": b"[]\n"}, "archive_malformed"),
        ({"library_covers_jsonl": b'{"sha256": "x"}\n'}, "archive_malformed"),
        ({"library_playlists_jsonl": b"3\n"}, "archive_malformed"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_an_archive_of_another_form_changes_nothing(
    library: dict[str, Song], anna: Person, boris: Person, change: dict[str, Any], code: str
) -> None:
    archive = changed(exported(anna), **change)
    assert code_of(lambda: imported(boris, archive)) == code
    assert not Song.objects.filter(owner=boris).exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + bytes(100)])
def test_a_file_that_is_no_zip_changes_nothing(anna: Person, content: bytes) -> None:
    assert code_of(lambda: imported(anna, io.BytesIO(content))) == "archive_unreadable"


def test_a_damaged_archive_changes_nothing(library: dict[str, Song], anna: Person, boris: Person) -> None:
    data = bytearray(exported(anna).getvalue())
    place = data.index(b"library/songs.jsonl") + 400
    data[place : place + 50] = bytes(50)
    assert code_of(lambda: imported(boris, io.BytesIO(bytes(data)))) == "archive_unreadable"
    assert code_of(lambda: imported(boris, io.BytesIO(exported(anna).getvalue()[:-300]))) == "archive_unreadable"
    assert not Song.objects.filter(owner=boris).exists()


OWN = {"name": "mine", "version": "3f2a9c1d5b7e", "moods": ["calm"], "chances": {"calm": 0.7, "loud": 0.3}}
BAD_VALUES: dict[str, Callable[[dict[str, Any]], object]] = {
    "no id": lambda song: song.pop("id"),
    "a checksum that is none": lambda song: song.update(sha256="../../x"),
    "a size that is none": lambda song: song.update(size_bytes="large"),
    "a negative length": lambda song: song.update(duration_s=-1),
    "a year far away": lambda song: song.update(year=99999),
    "a long title": lambda song: song.update(title="x" * 256),
    "a title with a zero byte": lambda song: song.update(title="x\x00"),
    "a verdict that is none": lambda song: song.update(verdict="perhaps"),
    "a mood that is none": lambda song: song.update(verdict="corrected", actual_primary="bliss"),
    "a time that is none": lambda song: song.update(created_at="yesterday"),
    "tags that are no object": lambda song: song.update(tags=[1]),
    "deep tags": lambda song: song.update(tags={"a": [[[[[[[[1]]]]]]]]}),
    "two current results": lambda song: song.update(results=[*song["results"], *song["results"]]),
    "a model with a path": lambda song: song["results"][0].update(model_version="../mood-5"),
    "an answer without a mood": lambda song: song["results"][0]["answer"].pop("mood"),
    "an unknown mood": lambda song: song["results"][0]["answer"]["mood"].update(primary="bliss"),
    "a score above 1": lambda song: song["results"][0]["answer"]["scores"]["moods"].update(sad=2),
    "a score that is a text": lambda song: song["results"][0]["answer"]["scores"]["moods"].update(sad="0.5"),
    "scores of one network": lambda song: song["results"][0]["answer"]["models"].pop("cnn2d"),
    "a feature that is none": lambda song: song["results"][0]["answer"]["features"].update(evil=1),
    "an own model with a path": lambda song: song["results"][0]["answer"].update(own_models=[OWN | {"name": "../x"}]),
    "a chance above 1": lambda song: song["results"][0]["answer"].update(own_models=[OWN | {"chances": {"calm": 2}}]),
    "a mood without a chance": lambda song: song["results"][0]["answer"].update(own_models=[OWN | {"moods": ["x"]}]),
    "a segment that ends first": lambda song: song["results"][0]["segments"][0].update(end_s=-1),
    "a waveform of texts": lambda song: song["results"][0].update(waveform=["x"]),
}


@pytest.mark.parametrize("change", BAD_VALUES.values(), ids=BAD_VALUES)
def test_a_song_with_a_wrong_value_changes_nothing(
    anna: Person, boris: Person, change: Callable[[dict[str, Any]], object]
) -> None:
    shelve(anna, "Nocturne", audio_hash="a" * 64)
    archive = exported(anna)
    song = first_song(archive)
    assert imported(boris, with_song(archive, song)).songs == {"added_without_audio": 1}
    Song.objects.filter(owner=boris).delete()
    change(song)
    assert code_of(lambda: imported(boris, with_song(archive, song))) == "archive_malformed"
    assert not Song.objects.filter(owner=boris).exists()


def test_a_zip_bomb_is_not_unpacked(anna: Person, boris: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_reading, "FREE_BYTES", 1_000_000)
    shelve(anna, "Nocturne")
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("account.json", '{"format": 1}')
        bomb.writestr("library/songs.jsonl", b"\n" * 50_000_000)
    with pytest.raises(ProductError, match="compressed more than any export"):
        imported(boris, result)


def test_a_line_without_end_is_not_read(boris: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_reading, "MAX_LINE_BYTES", 1_000_000)
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as bomb:
        bomb.writestr("account.json", '{"format": 1}')
        bomb.writestr("library/songs.jsonl", b"x" * 5_000_000)
    with pytest.raises(ProductError, match="longer than 1 MB"):
        imported(boris, result)
