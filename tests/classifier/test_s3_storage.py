"""Songs' files in an S3-compatible store: the same stories as on a disk, and what only several hosts have."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings as configured
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.jobs.clean_up import orphaned_folders_delete
from classifier.jobs.saliency import saliency_draw
from classifier.models import Person, ResumableUpload, Song, Status
from classifier.services.resumable_uploads import (
    received_bytes,
    resumable_upload_append,
    resumable_upload_create,
)
from classifier.services.song_delete import song_delete
from classifier.uploads.partial_files import partial_file_path, resumable_upload_delete
from classifier.uploads.upload_blocks import orphaned_blocks_delete
from classifier.uploads.working_copies import left_over_folders_delete, working_folder
from ml.audio.tags import Cover, Tags
from ml.inference.saliency import MoodSaliency
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import PNG, FakeAnalyser, FakeResult, wav
from tests.s3_server import Bucket, running_s3

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
SONG = wav(4.0, mark=7)


@pytest.fixture(scope="module")
def server() -> Iterator[Bucket]:
    with running_s3() as bucket:
        yield bucket


@pytest.fixture
def bucket(server: Bucket, settings: Any) -> Iterator[Bucket]:
    """All songs are in this bucket, in the folder “music”."""
    settings.STORAGES = server.storages(location="music")
    for name in server.names():  # of tests before
        server.client.delete_object(Bucket="songs", Key=name)
    yield server
    for name in server.names():
        server.client.delete_object(Bucket="songs", Key=name)


@pytest.fixture
def analysed(bucket: Bucket, submit: Submit, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch) -> Song:
    """A song with spectrogram, playable copy and saliency images."""
    monkeypatch.setattr(
        "classifier.ml_gateway.playable_copy", lambda source, target: bool(target.write_bytes(b"ID3\x04 a copy"))
    )
    monkeypatch.setattr(
        "classifier.ml_gateway.mood_saliency",
        lambda path, moods, version: {mood: MoodSaliency(PNG, {"mood": mood}) for mood in moods if path.is_file()},
    )
    analyser.result = FakeResult(model_version="mood-5", tags=Tags(cover=Cover("image/png", PNG)))
    song = submit(mark=7)
    song_analyse(song_id=song.id)
    saliency_draw(song_id=song.id)
    song.refresh_from_db()
    return song


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def local_files() -> list[str]:
    return files_under(Path(configured.DATA_DIR, "media")) + files_under(Path(configured.FILE_UPLOAD_TEMP_DIR))


def test_every_file_of_a_song_is_in_the_bucket_and_none_on_the_disk(analysed: Song, bucket: Bucket) -> None:
    assert analysed.status == Status.DONE
    folder = f"music/songs/{analysed.id.hex[-2:]}/{analysed.id.hex}"
    kinds = sorted(name.removeprefix(f"{folder}/").partition("-")[0] for name in bucket.names())
    assert kinds == ["playable", *["saliency"] * 5, "source.wav", "spectrogram"]
    assert bucket.content(f"{folder}/source.wav") == SONG
    assert local_files() == []


def test_a_deleted_song_leaves_nothing_in_the_bucket(analysed: Song, bucket: Bucket) -> None:
    song_delete(song=analysed)
    assert bucket.names() == []
    assert local_files() == []


def test_audio_is_streamed_with_ranges_and_only_to_its_owner(
    bucket: Bucket, submit: Submit, anna_client: Client, boris_client: Client
) -> None:
    address = reverse("song-audio", args=[submit(mark=7).id])
    whole = anna_client.get(address)
    assert (whole.status_code, whole["Content-Type"], body(whole)) == (200, "audio/wav", SONG)
    part = anna_client.get(address, headers={"range": "bytes=100-299", "if-range": whole["ETag"]})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-299/{len(SONG)}")
    assert body(part) == SONG[100:300]
    assert anna_client.get(address, headers={"if-none-match": whole["ETag"]}).status_code == 304
    assert boris_client.get(address).status_code == 404


def test_images_and_passages_come_from_the_bucket(analysed: Song, anna_client: Client) -> None:
    image = anna_client.get(reverse("song-spectrogram", args=[analysed.id]))
    assert (image.status_code, body(image)) == (200, PNG)
    saliency = anna_client.get(reverse("song-saliency", args=[analysed.id, "primary"]))
    assert (saliency.status_code, body(saliency)) == (200, PNG)
    passage = anna_client.get(reverse("song-passage", args=[analysed.id]), {"start": "1", "end": "2"})
    assert (passage.status_code, passage.content[:4]) == (200, b"RIFF")
    assert local_files() == []


def test_a_signed_link_plays_for_a_while_and_is_only_given_to_the_owner(
    bucket: Bucket, submit: Submit, anna_client: Client, boris_client: Client, settings: Any
) -> None:
    settings.S3_SIGNED_LINK_S = 60
    address = reverse("song-audio", args=[submit(mark=7, name="Süß.wav").id])
    response = anna_client.get(address)
    assert response.status_code == 302
    assert "no-store" in response["Cache-Control"]
    assert "X-Amz-Expires=60" in response["Location"]
    with urlopen(response["Location"]) as audio:
        assert (audio.headers["Content-Type"], audio.read()) == ("audio/wav", SONG)
    assert boris_client.get(address).status_code == 404


def test_a_lost_file_is_not_found_and_the_same_file_restores_it(
    bucket: Bucket, submit: Submit, anna_client: Client
) -> None:
    song = submit(mark=7)
    default_storage.delete(song.file.name)
    assert anna_client.get(reverse("song-audio", args=[song.id])).status_code == 404
    assert submit(mark=7) == song
    assert body(anna_client.get(reverse("song-audio", args=[song.id]))) == SONG


def test_while_the_store_is_away_songs_wait_and_uploads_say_so(
    bucket: Bucket, submit: Submit, analyser: FakeAnalyser, anna_client: Client, settings: Any
) -> None:
    song = submit(mark=7)
    settings.STORAGES = bucket.storages(location="music", endpoint_url="http://127.0.0.1:9")
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert (song.status, song.attempts, song.lease_token) == (Status.QUEUED, 0, None)
    with pytest.raises(ProductError) as caught:
        submit(mark=8)
    assert (caught.value.code, caught.value.http_status) == ("storage_unavailable", 503)
    assert Song.objects.count() == 1
    assert anna_client.get(reverse("song-audio", args=[song.id])).status_code == 503

    settings.STORAGES = bucket.storages(location="music")
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert (song.status, song.attempts) == (Status.DONE, 1)


def test_orphaned_folders_of_the_bucket_are_deleted(bucket: Bucket, submit: Submit, anna: Person) -> None:
    song = submit(mark=7)
    shard = song.id.hex[-2:]
    default_storage.write(f"songs/{shard}/{'0' * 30}{shard}/source.mp3", b"x")  # type: ignore[attr-defined]
    assert orphaned_folders_delete(shard=shard, now=NOW) == 0
    Person.objects.update(date_joined=NOW - timedelta(days=3))
    assert orphaned_folders_delete(shard=shard, now=NOW + timedelta(hours=2)) == 1
    assert bucket.names() == [f"music/{song.file.name}"]


def create(owner: Person) -> ResumableUpload:
    return resumable_upload_create(owner=owner, size_bytes=len(SONG), now=NOW)


def on_another_host(upload: ResumableUpload, settings: Any, tmp_path: Path) -> ResumableUpload:
    """From now on requests come to a web host with an empty disk."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    return ResumableUpload.objects.get(id=upload.id)


def test_another_host_continues_an_upload(bucket: Bucket, anna: Person, settings: Any, tmp_path: Path) -> None:
    upload = create(anna)
    for start in (0, 10_000):
        upload = resumable_upload_append(upload=upload, offset=start, data=SONG[start : start + 10_000], now=NOW)
    upload = on_another_host(upload, settings, tmp_path)
    assert received_bytes(upload) == 20_000
    upload = resumable_upload_append(upload=upload, offset=20_000, data=SONG[20_000:], now=NOW)
    assert upload.song is not None
    assert bucket.names() == [f"music/{upload.song.file.name}"]
    assert bucket.content(bucket.names()[0]) == SONG
    assert files_under(settings.FILE_UPLOAD_TEMP_DIR) == []


def test_an_upload_goes_back_and_forth_between_hosts(
    bucket: Bucket, anna: Person, settings: Any, tmp_path: Path
) -> None:
    upload = create(anna)
    hosts = [Path(configured.FILE_UPLOAD_TEMP_DIR), tmp_path / "other"]
    step = len(SONG) // 5 + 1
    for number, start in enumerate(range(0, len(SONG), step)):
        settings.FILE_UPLOAD_TEMP_DIR = hosts[number % 2]
        upload = resumable_upload_append(upload=upload, offset=start, data=SONG[start : start + step], now=NOW)
    assert upload.song is not None
    assert bucket.content(f"music/{upload.song.file.name}") == SONG
    for host in hosts:
        for name in files_under(host):
            (host / name).unlink()


def test_two_hosts_with_the_same_block_confirm_it_once(
    bucket: Bucket, anna: Person, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = create(anna)
    stale = ResumableUpload.objects.get(id=upload.id)
    resumable_upload_append(upload=upload, offset=0, data=SONG[:100], now=NOW)
    # The other host has read the row before.
    monkeypatch.setattr(ResumableUpload, "refresh_from_db", lambda self, *args, **kwargs: None)
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    with pytest.raises(ProductError) as caught:
        resumable_upload_append(upload=stale, offset=0, data=SONG[:50], now=NOW)
    assert caught.value.code == "upload_offset_conflict"
    assert ResumableUpload.objects.get().received_bytes == 100
    resumable_upload_delete(upload=upload)


def test_a_block_that_the_store_did_not_take_does_not_count(
    bucket: Bucket, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = create(anna)
    with monkeypatch.context() as away:
        away.setattr(
            "classifier.uploads.s3_storage.S3SongStorage.write",
            lambda *args: (_ for _ in ()).throw(ProductError("storage_unavailable", "Away.", 503)),
        )
        with pytest.raises(ProductError):
            resumable_upload_append(upload=upload, offset=0, data=SONG[:100], now=NOW)
    assert partial_file_path(upload.id).stat().st_size == 0
    upload = resumable_upload_append(upload=upload, offset=0, data=SONG, now=NOW)
    assert upload.song is not None
    assert bucket.content(f"music/{upload.song.file.name}") == SONG


def test_an_upload_whose_blocks_were_lost_continues_where_they_end(
    bucket: Bucket, anna: Person, settings: Any, tmp_path: Path
) -> None:
    upload = create(anna)
    for start in (0, 10_000):
        upload = resumable_upload_append(upload=upload, offset=start, data=SONG[start : start + 10_000], now=NOW)
    lost = next(name for name in bucket.names() if "10000-" in name)
    bucket.client.delete_object(Bucket="songs", Key=lost)
    upload = on_another_host(upload, settings, tmp_path)
    with pytest.raises(ProductError) as caught:
        resumable_upload_append(upload=upload, offset=20_000, data=SONG[20_000:], now=NOW)
    assert caught.value.code == "upload_offset_conflict"
    assert received_bytes(ResumableUpload.objects.get()) == 10_000
    upload = resumable_upload_append(upload=upload, offset=10_000, data=SONG[10_000:], now=NOW)
    assert upload.song is not None
    assert bucket.content(f"music/{upload.song.file.name}") == SONG


def test_a_cancelled_upload_leaves_no_blocks(bucket: Bucket, anna: Person) -> None:
    upload = resumable_upload_append(upload=create(anna), offset=0, data=SONG[:100], now=NOW)
    assert len(bucket.names()) == 1
    resumable_upload_delete(upload=upload)
    assert bucket.names() == []


def test_blocks_without_an_upload_are_deleted_after_an_hour(bucket: Bucket, anna: Person) -> None:
    upload = resumable_upload_append(upload=create(anna), offset=0, data=SONG[:100], now=NOW)
    assert orphaned_blocks_delete(older_than=NOW + timedelta(hours=1)) == 0
    ResumableUpload.objects.all().delete()
    assert orphaned_blocks_delete(older_than=NOW - timedelta(hours=1)) == 0
    assert orphaned_blocks_delete(older_than=NOW + timedelta(hours=1)) == 1
    assert bucket.names() == []
    partial_file_path(upload.id).unlink()


def test_the_working_folder_of_a_killed_process_is_deleted_and_that_of_a_living_one_stays(db: None) -> None:
    left_over = Path(configured.FILE_UPLOAD_TEMP_DIR, "working-of-a-killed-process")
    left_over.mkdir()
    (left_over / "source.mp3").write_bytes(b"x")
    script = "import fcntl, os, sys\n"
    script += "fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX); print(flush=True); input()"
    with working_folder() as mine:
        assert not left_over.exists()
        assert left_over_folders_delete() == 0
        assert mine.is_dir()
    other = Path(configured.FILE_UPLOAD_TEMP_DIR, "working-of-another-process")
    other.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(other)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    assert left_over_folders_delete() == 0
    process.communicate(b"\n")
    assert left_over_folders_delete() == 1
