"""The space of a large library by reference: database, indexes, text search and covers.

    python -m tests.bench.library_size FILE

Prints JSON: the bytes of the database, and those of a result and of a cover. FILE is a song of four minutes. It is
analysed once; each song gets the result of that analysis with other scores. Every twelve songs have a cover.
"""

from __future__ import annotations

import io
import json
import logging
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.measurement import measure_in_subprocess
from tests.bench.tables import Row

SONGS = 20_000
MAX_MB = 400
VARIANTS = 50
"""Results with different scores; each is stored for many songs, since packing takes some milliseconds."""
MAX_CHANGE = 0.05
SONGS_OF_A_COVER = 12
COVER_PIXELS = 600
WORDS = ("harbour", "winter", "letters", "glass", "river", "motion", "paper", "garden", "silver", "engine", "distant")


def rows(song: Path) -> list[Row]:
    measured = measure_in_subprocess("tests.bench.library_size", song)
    kilobytes = measured["database"] / SONGS / 1e3
    megabytes = measured["database"] / 1e6 + measured["pictures_mb"]
    return [
        Row(
            f"{SONGS:,} songs by reference with {SONGS // SONGS_OF_A_COVER:,} covers, on disk, with all pictures that "
            "PICTURE_CACHE_MB allows",
            f"≤ {MAX_MB} MB",
            f"{megabytes:.0f} MB: pictures {measured['pictures_mb']:.0f} MB, and {kilobytes:.1f} KB a song, of which "
            f"its result has {measured['result'] / 1e3:.1f} KB; a cover has {measured['cover'] / 1e3:.1f} KB",
            megabytes <= MAX_MB,
        )
    ]


def main(song: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "mmc.settings", "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        logging.disable(logging.WARNING)
        print(json.dumps(measure(song)))


def measure(path: Path) -> dict[str, float]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from classifier import ml_gateway
    from classifier.models import Person

    call_command("migrate", verbosity=0)
    owner = Person.objects.create_superuser("olga", password="open sesame, please")
    result = ml_gateway.analyse(path, on_progress=lambda stage, done, total: None)
    before = _database_bytes(connection)
    fill(owner, result)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT avg(length(answer) + length(segments) + length(waveform)) FROM classifier_analysisdetail"
        )
        result_bytes = float(cursor.fetchone()[0])
        cursor.execute("SELECT avg(length(small) + length(large)) FROM classifier_cover")
        cover_bytes = float(cursor.fetchone()[0])
    return {
        "database": _database_bytes(connection) - before,
        "result": result_bytes,
        "cover": cover_bytes,
        "pictures_mb": settings.PICTURE_CACHE_MB,
    }


def fill(owner: Any, result: Any) -> None:
    from datetime import timedelta

    from django.conf import settings
    from django.utils import timezone

    from classifier.models import Analysis, AnalysisDetail, Song, SongLocation, Source, Status
    from classifier.querysets import MOOD_FIELDS
    from tests.bench.library_rows import copy_detail

    chance, now = random.Random(0), timezone.now()
    source = Source.objects.create(owner=owner, kind="folder", name="Music", address="/music", created_at=now)
    covers = covers_of_albums(owner, SONGS // SONGS_OF_A_COVER)
    songs = []
    for number in range(SONGS):
        title, artist, album = (" ".join(chance.sample(WORDS, count)).title() for count in (3, 2, 2))
        songs.append(
            Song(
                owner=owner,
                cover_image=covers[min(number // SONGS_OF_A_COVER, len(covers) - 1)],
                file_name=f"{number % 14 + 1:02} {title} {number}.flac",
                sha256=f"{chance.getrandbits(256):064x}",
                audio_hash=f"{chance.getrandbits(256):064x}",
                size_bytes=25_000_000 + number,
                duration_s=result.duration_s,
                title=title,
                artist=artist,
                album=album,
                album_artist=artist,
                year=1960 + number % 60,
                music_genre="Electronic",
                tags={
                    "title": title,
                    "artist": artist,
                    "album": album,
                    "year": 1960 + number % 60,
                    "genre": "Electronic",
                },
                status=Status.DONE,
                created_at=now - timedelta(seconds=number),
                queued_at=now,
                started_at=now,
                finished_at=now,
                worker="worker@server",
            )
        )
    Song.objects.bulk_create(songs, batch_size=500)
    SongLocation.objects.bulk_create(
        (
            SongLocation(
                source=source,
                song=song,
                key=f"{song.artist}/{song.album}/{song.file_name}",
                path=f"{song.artist}/{song.album}/{song.file_name}",
                size_bytes=song.size_bytes,
                modified_ns=1_700_000_000_000_000_000 + number,
                file_id=f"2049:{number}",
            )
            for number, song in enumerate(songs)
        ),
        batch_size=500,
    )
    answer = dict(result.answer)
    analyses = [
        Analysis(
            song=song,
            model_version=settings.MODEL_BUNDLE,
            created_at=now,
            **{name: answer["mood"][name] for name in MOOD_FIELDS},
            valence=chance.uniform(1, 9),
            arousal=chance.uniform(1, 9),
            agreement=answer["agreement"],
        )
        for song in songs
    ]
    Analysis.objects.bulk_create(analyses, batch_size=500)
    for number, variant in enumerate(variants(answer, chance)):
        first, *others = analyses[number::VARIANTS]
        segments = variant.pop("segments")
        waveform = [min(100, max(0, level + chance.randint(-3, 3))) for level in result.waveform]
        AnalysisDetail.objects.create(analysis=first, answer=variant, segments=segments, waveform=waveform)
        copy_detail(first, others)


def covers_of_albums(owner: Any, number: int) -> list[Any]:
    """Each has the bytes of one of `VARIANTS` pictures, since scaling takes some milliseconds."""
    from classifier.models import Cover
    from ml.audio.cover_sizes import cover_sizes

    sizes = [cover_sizes(dead_leaves(random.Random(seed))) for seed in range(VARIANTS)]
    covers = [
        Cover(owner=owner, sha256=f"{one:064x}", small=made.small, large=made.large)
        for one in range(number)
        if (made := sizes[one % VARIANTS])
    ]
    return Cover.objects.bulk_create(covers, batch_size=100)


def dead_leaves(chance: random.Random) -> bytes:
    """A picture with the statistics of photographs: discs of all sizes that cover each other, the smaller the more."""
    from PIL import Image, ImageDraw, ImageFilter

    image = Image.new("RGB", (COVER_PIXELS, COVER_PIXELS))
    draw = ImageDraw.Draw(image)
    for _ in range(4000):
        radius = min(4 / max(chance.random(), 1e-4) ** 0.5, COVER_PIXELS / 3)
        x, y = (chance.uniform(-radius, COVER_PIXELS + radius) for _ in range(2))
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    file = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1)).save(file, "JPEG", quality=90)
    return file.getvalue()


def variants(answer: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(VARIANTS):
        yield changed(answer, chance)


def changed(value: Any, chance: random.Random) -> Any:
    """Other scores, as if it were another song: noise compresses less than the scores of real songs."""
    if isinstance(value, dict):
        return {key: child if key in ("start_s", "end_s") else changed(child, chance) for key, child in value.items()}
    if isinstance(value, list):
        return [changed(child, chance) for child in value]
    if isinstance(value, float) and 0 < value < 1:
        return round(min(1.0, max(0.0, value + chance.uniform(-MAX_CHANGE, MAX_CHANGE))), 4)
    return value


def _database_bytes(connection: Any) -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return os.path.getsize(connection.settings_dict["NAME"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
