"""The pages of moods in the files of a source, and downloads of tagged copies."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from classifier.models import Person, Song, Source, TagChange, TagJob, TagOutcome
from classifier.tagging.planning import path_sha256
from ml.audio.tag_writing.fields import moods_of
from ml.audio.tag_writing.writing import read_fields
from tests.classifier.fake_analysis import wav
from tests.classifier.tagging.conftest import LATER, AddSong, moods, preview, run
from tests.classifier.tagging.conftest import add_song as add_song
from tests.classifier.tagging.conftest import encoded as encoded
from tests.classifier.tagging.conftest import music as music
from tests.classifier.tagging.conftest import owner as owner
from tests.classifier.tagging.conftest import source as source

SIDES = ["Sad but Tender", "Sad", "Tender"]


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page(client: Client, job: TagJob, query: str = "") -> Any:
    return client.get(reverse("source-tag-job", args=[job.source_id, job.id]) + query)


def act(client: Client, name: str, job: TagJob) -> Any:
    return client.post(reverse(f"source-tags-{name}", args=[job.source_id, job.id]), follow=True)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# --- The folder of a source -------------------------------------------------------------------------------------------


def test_preview_write_and_undo(olga_client: Client, source: Source, add_song: AddSong) -> None:
    path = add_song("Album/one.flac")
    assert "Write moods into the files" in text(olga_client.get(reverse("source", args=[source.id])))
    form = {"values": "sides", "existing": "keep"}
    response = olga_client.post(reverse("source-tags", args=[source.id]), form, follow=True)
    job = TagJob.objects.get()
    assert "Reading the files: begins in a moment" in text(response)
    assert moods(path) == []
    run(job)
    shown = text(page(olga_client, job))
    assert "1 file will be written" in shown
    assert "Album/one.flac Sad but Tender; Sad; Tender" in shown
    assert "begins in a moment" in text(act(olga_client, "write", job))
    run(job)
    assert moods(path) == SIDES
    assert "Undo 1 file" in text(page(olga_client, job))
    act(olga_client, "undo", job)
    run(job)
    assert moods(path) == []
    shown = text(page(olga_client, job))
    assert "Undone" in shown
    assert "Undo 1 file" not in shown
    assert "Undone" in text(olga_client.get(reverse("source-tags", args=[source.id])))


def test_a_page_of_20_000_changes_shows_fifty(
    olga_client: Client, source: Source, django_assert_max_num_queries: Any
) -> None:
    job = TagJob.objects.create(source=source, owner=source.owner, created_at=LATER, status="done")
    TagChange.objects.bulk_create(
        [
            TagChange(
                job=job,
                path=f"/music/{number:05}.mp3",
                path_sha256=path_sha256(str(number).encode()),
                outcome=TagOutcome.NEW if number % 4 else TagOutcome.KEEP,
                before={} if number % 4 else {"TMOO": ["Groovy"]},
                after={"TMOO": SIDES} if number % 4 else {"TMOO": ["Groovy"]},
            )
            for number in range(20_000)
        ],
        batch_size=500,
    )
    with django_assert_max_num_queries(20):
        response = page(olga_client, job, "?show=keep&page=100")
    shown = text(response)
    assert "15,000 files will be written" in shown
    assert "Moods of others, kept (5,000)" in shown
    assert response.content.decode().count("<tr>") == 51
    assert "/music/19996.mp3 Groovy Groovy" in shown


def test_files_that_failed_come_first_with_the_reason(olga_client: Client, source: Source, add_song: AddSong) -> None:
    path = add_song("one.flac")
    job = preview(source)
    path.chmod(0o444)
    act(olga_client, "write", job)
    run(job)
    shown = text(page(olga_client, job))
    assert "1 file failed and is as it was" in shown
    assert "The file is read-only" in shown
    path.chmod(0o644)
    assert "Write 1 more file" in shown
    act(olga_client, "write", job)
    run(job)
    assert moods(path) == SIDES


def test_progress_and_stop(olga_client: Client, source: Source, add_song: AddSong) -> None:
    add_song("one.flac")
    job = preview(source)
    TagJob.objects.filter(id=job.id).update(
        step="write", status="running", counts={"total": 200, "done": 13, "failed": 2}
    )
    response = page(olga_client, job)
    assert "13 of 200 files, 2 failed" in text(response)
    assert 'hx-trigger="every 2s"' in response.content.decode()
    assert "It stops after the file that is being written now." in text(act(olga_client, "stop", job))
    job.refresh_from_db()
    assert job.stop_requested


def test_without_the_setting_the_page_says_how(olga_client: Client, source: Source, settings: Any) -> None:
    settings.MUSIC_DIRS_WRITABLE = []
    address = reverse("source-tags", args=[source.id])
    response = olga_client.get(address)
    assert "MUSIC_DIRS_WRITABLE" in text(response)
    assert b"Preview" not in response.content
    assert olga_client.post(address, {"values": "sides", "existing": "keep"}).status_code == 403
    assert not TagJob.objects.exists()


def test_a_form_with_other_values_is_refused(olga_client: Client, source: Source) -> None:
    response = olga_client.post(reverse("source-tags", args=[source.id]), {"values": "all", "existing": "burn"})
    assert response.status_code == 400
    assert not TagJob.objects.exists()


def test_nothing_to_write_is_a_message(olga_client: Client, source: Source) -> None:
    job = preview(source)
    assert "There is nothing to write or to undo" in text(act(olga_client, "write", job))
    assert "There is nothing to write." in text(page(olga_client, job))


def test_tasks_of_others_do_not_exist(boris_client: Client, source: Source, add_song: AddSong) -> None:
    path = add_song("one.flac")
    job = preview(source)
    assert boris_client.get(reverse("source-tags", args=[source.id])).status_code == 404
    assert page(boris_client, job).status_code == 404
    for name in ("write", "undo", "stop"):
        assert act(boris_client, name, job).status_code == 404
    assert moods(path) == []


def test_a_task_of_another_source_does_not_exist(olga_client: Client, source: Source) -> None:
    job = preview(source)
    assert olga_client.get(reverse("source-tag-job", args=[source.id, uuid.UUID(int=1)])).status_code == 404
    other = Source.objects.create(owner=source.owner, kind="folder", name="B", address="/b", created_at=LATER)
    assert olga_client.get(reverse("source-tag-job", args=[other.id, job.id])).status_code == 404


# --- Downloads --------------------------------------------------------------------------------------------------------


def working_folders() -> list[Path]:
    return list(Path(django_settings.FILE_UPLOAD_TEMP_DIR).glob("working-*"))


def test_a_tagged_copy_of_an_upload(anna_client: Client, analysed_song: Song, tmp_path: Path) -> None:
    response = anna_client.get(reverse("song-tagged", args=[analysed_song.id]))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="song.wav"'
    content = body(response)
    assert len(content) == int(response.headers["Content-Length"])
    copy = tmp_path / "copy.wav"
    copy.write_bytes(content)
    assert moods_of(read_fields(copy).fields) == ["Calm but Powerful", "Calm", "Powerful"]
    assert working_folders() == []
    assert body(anna_client.get(reverse("song-audio", args=[analysed_song.id]))) == wav(), "the upload stays"


def test_options_of_a_copy(anna_client: Client, analysed_song: Song, tmp_path: Path) -> None:
    address = reverse("song-tagged", args=[analysed_song.id])
    copy = tmp_path / "copy.wav"
    response = anna_client.get(f"{address}?values=one&with_numbers=yes")
    copy.write_bytes(body(response))
    fields = read_fields(copy).fields
    assert (fields["TMOO"], set(fields)) == (["Calm but Powerful"], {"TMOO", "TXXX:VALENCE", "TXXX:AROUSAL"})
    for query in ("values=all", "existing=burn", "nonsense=1"):
        assert anna_client.get(f"{address}?{query}", headers={"accept": "application/json"}).status_code == 400
    head = anna_client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert working_folders() == []


def test_a_song_without_a_result_has_no_tagged_copy(anna_client: Client, queued_song: Song) -> None:
    response = anna_client.get(reverse("song-tagged", args=[queued_song.id]), headers={"accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (409, "tags_no_mood")


def test_a_copy_of_another_user_does_not_exist(boris_client: Client, analysed_song: Song) -> None:
    assert boris_client.get(reverse("song-tagged", args=[analysed_song.id])).status_code == 404


def test_a_zip_of_the_selected_songs(anna_client: Client, analyse_song: Any, tmp_path: Path) -> None:
    songs = [analyse_song(1, name="a.wav"), analyse_song(2, name="a.wav"), analyse_song(3, name="b.wav")]
    songs[2].verdict = "disagreed"
    songs[2].save()
    form = {"action": "tagged", "song": [str(song.id) for song in songs], "query": ""}
    asked = anna_client.post(reverse("song-selection"), form)
    assert "Download these 3 songs with moods" in text(asked)
    response = anna_client.post(
        reverse("song-selection"), {**form, "confirmed": "3", "existing": "add", "values": "one"}
    )
    assert response.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(body(response)))
    assert sorted(archive.namelist()) == ["a (2).wav", "a.wav", "b.wav", "without moods.txt"]
    assert {one.compress_type for one in archive.infolist() if one.filename.endswith("wav")} == {zipfile.ZIP_STORED}
    for name in ("a.wav", "a (2).wav"):
        copy = tmp_path / name
        copy.write_bytes(archive.read(name))
        assert moods_of(read_fields(copy).fields) == ["Calm but Powerful"]
    assert archive.read("b.wav") == wav(mark=3)
    assert (
        "b.wav: No mood is written: it is a song whose result you called wrong"
        in archive.read("without moods.txt").decode()
    )
    assert archive.testzip() is None
    assert working_folders() == []


def test_a_zip_has_a_limit(anna_client: Client, analysed_song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.views.tagged_audio.MAX_SONGS", 0)
    form = {"action": "tagged", "song": str(analysed_song.id), "query": "", "confirmed": "1"}
    response = anna_client.post(reverse("song-selection"), form, headers={"accept": "application/json"})
    assert response.json()["error"]["code"] == "zip_too_large"


def test_a_song_whose_file_is_gone_is_named_in_the_zip(anna_client: Client, analysed_song: Song, anna: Person) -> None:
    analysed_song.file.storage.delete(analysed_song.file.name)
    form = {"action": "tagged", "song": str(analysed_song.id), "query": "", "confirmed": "1"}
    archive = zipfile.ZipFile(io.BytesIO(body(anna_client.post(reverse("song-selection"), form))))
    assert archive.namelist() == ["without moods.txt"]
    assert "is missing" in archive.read("without moods.txt").decode()


def test_a_copy_of_a_song_in_a_folder(olga_client: Client, source: Source, add_song: AddSong, tmp_path: Path) -> None:
    path = add_song("one.flac")
    response = olga_client.get(reverse("song-tagged", args=[Song.objects.get().id]))
    copy = tmp_path / "copy.flac"
    copy.write_bytes(body(response))
    assert (moods(copy), moods(path)) == (SIDES, [])
