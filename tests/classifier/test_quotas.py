"""How much a user may store, and how much music may be analysed for them in a day."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.quotas import quota_check, quota_set, usage, usage_by_person
from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.models import AnalysedMusic, Person, Quota, ResumableUpload, Song
from classifier.services.resumable_uploads import resumable_upload_create
from classifier.services.song_delete import song_delete
from classifier.services.song_submit import song_submit
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser, upload, wav

MB = 1_000_000


def refused(owner: Person, mark: int = 99) -> str:
    with pytest.raises(ProductError) as caught:
        song_submit(owner=owner, upload=upload(mark=mark), now=timezone.now())
    assert (caught.value.code, caught.value.http_status) == ("quota_exceeded", 403)
    return caught.value.message


def test_there_are_no_quotas_by_default(submit: Submit, anna: Person) -> None:
    for mark in range(5):
        submit(mark=mark)
    assert usage(anna).songs == 5


def test_a_user_has_so_many_songs_at_most(
    submit: Submit, anna: Person, boris: Person, media: Path, settings: Any
) -> None:
    settings.QUOTA_SONGS = 2
    for mark in range(2):
        submit(mark=mark)
    assert "2 songs of the 2" in refused(anna)
    assert len(files_under(media)) == 2, "the refused file is still there"
    submit(mark=1)  # a song that is there already
    submit(mark=3, owner=boris)
    song_delete(song=Song.objects.for_owner(anna).first())  # type: ignore[arg-type]
    submit(mark=4)


def test_a_user_stores_so_many_megabytes_at_most(song: Song, anna: Person, settings: Any) -> None:
    settings.QUOTA_MB = 10
    Song.objects.update(size_bytes=9.95 * MB)
    message = refused(anna)
    assert "50,000 bytes" in message or "0.1 MB" in message
    Song.objects.update(size_bytes=9 * MB)
    song_submit(owner=anna, upload=upload(mark=2), now=timezone.now())


def test_music_is_limited_by_the_day_and_deleting_songs_does_not_help(
    submit: Submit, analyser: FakeAnalyser, anna: Person, settings: Any
) -> None:
    settings.QUOTA_MINUTES_A_DAY = 5
    analyser.result.duration_s = 300.0
    song = submit(mark=1)
    song_analyse(song_id=song.id)
    assert usage(anna).minutes_today == pytest.approx(5)
    song_delete(song=song)
    assert "until midnight" in refused(anna)
    tomorrow = timezone.now() + timedelta(days=1)
    song_submit(owner=anna, upload=upload(mark=2), now=tomorrow)


def test_the_refusal_says_how_long_it_lasts(anna: Person, settings: Any) -> None:
    settings.QUOTA_MINUTES_A_DAY = 60
    now = timezone.make_aware(datetime(2026, 3, 10, 21, 30))
    AnalysedMusic.objects.create(owner=anna, day=now.date(), seconds=3600)
    with pytest.raises(ProductError, match=r"60 minutes .* none are left until midnight \(in 2 h 30 min\)"):
        quota_check(owner=anna, added_bytes=1, now=now)


def test_songs_that_wait_count_by_their_size(submit: Submit, anna: Person, settings: Any) -> None:
    """Otherwise anything could be sent before the first song is analysed."""
    settings.QUOTA_MINUTES_A_DAY = 60
    song, other = submit(mark=1, name="a.WAV"), submit(mark=2, name="b.mp3")
    Song.objects.filter(id=song.id).update(size_bytes=10.6 * MB)
    Song.objects.filter(id=other.id).update(size_bytes=90 * MB)
    assert usage(anna).minutes_today == pytest.approx(61)
    refused(anna)


def test_the_owner_gives_a_user_other_limits(submit: Submit, olga: Person, anna: Person, settings: Any) -> None:
    settings.QUOTA_SONGS = 1
    submit(mark=1)
    quota_set(by=olga, person=anna, songs=0, megabytes=None, minutes_a_day=None)
    submit(mark=2)
    quota_set(by=olga, person=anna, songs=None, megabytes=None, minutes_a_day=None)
    assert not Quota.objects.exists()
    refused(anna)


def test_nobody_else_can(anna: Person) -> None:
    with pytest.raises(ProductError, match="Only the owner"):
        quota_set(by=anna, person=anna, songs=0, megabytes=0, minutes_a_day=0)


@pytest.mark.django_db(transaction=True)
def test_concurrent_uploads_cannot_exceed_the_quota(anna: Person, settings: Any) -> None:
    settings.QUOTA_SONGS = 3

    def add(mark: int) -> bool:
        try:
            song_submit(owner=anna, upload=upload(mark=mark), now=timezone.now())
        except ProductError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(add, range(12))) == 3
    assert Song.objects.count() == 3


# --- Every way in -----------------------------------------------------------------------------------------------------


@pytest.fixture
def full(submit: Submit, settings: Any) -> None:
    submit(mark=1)
    settings.QUOTA_SONGS = 1


def test_the_api_refuses(full: None, anna_client: Client) -> None:
    response = anna_client.post(reverse("predict"), {"file": upload(mark=2)})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "quota_exceeded")


def test_the_form_refuses(full: None, anna_client: Client) -> None:
    response = anna_client.post(reverse("upload"), {"file": upload(mark=2)}, follow=True)
    assert "none are left" in response.content.decode()
    assert Song.objects.count() == 1


def test_a_resumable_upload_is_refused_before_any_byte_is_sent(full: None, anna: Person) -> None:
    with pytest.raises(ProductError, match="none are left"):
        resumable_upload_create(owner=anna, size_bytes=1000, now=timezone.now())
    assert not ResumableUpload.objects.exists()


def test_unfinished_uploads_count(anna: Person, settings: Any) -> None:
    settings.QUOTA_MB = 1
    resumable_upload_create(owner=anna, size_bytes=700_000, now=timezone.now())
    with pytest.raises(ProductError, match=r"0\.3 MB of your 1 MB are left"):
        resumable_upload_create(owner=anna, size_bytes=700_000, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_the_command_refuses_to_store(full: None, anna: Person, tmp_path: Path, analyser: FakeAnalyser) -> None:
    (tmp_path / "b.wav").write_bytes(wav(mark=2))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("tag", str(tmp_path / "b.wav"), "--store", "anna", "--json", stdout=out, stderr=StringIO())
    assert json.loads(out.getvalue())["error"]["code"] == "quota_exceeded"


# --- Who uses what ----------------------------------------------------------------------------------------------------


def test_the_owner_sees_the_largest_first(
    submit: Submit, analyser: FakeAnalyser, anna: Person, boris: Person, olga: Person, django_assert_num_queries: Any
) -> None:
    song_analyse(song_id=submit(mark=1).id)
    for mark in range(2, 4):
        submit(mark=mark, owner=boris)
    quota_set(by=olga, person=anna, songs=7, megabytes=None, minutes_a_day=None)
    with django_assert_num_queries(7):
        rows = usage_by_person()
    assert [(row.person.username, row.usage.songs, row.limits.songs) for row in rows] == [
        ("boris", 2, 0),
        ("anna", 1, 7),
        ("olga", 0, 0),
    ]
    assert rows[1].usage.minutes_today == pytest.approx(20 / 60)
