"""No page of a library reads the wide tables from end to end: by the plans of all of its queries, in SQLite."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from classifier.models import Person
from tests.shelf import shelve

AREA = "4_3-6.5_3.5-6_6-4.5_5.5"
PAGES = [
    *(
        "/",
        "/songs/",
        "/songs/?page=2",
        "/corrections/",
        "/compare/",
        "/map/",
        "/over-time/",
        "/api/predictions/",
        "/sources/",
        "/people/usage/",
    ),
    *(f"/songs/?sort={sort}" for sort in ("oldest", "title", "artist", "longest", "shortest", "surest", "lively")),
    *(f"/songs/?{q}" for q in ("mood=sad", "first=calm&sort=title", "review=yes", "said=sad", f"area={AREA}")),
    *("/songs/?genre=CalmButEpic", "/songs/?heard_by=older", "/songs/?verdict=any", "/songs/?status=failed"),
    *("/songs/?q=calm", "/songs/?q=calm+harbour&sort=title", "/map/?q=harbour", "/map/?first=calm"),
    "/over-time/?valence_from=3",
    *("/songs/?sort=album", "/songs/?sort=artist&page=2", "/map/points/?first=sad", "/play-queue/?sort=title"),
    *("/playlists/", "/playlists/ready/mood-sad/", "/playlists/ready/genre-CalmButEpic/"),
    *(f"/playlists/sentence/?q={q}" for q in ("sad,+under+100+bpm,+no+rap", "calm+jazz", "calm+songs+of+the+80s")),
]
NARROW = re.compile(
    # An index has all columns that the query needs ...
    r"USING COVERING INDEX"
    # ... or leads to one row, or to the songs of one artist.
    r"|\((id|rowid|song_id|analysis_id)=\?\)|\(owner_id=\? AND sort_artist=\?\)"
    # ... or is a small one, of songs that wait, run, failed, were judged or are in the bin.
    r"|USING INDEX song_(running|oldest_queued|queued_of_owner|failed|judged_of_owner|in_bin)\b"
    # ... or is read for the last minutes only.
    r"|USING INDEX song_ended_of_owner \(owner_id=\? AND finished_at>\?"
)


def wide_reads(client: Client, page: str) -> list[str]:
    """Steps of plans that read rows of songs, analyses or details without such an index."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    steps = []
    with connection.cursor() as cursor:
        for query in queries.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plan = [row[3] for row in cursor.fetchall()]
                # The first songs in the order of an index, and no others.
                if "LIMIT" not in query["sql"] or "USE TEMP B-TREE FOR ORDER BY" in plan:
                    steps += plan
    tables = ("classifier_song", "classifier_analysis", "classifier_analysisdetail", "current_analysis")
    reads = [step for step in steps if step.split()[0] in ("SCAN", "SEARCH") and step.split()[1] in tables]
    assert reads
    return [step for step in reads if not NARROW.search(step)]


@pytest.mark.parametrize("page", PAGES)
def test_lists_and_charts_read_indexes(olga: Person, olga_client: Client, page: str) -> None:
    for number in range(35):
        names = {"artist": f"Band {number % 4}", "album": f"Hits {number % 3}", "music_genre": "Jazz"}
        shelve(olga, f"Harbour {number}", **names, verdict="corrected" if number % 9 == 0 else "", actual_primary="sad")
    assert wide_reads(olga_client, page) == []
