"""No page of a library reads the wide tables from end to end: by the plans of all of its queries, in SQLite."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from classifier.models import Person, SongLocation, Source, SourceKind
from tests.pages.conftest import NOW
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
    *(f"/songs/?sort={sort}&page=2" for sort in ("surest", "fastest", "sad", "quiet", "key")),
    *("/artists/", "/albums/", "/artist/?name=Band+1", "/album/?name=Hits+1&artist=Band+1"),
    *("/playlists/sentence/?q=calm+favourites", "/playlists/sentence/?q=like+%22Harbour+7%22"),
    *("/playlists/", "/playlists/ready/mood-sad/", "/playlists/ready/genre-CalmButEpic/"),
    *(f"/playlists/sentence/?q={q}" for q in ("sad,+under+100+bpm,+no+rap", "calm+jazz", "calm+songs+of+the+80s")),
]
NARROW = re.compile(
    # An index has all columns that the query needs ...
    r"USING COVERING INDEX"
    # ... or leads to one row, or to the songs of one artist or one album.
    r"|\((id|rowid|song_id|analysis_id)=\?\)|\(owner_id=\? AND sort_(artist|album)=\?"
    # ... or is a small one, of songs that wait, run, failed, were judged or are in the bin.
    r"|USING INDEX song_(running|oldest_queued|queued_of_owner|failed|judged_of_owner|in_bin)\b"
    # ... or is read for the last minutes only.
    r"|USING INDEX song_ended_of_owner \(owner_id=\? AND finished_at>\?"
)


def plans(client: Client, page: str) -> list[tuple[str, list[str]]]:
    """Each query of a page with the steps of its plan."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    result = []
    with connection.cursor() as cursor:
        for query in queries.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                result.append((query["sql"], [row[3] for row in cursor.fetchall()]))
    return result


def wide_reads(client: Client, page: str) -> list[str]:
    """Steps of plans that read rows of songs, analyses or details without such an index."""
    steps: list[str] = []
    for sql, plan in plans(client, page):
        # The first songs in the order of an index, and no others.
        if "LIMIT" not in sql or "OFFSET" in sql or "USE TEMP B-TREE FOR ORDER BY" in plan:
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


@pytest.mark.parametrize(
    ("page", "index"),
    [
        # With thousands of songs, each is several times as fast as the one that SQLite would take without it.
        ("/songs/?q=harbour", "classifier_song USING COVERING INDEX song_id_of_owner (owner_id=? AND id=?)"),
        ("/sources/", "classifier_song USING COVERING INDEX song_status_of_owner (owner_id=?)"),
        ("/playlists/sentence/?q=calm+favourites", "USING COVERING INDEX location_liked (source_id=?"),
        ("/artist/?name=Band+1", "USING COVERING INDEX song_artist_of_owner (owner_id=? AND sort_artist=?)"),
        ("/album/?name=Hits+1&artist=Band+1", "USING COVERING INDEX song_album_of_owner (owner_id=? AND sort_album=?"),
    ],
)
def test_a_page_reads_the_index_that_was_made_for_it(olga: Person, olga_client: Client, page: str, index: str) -> None:
    source = Source.objects.create(owner=olga, kind=SourceKind.FOLDER, name="Music", address="/music", created_at=NOW)
    song = shelve(olga, "Harbour", artist="Band 1", album="Hits 1", actual_primary="sad")
    SongLocation.objects.create(source=source, song=song, key="harbour.mp3", is_favourite=True)
    assert any(index in step for _, steps in plans(olga_client, page) for step in steps)


@pytest.mark.parametrize("page", ["/artist/?name=Band+1", "/album/?name=Hits+1&artist=Band+1"])
def test_a_page_of_few_songs_does_not_read_the_whole_library(olga: Person, olga_client: Client, page: str) -> None:
    shelve(olga, "Harbour", artist="Band 1", album="Hits 1")
    steps = [step for _, steps in plans(olga_client, page) for step in steps if "(owner_id=?)" in step]
    assert [step for step in steps if "classifier_song " in step] == []
