"""Pages show songs of every date that the database can hold, in every time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Person, SecurityEvent, Song
from tests.pages.conftest import Submit

FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("moment", [FIRST, LAST], ids=["year 1", "year 9999"])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_songs_of_the_first_and_the_last_year_are_shown(
    olga_client: Client,
    anna_client: Client,
    analysed_song: Song,
    queued: Song,
    settings: Any,
    zone: str,
    moment: datetime,
) -> None:
    settings.TIME_ZONE = zone
    Song.objects.update(created_at=moment, queued_at=moment)
    Song.objects.filter(id=analysed_song.id).update(
        started_at=moment, finished_at=moment, verdict="disagreed", verdict_at=moment
    )
    Person.objects.update(last_seen_at=moment, date_joined=moment)
    SecurityEvent.objects.update(at=moment)
    song = [analysed_song.id]
    for name, args in (
        *(
            (name, [])
            for name in ("home", "song-list", "mood-map", "mood-points", "mood-time", "corrections", "account")
        ),
        *((name, song) for name in ("song-detail", "song-report", "song-card")),
        *((name, []) for name in ("songs-csv", "songs-jsonl", "predictions", "api-status")),
    ):
        response = anna_client.get(reverse(name, args=args))
        assert response.status_code == 200, name
        b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    for name in ("users", "usage", "status", "security-log", "api-status", "health-ready"):
        assert olga_client.get(reverse(name)).status_code in (200, 503), name


@pytest.fixture
def queued(submit: Submit) -> Song:
    return submit(7)
