"""Searches in a large library, with the database that DATABASE_URL names.

    python -m tests.bench.search

Prints JSON: whether the index is used, and for each search the number of songs and the milliseconds of the page, at
its fastest.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from typing import Any

from tests.bench.library import milliseconds

SONGS = 10_000
RUNS = 5
TITLES = ("Harbour", "Café", "川の流れ", "Lighthouse", "Über den Wolken")
SEARCHES = {
    "1 word": "harbour",
    "10 words": "harbour 123 artist a e i o r s t",
    "70 words": " ".join(f"word{number}" for number in range(70)),
    "1,000 words": " ".join(f"word{number}" for number in range(1000)),
    "70 letters": " ".join("etaoinshrdlu" * 6),
    "words of moods": "calm but powerful and tense or sad dreamy tender dark",
    "part of a word": "ighthous",
    "accents": "cafe uber",
    "Japanese": "流れ",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "mmc.settings", "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        logging.disable(logging.WARNING)
        print(json.dumps(measure()))


def measure() -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.utils.http import urlencode

    from classifier.library.filters import LibraryFilter
    from classifier.models import Person, Song

    call_command("migrate", verbosity=0)
    olga = Person.objects.create_superuser("olga", password="open sesame, please")
    client = Client(headers={"host": "localhost"})
    client.force_login(olga)
    fill(olga, SONGS)
    with connection.cursor() as cursor:
        # In PostgreSQL with what is still on its way into the index.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    found = {}
    for name, q in SEARCHES.items():
        path = f"/songs/?{urlencode({'q': q})}"
        assert client.get(path).status_code == 200, name
        fastest = min(milliseconds(client, path) for _ in range(RUNS))
        songs = LibraryFilter({"q": q}).apply(Song.objects.for_owner(olga)).count()
        found[name] = {"songs": songs, "ms": round(fastest, 1)}
    return {"songs": Song.objects.count(), "index": index_is_used(connection), "searches": found}


def fill(owner: Any, count: int) -> None:
    """Songs and what lists read of their analyses."""
    from datetime import timedelta

    from django.conf import settings
    from django.utils import timezone

    from classifier.models import Analysis, Song, Status
    from tests.classifier.fake_analysis import mood

    now = timezone.now()
    songs = [
        Song(
            owner=owner,
            file_name=f"{number}.mp3",
            sha256=f"{number:064x}",
            size_bytes=4_000_000,
            title=f"{TITLES[number % len(TITLES)]} {number}",
            artist=f"Artist {number % 500}",
            album=f"Album {number % 900}",
            status=Status.DONE,
            created_at=now - timedelta(minutes=number),
            finished_at=now,
        )
        for number in range(count)
    ]
    Song.objects.bulk_create(songs, batch_size=500)
    analyses = [
        Analysis(
            song=song,
            model_version=settings.MODEL_BUNDLE,
            created_at=now,
            **mood(),
            valence=1 + number % 80 / 10,
            arousal=1 + number % 77 / 10,
            agreement=0.8,
        )
        for number, song in enumerate(songs)
    ]
    Analysis.objects.bulk_create(analyses, batch_size=500)


def index_is_used(connection: Any) -> bool:
    """By the plan of a search. PostgreSQL reads 10,000 rows faster than their index, but could use it."""
    from classifier.library.text_search import matching
    from classifier.models import Song

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan TO off")
    plan = matching(Song.objects.with_current_analysis(), "lighthouse 4321").explain()
    return "song_search" in plan


if __name__ == "__main__":
    main()
