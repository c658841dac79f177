"""A backup is made of a running installation, and says so when it is damaged or incomplete."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.test import Client
from django.utils import timezone

from classifier.backup.archive import ArchiveError, archive_verify
from classifier.backup.create import Summary, backup_create
from classifier.backup.rows import rows_replace
from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song, SongLocation, Source
from classifier.services.song_delete import song_delete
from classifier.uploads.local_storage import LocalStorage
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import PNG, FakeAnalyser, wav
from tests.s3_server import running_s3

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _snapshot_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's tests refuse connections that are not named before."""
    monkeypatch.setattr(
        DatabaseWrapper, "ensure_connection", lambda self: self.connection or self.connect(), raising=False
    )


@pytest.fixture
def songs(submit: Submit, analyser: FakeAnalyser) -> list[Song]:
    """Three analysed songs."""
    songs = [submit(mark=mark) for mark in range(3)]
    for song in songs:
        song_analyse(song_id=song.id)
        song.refresh_from_db()
    return songs


def backup(*, secrets: bool = False) -> tuple[bytes, Summary]:
    stream = io.BytesIO()
    summary = backup_create(stream, secrets=secrets, now=timezone.now())
    return stream.getvalue(), summary


def content(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


def rows(archive: bytes, label: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(content(archive)[f"rows/{label}.jsonl.gz"]).splitlines()]


def test_a_backup_has_the_rows_and_files_of_all_songs(songs: list[Song]) -> None:
    archive, summary = backup()
    assert {row["id"] for row in rows(archive, "classifier.song")} == {str(song.id) for song in songs}
    assert len(rows(archive, "classifier.analysis")) == 3
    members = content(archive)
    for number, song in enumerate(songs):
        assert members[f"media/{song.file.name}"] == wav(mark=number)
        assert members[f"media/{song.spectrogram.name}"] == PNG
    assert (summary.files, summary.missing, summary.deleted_songs) == (6, [], [])
    checked = archive_verify(io.BytesIO(archive))
    assert checked.summary["rows"]["classifier.song"] == 3


def test_sources_and_locations_are_in_it_and_their_files_are_not(anna: Person) -> None:
    now = timezone.now()
    source = Source.objects.create(owner=anna, kind="folder", name="Music", address="/music", created_at=now)
    song = Song.objects.create(owner=anna, file_name="a.mp3", size_bytes=7, created_at=now)
    SongLocation.objects.create(source=source, song=song, key="caf\\xe9/a.mp3", modified_ns=1_234_567_890_123_456_789)
    archive, summary = backup()
    assert (summary.files, summary.missing) == (0, [])
    (location,) = rows(archive, "classifier.songlocation")
    assert (location["key"], location["modified_ns"]) == ("caf\\xe9/a.mp3", 1_234_567_890_123_456_789)
    SongLocation.objects.all().delete()
    stored = gzip.decompress(content(archive)["rows/classifier.songlocation.jsonl.gz"]).splitlines()
    rows_replace(SongLocation, map(json.loads, stored), using="default")
    assert SongLocation.objects.values().get() == location | {"source_id": source.id, "song_id": song.id}


def test_times_keep_their_microseconds(song: Song) -> None:
    moment = timezone.now().replace(microsecond=123_457)
    Song.objects.update(created_at=moment)
    archive, _ = backup()
    assert rows(archive, "classifier.song")[0]["created_at"] == moment.isoformat()


def test_secrets_are_in_it_only_on_request(anna_client: Client) -> None:
    files = [configured.DATA_DIR / name for name in ("secret_key", "sources_key")]
    for file in files:
        file.write_text(f"the {file.name}\n")
    try:
        archive, _ = backup()
        assert not [name for name in content(archive) if "secret" in name or "session" in name]
        archive, _ = backup(secrets=True)
        assert content(archive)["secrets/secret_key"] == b"the secret_key\n"
        assert content(archive)["secrets/sources_key"] == b"the sources_key\n"
        assert len(rows(archive, "sessions.session")) == 1
    finally:
        for file in files:
            file.unlink()


def deleting_on_first_read(song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user deletes a song once the backup has its rows and reads the first file."""
    read = LocalStorage.read
    deleted: list[bool] = []

    def delete_and_read(self: LocalStorage, *args: Any) -> Iterator[bytes]:
        if not deleted:
            deleted.append(True)
            song_delete(song=song)
        return read(self, *args)

    monkeypatch.setattr(LocalStorage, "read", delete_and_read)


def test_a_song_that_is_deleted_meanwhile_is_named_for_the_restore(
    songs: list[Song], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = songs[-1]
    last_id = str(last.id)
    deleting_on_first_read(last, monkeypatch)
    archive, summary = backup()
    assert (summary.files, summary.missing, summary.deleted_songs) == (4, [], [last_id])
    archive_verify(io.BytesIO(archive))


def test_a_song_that_is_added_meanwhile_is_not_half_there(
    songs: list[Song], submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from classifier.backup import create

    write = create.rows_write

    def add_and_write(*args: Any, **kwargs: Any) -> int:
        submit(mark=100 + Song.objects.count())
        return write(*args, **kwargs)

    monkeypatch.setattr(create, "rows_write", add_and_write)
    archive, _ = backup()
    assert Song.objects.count() > 3
    assert len(rows(archive, "classifier.song")) == 3


def test_a_picture_that_a_new_analysis_replaced_is_taken_from_that(
    songs: list[Song], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = songs[0].spectrogram.name
    read = LocalStorage.read

    def analyse_again_and_read(self: LocalStorage, *args: Any) -> Iterator[bytes]:
        monkeypatch.setattr(LocalStorage, "read", read)
        Song.objects.filter(id=songs[0].id).update(status="queued")
        song_analyse(song_id=songs[0].id)
        return read(self, *args)

    monkeypatch.setattr(LocalStorage, "read", analyse_again_and_read)
    archive, summary = backup()
    assert Song.objects.get(id=songs[0].id).spectrogram.name != old
    assert content(archive)[f"media/{old}"] == PNG
    assert summary.missing == []


def test_a_file_that_was_lost_before_is_reported(songs: list[Song]) -> None:
    Path(songs[1].file.path).unlink()
    _, summary = backup()
    assert summary.missing == [songs[1].file.name]
    assert summary.files == 5


def test_songs_in_a_bucket_are_in_it_too(submit: Submit, settings: Any) -> None:
    with running_s3() as bucket:
        settings.STORAGES = bucket.storages()
        song = submit(mark=7)
        archive, summary = backup()
    assert content(archive)[f"media/{song.file.name}"] == wav(mark=7)
    assert summary.files == 1


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_damaged_byte_is_noticed(songs: list[Song], place: float) -> None:
    archive = bytearray(backup()[0])
    # In the middle of a file's content: zeros between members mean nothing.
    start = archive.find(wav()[:44]) + 44
    position = start + int(place * 10_000)
    archive[position] ^= 0xFF
    with pytest.raises(ArchiveError, match=r"damaged: wrong checksum of media/songs/"):
        archive_verify(io.BytesIO(bytes(archive)))


def test_an_archive_that_breaks_off_is_incomplete(songs: list[Song]) -> None:
    archive, _ = backup()
    for length in (len(archive) // 2, len(archive) // 2 // 512 * 512, 20_000):
        with pytest.raises(ArchiveError, match=r"incomplete|damaged"):
            archive_verify(io.BytesIO(archive[:length]))


def test_another_file_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"damaged or incomplete"):
        archive_verify(io.BytesIO(wav()))
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        tar.add(__file__, "test.py")
    with pytest.raises(ArchiveError, match=r"no backup of Countermood"):
        archive_verify(io.BytesIO(stream.getvalue()))


def test_the_command_writes_a_private_file_and_verifies_it(
    songs: list[Song], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "countermood.tar"
    call_command("backup", str(path))
    assert "Saved 3 songs with 6 files" in capsys.readouterr().out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    call_command("backup", str(path), "--verify")
    assert "Complete: 3 songs, 6 files" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"exists already"):
        call_command("backup", str(path))


def test_a_backup_that_fails_leaves_no_file(songs: list[Song], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalStorage, "read", full)
    with pytest.raises(CommandError, match=r"No space left"):
        call_command("backup", str(tmp_path / "countermood.tar"))
    assert list(tmp_path.iterdir()) == []


def test_an_installation_with_users_is_not_overwritten(songs: list[Song], anna: Person, tmp_path: Path) -> None:
    path = tmp_path / "countermood.tar"
    call_command("backup", str(path))
    with pytest.raises(CommandError, match=r"has 1 users and 3 songs: restore into an empty one"):
        call_command("restore", str(path))
    assert Song.objects.count() == 3
