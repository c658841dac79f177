"""Searches in a large library, with the database that DATABASE_URL names.

    python -m tests.bench.search

Prints JSON: whether the index is used, and for each search the number of songs and the milliseconds of processor time
of the page, at its fastest. Processor time, of this process and of PostgreSQL, does not depend on other programs.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from typing import Any

from tests.bench.library import milliseconds
from tests.bench.library_rows import fill, refresh_statistics

SONGS = 10_000
RUNS = 5
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
    refresh_statistics()
    found = {}
    for name, q in SEARCHES.items():
        path = f"/songs/?{urlencode({'q': q})}"
        assert client.get(path).status_code == 200, name
        fastest = min(milliseconds(client, path) for _ in range(RUNS))
        songs = LibraryFilter({"q": q}).apply(Song.objects.for_owner(olga)).count()
        found[name] = {"songs": songs, "ms": round(fastest, 1)}
    return {"songs": Song.objects.count(), "index": index_is_used(connection), "searches": found}


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
