"""Songs of sources when songs and accounts are deleted and exported."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from django.utils import timezone

from classifier.library.account_export import account_archive
from classifier.models import Person, Song, SongLocation, Source, SourceKind
from classifier.services.person_delete import DELETE, KEEP, person_delete
from classifier.services.song_delete import song_delete
from classifier.uploads.song_deletion import songs_delete
from tests.classifier.sources.conftest import START, Scan, songs_by_key, write_song


def test_a_song_that_the_user_deletes_does_not_come_back(music: Path, scan: Scan) -> None:
    paths = [write_song(music / f"{number}.wav", number) for number in range(3)]
    songs = songs_by_key(scan())
    first, second, third = songs.values()
    assert first is not None
    assert second is not None
    song_delete(song=first)
    songs_delete(ids=[second.id])
    source = scan(1)
    assert list(Song.objects.all()) == [third]
    assert source.locations.filter(is_ignored=True, song=None).count() == 2
    assert all(path.exists() for path in paths)
    source.locations.update(is_ignored=False)
    scan(2)
    assert Song.objects.count() == 3


def test_an_account_is_deleted_with_its_sources(music: Path, scan: Scan, anna: Person, olga: Person) -> None:
    path = write_song(music / "a.wav")
    scan()
    person_delete(person=anna, songs=DELETE, now=timezone.now(), by=olga)
    assert (Song.objects.count(), Source.objects.count(), SongLocation.objects.count()) == (0, 0, 0)
    assert path.exists()


def test_somebody_who_keeps_the_songs_of_an_account_keeps_its_sources(
    music: Path, scan: Scan, anna: Person, olga: Person
) -> None:
    write_song(music / "a.wav")
    write_song(music / "b.wav", 1)
    source = scan()
    Song.objects.filter(file_name="b.wav").update(sha256="b" * 64)
    hers = Song.objects.create(owner=olga, file_name="b.wav", sha256="b" * 64, size_bytes=1, created_at=START)
    # Another song of hers that nobody has read yet.
    Song.objects.create(owner=olga, file_name="c.wav", size_bytes=1, created_at=START)
    assert person_delete(person=anna, songs=KEEP, now=timezone.now(), by=olga) == 1
    source.refresh_from_db()
    assert source.owner == olga
    songs = songs_by_key(source)
    assert songs["b.wav"] == hers
    assert songs["a.wav"] is not None
    assert songs["a.wav"].owner == olga


def test_an_account_export_names_the_sources_and_has_no_files_of_theirs(music: Path, scan: Scan, anna: Person) -> None:
    write_song(music / "a.wav")
    scan()
    Source.objects.create(
        owner=anna,
        kind=SourceKind.OPENSUBSONIC,
        name="Attic",
        address="https://music.example.org",
        username="anna",
        encrypted_secret="do not tell",
        created_at=START,
    )
    data = b"".join(account_archive(anna, with_audio=True, now=timezone.now()))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not [name for name in archive.namelist() if name.startswith("audio/")]
        account = json.loads(archive.read("account.json"))
        assert "a.wav" in archive.read("songs.csv").decode()
    assert [(one["kind"], one["name"]) for one in account["sources"]] == [
        ("opensubsonic", "Attic"),
        ("folder", "Music"),
    ]
    assert "do not tell" not in json.dumps(account)
