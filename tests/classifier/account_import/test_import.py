"""The archive of an account, imported: a second library like the first."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from classifier.accounts.quotas import usage
from classifier.jobs.analyse import song_analyse
from classifier.models import (
    Analysis,
    Cover,
    Person,
    Playlist,
    Quota,
    SavedFilter,
    Song,
    Status,
)
from tests.classifier.account_import.conftest import (
    code_of,
    columns,
    exported,
    first_song,
    imported,
    seen,
    with_song,
)
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser, wav
from tests.shelf import shelve


def test_an_import_makes_the_same_library(library: dict[str, Song], anna: Person, boris: Person, media: Path) -> None:
    report = imported(boris, exported(anna))
    assert report.songs == {"added": 4, "added_without_audio": 1}
    assert (report.filters, report.playlists, report.problems) == (1, 1, [])
    assert seen(boris) == seen(anna)
    mine = {song.file_name: song for song in Song.objects.stored_by(boris)}
    for song in Song.objects.stored_by(anna):
        copy = mine[song.file_name]
        there = {"file", "playable", "spectrogram", "queued_at", "enqueued_at", "queue", "request_id", "worker"}
        there.add("sound")  # of some songs of the fixture it is not computed
        assert (copy.sound is not None) == copy.analyses.filter(is_current=True).exists()
        assert columns(copy, *there, "started_at", "attempts", "segments_done", "segments_total", "stage") == columns(
            song, *there, "started_at", "attempts", "segments_done", "segments_total", "stage"
        )
    assert (media / str(mine["done.wav"].file.name)).read_bytes() == wav(mark=1)
    assert {one.model_version for one in mine[library["referenced"].file_name].analyses.all()} == {"mood-4", "mood-5"}
    playlist = Playlist.objects.get(owner=boris)
    copy = mine[library["referenced"].file_name]
    assert playlist.rule["seeds"] == [str(copy.id)]
    assert playlist.rule["saved_filter"] == SavedFilter.objects.get(owner=boris).id
    assert [(one.song_id, one.reason) for one in playlist.entries.all()] == [(copy.id, "calm too")]
    assert report.sources_left == [("M", "/srv/music")]


def test_a_second_import_adds_nothing(library: dict[str, Song], anna: Person, boris: Person, media: Path) -> None:
    archive = exported(anna)
    imported(boris, archive)
    before, files = seen(boris), files_under(media)
    report = imported(boris, archive)
    assert report.songs == {"known": 5}
    assert (report.filters, report.playlists) == (0, 0)
    assert (seen(boris), files_under(media)) == (before, files)
    assert imported(anna, archive).songs == {"known": 5}


def test_a_song_that_is_known_by_its_sound_keeps_its_result_and_gets_the_verdict(
    library: dict[str, Song], anna: Person, boris: Person
) -> None:
    mine = shelve(boris, "Retagged", audio_hash="d" * 64)
    imported(boris, exported(anna))
    mine.refresh_from_db()
    assert (mine.title, mine.verdict, mine.actual_primary) == ("Retagged", "corrected", "sad")
    Song.objects.filter(id=mine.id).update(verdict="disagreed", actual_primary="", actual_secondary="")
    imported(boris, exported(anna))
    mine.refresh_from_db()
    assert mine.verdict == "disagreed"


def test_without_audio_only_songs_with_a_result_are_added(
    library: dict[str, Song], anna: Person, boris: Person, media: Path
) -> None:
    before = files_under(media)
    report = imported(boris, exported(anna, audio=False))
    assert report.songs == {"added_without_audio": 2, "empty": 3}
    assert files_under(media) == before


def test_a_song_with_its_result_only_gets_its_audio_by_an_upload(
    library: dict[str, Song], anna: Person, boris: Person, submit: Submit
) -> None:
    imported(boris, exported(anna, audio=False))
    again = submit(1, owner=boris, name="done.wav")
    assert (again.status, again.verdict, bool(again.file)) == (Status.DONE, "corrected", True)


def test_a_queued_song_is_analysed_here(
    library: dict[str, Song], anna: Person, boris: Person, analyser: FakeAnalyser
) -> None:
    imported(boris, exported(anna))
    [song] = Song.objects.for_owner(boris).queued()
    song_analyse(song_id=song.id)
    assert Song.objects.get(id=song.id).status == Status.DONE


def test_covers_come_along(anna: Person, boris: Person) -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(picture, "WEBP")
    cover = Cover.objects.create(owner=anna, sha256="c" * 64, small=picture.getvalue(), large=picture.getvalue())
    shelve(anna, "Nocturne", cover_image=cover)
    imported(boris, exported(anna))
    copy = Song.objects.get(owner=boris).cover_image
    assert copy is not None
    assert (copy.owner, copy.sha256) == (boris, "c" * 64)
    assert Image.open(io.BytesIO(bytes(copy.large))).size == (40, 40)


def test_a_picture_that_is_none_is_left_out(anna: Person, boris: Person) -> None:
    cover = Cover.objects.create(owner=anna, sha256="c" * 64, small=b"x", large=b"<script>")
    shelve(anna, "Nocturne", cover_image=cover)
    imported(boris, exported(anna))
    assert Song.objects.get(owner=boris).cover_image is None


def test_the_quota_holds_and_the_rest_can_be_imported_later(
    library: dict[str, Song], anna: Person, boris: Person, media: Path
) -> None:
    quota = Quota.objects.create(owner=boris, songs=2)
    archive, before = exported(anna), len(files_under(media))
    report = imported(boris, archive)
    assert report.songs["quota_exceeded"] == 2
    assert usage(boris).songs == 2
    assert len(files_under(media)) - before == Song.objects.stored_by(boris).exclude(file="").count()
    quota.delete()
    assert imported(boris, archive).failed == 0
    assert usage(boris).songs == 4


def test_bytes_of_the_quota_hold_too(library: dict[str, Song], anna: Person, boris: Person) -> None:
    Quota.objects.create(owner=boris, megabytes=1)
    Song.objects.filter(id=shelve(boris, "Large", file="x.wav").id).update(size_bytes=999_999)
    report = imported(boris, exported(anna))
    assert report.songs["quota_exceeded"] == 3, report.problems


def test_the_page_imports_and_reports(library: dict[str, Song], anna: Person, boris_client: Client) -> None:
    archive = exported(anna)
    archive.name = "countermood.zip"
    page = boris_client.post(reverse("account-import"), {"file": archive}).text
    assert "4 songs with audio, and 1 with the result only" in page
    assert "/srv/music" in page
    broken = io.BytesIO(b"nothing")
    broken.name = "countermood.zip"
    answer = boris_client.post(reverse("account-import"), {"file": broken})
    assert (answer.status_code, "The file is not a zip" in answer.text) == (400, True)
    assert boris_client.post(reverse("account-import")).status_code == 400


def test_an_archive_with_very_many_songs_is_for_the_command(
    library: dict[str, Song], anna: Person, boris: Person
) -> None:
    assert code_of(lambda: imported(boris, exported(anna), max_songs=4)) == "archive_too_long"
    assert not Song.objects.filter(owner=boris).exists()


def test_the_commands_write_and_read_an_archive(
    library: dict[str, Song], anna: Person, boris: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "anna.zip"
    call_command("export_account", "anna", str(path), audio=True)
    assert path.stat().st_mode & 0o777 == 0o600
    call_command("import_account", "boris", str(path))
    assert "Songs: 4 added with audio, 1 added with the result only" in capsys.readouterr().out
    assert seen(boris) == seen(anna)
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_account", "anna", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_account", "boris", str(tmp_path / "none.zip"))


def test_what_own_models_said_goes_along(anna: Person, boris: Person) -> None:
    shelve(anna, "Nocturne", audio_hash="a" * 64)
    archive = exported(anna)
    song = first_song(archive)
    own = {"name": "mine", "version": "3f2a9c1d5b7e", "moods": ["calm"], "chances": {"calm": 0.7, "loud": 0.3}}
    song["results"][0]["answer"]["own_models"] = [own]
    assert imported(boris, with_song(archive, song)).songs == {"added_without_audio": 1}
    analysis = Analysis.objects.get(song__owner=boris)
    assert analysis.own_models == ",mine:3f2a9c1d5b7e,"
    assert analysis.detail.answer["own_models"] == [own]
