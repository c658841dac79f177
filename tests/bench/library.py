"""Pages of a large library: queries and response times.

    python -m tests.bench.library

Prints JSON: for each page the number of queries with few and with many songs, and the median milliseconds with many.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import time
from statistics import median
from typing import Any

from tests.bench.measurement import measure_in_subprocess
from tests.bench.tables import Row

SONGS = 10_000
FEW = 40
MAX_MS = 100
RUNS = 15


def rows() -> list[Row]:
    pages = measure_in_subprocess("tests.bench.library")
    slowest = max(pages, key=lambda name: pages[name]["ms"])
    fixed = all(page["queries_few"] == page["queries_many"] for page in pages.values())
    text = ", ".join(f"{name} {page['ms']:.0f} ms with {page['queries_many']} queries" for name, page in pages.items())
    return [
        Row(
            f"Pages of a library of {SONGS:,} songs, on the server",
            f"a fixed number of queries, < {MAX_MS} ms",
            text if fixed else f"{text}; the number of queries grows",
            fixed and pages[slowest]["ms"] < MAX_MS,
        )
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "mmc.settings", "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        logging.disable(logging.WARNING)
        print(json.dumps(measure()))


def measure() -> dict[str, Any]:
    from django.core.management import call_command
    from django.test import Client

    from classifier.models import Person

    call_command("migrate", verbosity=0)
    olga = Person.objects.create_superuser("olga", password="open sesame, please")
    client = Client(headers={"host": "localhost"})
    client.force_login(olga)
    long = fill(olga, 1, minutes=120)
    result_id = fill(olga, FEW - 1)
    pages = {
        "history": "/songs/",
        "last page of the history": "/songs/?page=99999",
        "search": "/songs/?q=calm+song",
        "result": f"/songs/{result_id}/",
        "result of a two-hour song": f"/songs/{long}/",
        "map": "/map/",
        "home": "/",
        "API": "/api/predictions/",
    }
    few = {name: queries_of(client, path) for name, path in pages.items()}
    fill(olga, SONGS - FEW)
    return {
        name: {
            "queries_few": few[name],
            "queries_many": queries_of(client, path),
            "ms": median(milliseconds(client, path) for _ in range(RUNS)),
        }
        for name, path in pages.items()
    }


def fill(owner: Any, count: int, minutes: int = 4) -> str:
    """Add analysed songs of this length; returns the id of the last."""
    from datetime import timedelta

    from django.conf import settings
    from django.utils import timezone

    from classifier.models import Analysis, AnalysisDetail, Song, Status
    from tests.classifier.fake_analysis import answer

    now = timezone.now()
    before = Song.objects.count()
    songs = [
        Song(
            owner=owner,
            file=f"songs/{number}.mp3",
            file_name=f"{number}.mp3",
            sha256=f"{number:064x}",
            size_bytes=4_000_000,
            duration_s=60.0 * minutes,
            title=f"Song {number}",
            artist=f"Artist {number % 500}",
            status=Status.DONE,
            created_at=now - timedelta(minutes=number),
            finished_at=now,
        )
        for number in range(before, before + count)
    ]
    Song.objects.bulk_create(songs, batch_size=500)
    result = answer(segments=12 * minutes - 1)
    segments = result.pop("segments")
    mood = result["mood"]
    analyses = [
        Analysis(
            song=song,
            model_version=settings.MODEL_BUNDLE,
            created_at=now,
            **mood,
            valence=1 + number % 80 / 10,
            arousal=1 + number % 77 / 10,
            agreement=result["agreement"],
        )
        for number, song in enumerate(songs)
    ]
    Analysis.objects.bulk_create(analyses, batch_size=500)
    details = [AnalysisDetail(analysis=analysis, answer=result, segments=segments) for analysis in analyses]
    AnalysisDetail.objects.bulk_create(details, batch_size=200)
    return str(songs[-1].id)


def queries_of(client: Any, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200, path
    return len(queries)


def milliseconds(client: Any, path: str) -> float:
    started = time.perf_counter()
    client.get(path)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
