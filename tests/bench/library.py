"""Pages of large libraries: queries, response times and bytes, with SQLite and with PostgreSQL.

    python -m tests.bench.library 100000

Prints JSON: for each page the number of queries with few and with many songs; with many, its bytes, and the
milliseconds of processor time of this process and of PostgreSQL, at its fastest. The database is the one of
DATABASE_URL, or SQLite in a temporary folder.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ml.moods import GENRES, MOODS
from tests.bench.library_rows import fill, refresh_statistics
from tests.bench.measurement import count_all_of_postgres, measure_in_subprocess, processor_seconds
from tests.bench.tables import Row
from tests.system.processes import find_program

FEW = 40
RUNS = 5
# Songs, milliseconds, and whether PostgreSQL is measured too.
SIZES = ((10_000, 100, False), (100_000, 200, True))
MAX_MAP_BYTES = 2_000_000
AREA = "4_3-6.5_3.5-6_6-4.5_5.5"
PAGES = {
    "history": {
        "newest": "/songs/",
        "middle page": "/songs/?page={middle}",
        "last page": "/songs/?page=99999999",
        "by title": "/songs/?sort=title",
        "by title, middle page": "/songs/?sort=title&page={middle}",
        "by artist, middle page": "/songs/?sort=artist&page={middle}",
        "latest, middle page": "/songs/?sort=latest&page={middle}",
        "fastest, middle page": "/songs/?sort=fastest&page={middle}",
        "saddest": "/songs/?sort=sad",
        "saddest, middle page": "/songs/?sort=sad&page={middle}",
        "longest": "/songs/?sort=longest",
        "most certain": "/songs/?sort=surest",
        "most certain, middle page": "/songs/?sort=surest&page={middle}",
        "a mood": "/songs/?mood=sad",
        "a mood, most certain": "/songs/?mood=sad&sort=surest",
        "a mood, last page": "/songs/?mood=sad&page=99999999",
        "to review, by title": "/songs/?review=yes&sort=title",
        "failed": "/songs/?status=failed",
        "stated mood": "/songs/?said=sad",
        "a year, by artist": "/songs/?year_from=1985&year_to=1985&sort=artist",
        "a genre of music": "/songs/?music_genre=jazz",
        "a part of the plane": "/songs/?valence_from=3&valence_to=4&arousal_from=6&sort=lively",
        "inside an outline": f"/songs/?area={AREA}",
        "a genre, not certain": "/songs/?genre=CalmButEpic&certain=no",
        "an older model": "/songs/?heard_by=older",
    },
    "search": {
        "a word": "/songs/?q=harbour",
        "a word, by title": "/songs/?q=harbour&sort=title",
        "a mood": "/songs/?q=calm",
        "a mood and a word": "/songs/?q=calm+harbour",
        "ten words": "/songs/?q=harbour+123+artist+a+e+i+o+r+s+t",
        "one letter": "/songs/?q=e",
        "nothing": "/songs/?q=zeppelin",
    },
    "map": {
        "page": "/map/",
        "page of a mood": "/map/?first=sad",
        "page of a search": "/map/?q=harbour",
        "points": "/map/points/",
        "points of a mood": "/map/points/?first=sad",
        "page of a source": "/map/?source={source}",
        "points of a part": "/map/points/?valence_from=5&valence_to=5.5&arousal_from=5&arousal_to=5.5",
        "songs of an outline": f"/map/points/?area={AREA}&newest=yes",
    },
    "moods over time": {"page": "/over-time/", "a mood": "/over-time/?first=sad", "years": "/over-time/?by=year"},
    "artists and albums": {
        "artists": "/artists/",
        "artists, last page": "/artists/?page=99999999",
        "artists with most songs": "/artists/?sort=songs",
        "artists of a search": "/artists/?q=artist+12",
        "an artist": "/artist/?name=artist+7",
        "albums": "/albums/",
        "albums, last page": "/albums/?page=99999999",
        "albums of a search": "/albums/?q=album+12",
        "an album": "/album/?name=album+1&artist=artist+14",
        "songs of an artist": "/songs/?artist=artist+7",
        "by album": "/songs/?sort=album",
    },
    "sources": {
        "sources": "/sources/",
        "a source": "/sources/{source}/",
        "removal of a source": "/sources/{source}/remove/",
        "songs of a source": "/songs/?source={source}",
        "songs of a source, by title": "/songs/?source={source}&sort=title",
    },
    "playlists": {
        "list": "/playlists/",
        **{f"ready-made, {term}": f"/playlists/ready/mood-{term}/" for term in MOODS},
        **{f"ready-made, {genre}": f"/playlists/ready/genre-{genre}/" for genre in GENRES},
        "moods in a sentence": "/playlists/sentence/?q=sad+but+hopeful,+under+100+bpm,+no+rap",
        "genre in a sentence": "/playlists/sentence/?q=an+hour+of+calm+jazz",
        "years in a sentence": "/playlists/sentence/?q=joyful+songs+from+the+80s,+at+most+20+songs",
        "path in a sentence": "/playlists/sentence/?q=from+sad+to+joyful+in+15+songs",
        "title in a sentence": "/playlists/sentence/?q=like+%22Harbour+4000%22,+by+%22Artist+7%22",
        "the player": "/play-queue/?sort=title",
        "the player, similar songs": "/play-queue/?like={result}",
    },
    "API": {
        "predictions": "/api/predictions/",
        "predictions, a middle page": "/api/predictions/?page={middle_of_api}",
        "songs": "/api/v1/songs/",
        "songs by title": "/api/v1/songs/?sort=title",
        "songs of a mood, most certain": "/api/v1/songs/?mood=sad&sort=surest",
        "jobs": "/api/v1/jobs/",
        "jobs that are done": "/api/v1/jobs/?status=done",
        "sources": "/api/v1/sources/",
        "playlists": "/api/v1/playlists/",
        "status": "/api/status/",
    },
    "other pages": {
        "home": "/",
        "corrections": "/corrections/",
        "status": "/status/",
        "usage": "/people/usage/",
        "comparison": "/compare/",
        "songs to compare with": "/compare/?a={result}",
        "result": "/songs/{result}/",
        "result of a two-hour song": "/songs/{long}/",
        "start of an export": "/songs/export.csv?sort=title",
    },
}


def rows() -> list[Row]:
    return [row for songs, max_ms, with_postgres in SIZES for row in _rows(songs, max_ms, with_postgres)]


def _rows(songs: int, max_ms: int, with_postgres: bool) -> Iterator[Row]:
    measured = {"SQLite": measure_in_subprocess("tests.bench.library", songs)}
    if with_postgres and (initdb := find_program("initdb")):
        with _postgres(Path(initdb).parent) as url:
            measured["PostgreSQL"] = measure_in_subprocess("tests.bench.library", songs, DATABASE_URL=url)
    for group in PAGES:
        pages = {name: result[group] for name, result in measured.items()}
        each = [page for result in pages.values() for page in result.values()]
        # Some take fewer with many songs: a short playlist is chosen twice.
        fixed = all(page["queries_few"] >= page["queries_many"] for page in each)
        text = "; ".join(f"{name}: {_text(result)}" for name, result in pages.items())
        yield Row(
            f"{songs:,} songs: {group}, on the server",
            f"a fixed number of queries, ≤ {max_ms} ms of processor time",
            text if fixed else f"{text}; the number of queries grows",
            fixed and all(page["ms"] <= max_ms for page in each),
        )
    sizes = {
        name: result["map"]["page"]["bytes"] + result["map"]["points"]["bytes"] for name, result in measured.items()
    }
    yield Row(
        f"{songs:,} songs: bytes of the map and its points, not compressed",
        f"≤ {MAX_MAP_BYTES / 1e6:g} MB",
        f"{max(sizes.values()) / 1e6:.2f} MB",
        max(sizes.values()) <= MAX_MAP_BYTES,
    )


def _text(pages: Mapping[str, Mapping[str, Any]]) -> str:
    slowest = max(pages, key=lambda name: pages[name]["ms"])
    fastest = min(page["ms"] for page in pages.values())
    queries = [page["queries_many"] for page in pages.values()]
    times = f"{fastest:.0f} to {pages[slowest]['ms']:.0f} ms (slowest: {slowest})"
    return f"{times} with {min(queries)} to {max(queries)} queries"


@contextmanager
def _postgres(bin_dir: Path) -> Iterator[str]:
    from tests.system.servers import running_postgres

    with running_postgres(bin_dir, "mood", "secret", "mood") as port:
        yield f"postgres://mood:secret@127.0.0.1:{port}/mood"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "mmc.settings", "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        logging.disable(logging.WARNING)
        print(json.dumps(measure(int(sys.argv[1]))))


def measure(songs: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from classifier.models import Person, Source

    call_command("migrate", verbosity=0)
    count_all_of_postgres()
    olga = Person.objects.create_superuser("olga", password="open sesame, please")
    client = Client(headers={"host": "localhost"})
    client.force_login(olga)
    sources = [
        Source.objects.create(
            owner=olga, kind="folder", name=name, address=f"/{name}", created_at=timezone.now(), scan_status="done"
        )
        for name in ("Music", "More music")
    ]
    names = {
        "long": fill(olga, 1, minutes=120, segments=True, sources=sources),
        "result": fill(olga, FEW - 1, segments=True, sources=sources),
        "source": str(sources[0].id),
        "middle": str(songs // 60),
        "middle_of_api": str(songs // 100),
    }
    addresses = {group: {name: path.format(**names) for name, path in pages.items()} for group, pages in PAGES.items()}
    few = {
        # The API has no page after the last one.
        group: {name: queries_of(client, path.format(**names | {"middle_of_api": "1"})) for name, path in pages.items()}
        for group, pages in PAGES.items()
    }
    fill(olga, songs - FEW, sources=sources)
    refresh_statistics()
    return {
        group: {name: few_and_many(client, path, few[group][name]) for name, path in pages.items()}
        for group, pages in addresses.items()
    }


def few_and_many(client: Any, path: str, queries_few: int) -> dict[str, Any]:
    return {
        "queries_few": queries_few,
        "queries_many": queries_of(client, path),
        "ms": min(milliseconds(client, path) for _ in range(RUNS)),
        "bytes": len(body(client, path)),
    }


def queries_of(client: Any, path: str) -> int:
    """Of the second request: the first may also note that the user was here."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            body(client, path)
    return len(queries)


def milliseconds(client: Any, path: str) -> float:
    """Of processor time, which does not depend on other programs."""
    started = processor_seconds()
    body(client, path)
    return 1000 * (processor_seconds() - started)


def body(client: Any, path: str) -> bytes:
    """Of an export, its first part."""
    response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    if not response.streaming:
        content: bytes = response.content
        return content
    return next(iter(response.streaming_content))


if __name__ == "__main__":
    main()
