"""Which events leave a message for the webhooks of a user."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from classifier.jobs.analyse import song_analyse
from classifier.jobs.finish import song_fail
from classifier.jobs.sweep import songs_sweep
from classifier.models import Person, Playlist, Song, Source, Status, WebhookEndpoint, WebhookEvent, WebhookMessage
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.stored import playlist_create, playlist_refresh
from classifier.sources.scan_lease import scan_claim
from classifier.webhooks import outbox
from classifier.webhooks.endpoints import endpoint_edit
from ml.errors import MoodError
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser
from tests.classifier.webhooks.conftest import EVENTS, URL, add, sent
from tests.shelf import shelve


@pytest.mark.django_db(transaction=True)
def test_a_song_that_is_done_leaves_a_message(anna: Person, submit: Submit, analyser: FakeAnalyser) -> None:
    add(anna)
    song = submit()
    song_analyse(song_id=song.id)
    [message] = sent(anna)
    assert (message["type"], message["data"]["id"], message["data"]["status"]) == ("song.done", str(song.id), "done")
    assert (message["data"]["title"], message["data"]["mood"]["name"]) == ("Nocturne", "Calm but Powerful")


@pytest.mark.django_db(transaction=True)
def test_a_song_that_failed_leaves_a_message(anna: Person, submit: Submit, analyser: FakeAnalyser) -> None:
    add(anna)
    analyser.error = MoodError("audio_silent", "The audio is silent.")
    song_analyse(song_id=submit().id)
    [message] = sent(anna)
    assert (message["type"], message["data"]["error"]["code"]) == ("song.failed", "audio_silent")


def test_a_song_that_the_sweep_gives_up_leaves_a_message(anna: Person, settings: Any) -> None:
    add(anna)
    lease = {"lease_token": "1" * 32, "lease_expires_at": timezone.now() - timedelta(minutes=1)}
    song = Song.objects.create(
        owner=anna,
        status=Status.RUNNING,
        attempts=settings.MAX_ATTEMPTS,
        size_bytes=1,
        created_at=timezone.now(),
        **lease,
    )
    songs_sweep(now=timezone.now())
    assert [(one["type"], one["data"]["id"]) for one in sent(anna)] == [("song.failed", str(song.id))]


def test_a_second_analysis_that_fails_leaves_no_message(anna: Person) -> None:
    add(anna)
    song = shelve(anna, status=Status.RUNNING, lease_token="1" * 32, lease_expires_at=timezone.now())
    assert song_fail(
        song_id=song.id, lease_token=song.lease_token, code="too_slow", message="Slow.", now=timezone.now()
    )
    assert Song.objects.get().status == Status.DONE
    assert sent(anna) == []


def test_a_scan_that_ended_leaves_a_message(anna: Person) -> None:
    add(anna)
    now = timezone.now()
    source = Source.objects.create(owner=anna, kind="folder", name="Music", address="/srv/music", created_at=now)
    lease = scan_claim(source, now)
    assert lease is not None
    lease.counts = {"files": 3, "new": 2}
    lease.finish()
    lease.finish()  # the lease is over
    [message] = sent(anna)
    assert message["type"] == "scan.done"
    assert message["data"] == {
        "source": {"id": str(source.id), "name": "Music", "kind": "folder"},
        "status": "done", "counts": {"files": 3, "new": 2}, "error": None,
    }  # fmt: skip


def test_a_playlist_with_other_songs_leaves_a_message(anna: Person) -> None:
    add(anna)
    shelve(anna, "One")
    playlist = playlist_create(owner=anna, name="Calm", rule=PlaylistRule(query="mood=calm"), now=timezone.now())
    playlist_refresh(playlist=playlist, now=timezone.now())
    shelve(anna, "Two", sha256="2" * 64)
    playlist_refresh(playlist=Playlist.objects.get(), now=timezone.now())
    first, second = (message["data"] for message in sent(anna))
    assert (first["songs"], first["added"], second["songs"], second["added"]) == (1, 1, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_rolled_back_leaves_no_message(anna: Person) -> None:
    add(anna)
    with transaction.atomic():
        outbox.event_record(owner_id=anna.pk, event=WebhookEvent.SONG_DONE, data=dict, now=timezone.now())
        transaction.set_rollback(True)
    assert sent(anna) == []


def test_only_chosen_events_of_active_webhooks_of_the_owner_leave_a_message(anna: Person, boris: Person) -> None:
    add(boris)
    add(anna, events=("scan.done",))
    off, _ = add(anna)
    endpoint_edit(endpoint=off, url=URL, events=EVENTS, is_active=False)
    outbox.event_record(
        owner_id=anna.pk, event=WebhookEvent.SONG_DONE, data=lambda: pytest.fail("not needed"), now=timezone.now()
    )
    assert not WebhookMessage.objects.exists()


def test_messages_for_a_receiver_that_is_gone_are_bounded(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_PENDING", 2)
    add(anna)
    for _ in range(5):
        outbox.event_record(owner_id=anna.pk, event=WebhookEvent.SONG_DONE, data=dict, now=timezone.now())
    assert (WebhookMessage.objects.count(), WebhookEndpoint.objects.get().skipped) == (2, 3)
