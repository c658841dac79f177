"""Rows of a large library, added in bulk: the rows of one song, copied with other values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from ml.moods import GENRES, MOODS

TITLES = ("Harbour", "Café", "川の流れ", "Lighthouse", "Über den Wolken", "Nocturne", "Summer Rain", "Road Home")
GENRE_NAMES = ("Rock", "Jazz", "Electronic", "Hip-Hop/Rap", "Classical", "Soul", "", "Metal", "Folk")
FAILED_EVERY = 200
JUDGED_EVERY = 50


def fill(owner: Any, count: int, *, minutes: int = 4, segments: bool = False, sources: Sequence[Any] = ()) -> str:
    """Add this many songs, one a minute, the last one now; returns the id of the first.

    One in 200 failed, and one in 50 has moods that the owner stated. Without `segments`, the details of an analysis are
    those of the whole song, which is what exports read. With `sources`, the songs lie in them by turns, and not here.
    """
    from django.core.management.color import no_style
    from django.db import connection, transaction

    from classifier.models import Analysis, AnalysisDetail, Song, SongLocation
    from tests.classifier.fake_analysis import answer
    from tests.shelf import shelve

    before = Song.objects.count()
    numbers = range(before, before + count)
    with _fast_filling(), transaction.atomic():
        model = shelve(owner, "Model", sha256="model", worker="celery@bench")
        analysis = model.analysis
        assert analysis is not None
        if segments:
            AnalysisDetail.objects.filter(analysis=analysis).update(segments=answer(12 * minutes - 1)["segments"])
        keys = {number: analysis.id + 1 + place for place, number in enumerate(filter(_is_analysed, numbers))}
        stored = {"file": ""} if sources else {}
        _copy(model, (_song(number, minutes, model.created_at) | stored for number in numbers))
        _copy(analysis, (_analysis(number, key, model.created_at) for number, key in keys.items()))
        _copy(analysis.detail, ({"analysis": key} for key in keys.values()))
        if sources:
            location = SongLocation.objects.create(source=sources[0], song=model, key="model")
            _copy(location, (_location(number, location.pk, sources, model.created_at) for number in numbers))
            location.delete()
        Song.objects.filter(id=model.id).delete()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [Analysis, SongLocation]):
                cursor.execute(statement)
    return str(_song_id(numbers[0], model.created_at))


@contextmanager
def _fast_filling() -> Iterator[None]:
    """Settings of the connection that save minutes at 100,000 songs."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # the random scores touch all pages of their indexes
            faster, usual = "PRAGMA cache_size = -600000", "PRAGMA cache_size = -2000"
        else:  # without the check of foreign keys at the end, which only a superuser may leave out
            cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
            role = "SET session_replication_role = "
            faster, usual = (role + "replica", role + "DEFAULT") if cursor.fetchone()[0] else ("", "")
        if faster:
            cursor.execute(faster)
        yield
        if usual:
            cursor.execute(usual)


def copy_detail(source: Any, targets: Iterable[Any]) -> None:
    """Give these analyses the stored detail of another one: packing takes some milliseconds each."""
    _copy(source.detail, ({"analysis": target.pk} for target in targets))


def refresh_statistics() -> None:
    """As PostgreSQL does by itself after a while, also with what is on its way into the search index."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _copy(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Copies of this row with these values."""
    from django.db import connection

    fields = {field.name: (place, field) for place, field in enumerate(model._meta.concrete_fields)}
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for _, field in fields.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} WHERE {model._meta.pk.column} = %s", [_stored(model, model.pk)])
        original = cursor.fetchone()

        def copies() -> Iterable[list[Any]]:
            for values in rows:
                copy = list(original)
                for name, value in values.items():
                    place, field = fields[name]
                    copy[place] = field.get_db_prep_save(value, connection)
                yield copy

        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in copies():
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", copies())


def _stored(model: Any, value: Any) -> Any:
    from django.db import connection

    return model._meta.pk.get_db_prep_save(value, connection)


def _is_analysed(number: int) -> bool:
    return number % FAILED_EVERY != FAILED_EVERY - 1


def _song(number: int, minutes: int, now: datetime) -> dict[str, Any]:
    from classifier.fields import folded_columns
    from classifier.models import Song
    from classifier.sort_models import OF_ANALYSIS, SORT_COLUMNS

    created_at = _created_at(number, now)
    word = TITLES[number % len(TITLES)]
    names = {
        "title": f"{word} {number}",
        "artist": f"Artist {number % 2500}" if number % 20 else "",
        "album": f"Album {number // 12}",
        "music_genre": GENRE_NAMES[number // 12 % len(GENRE_NAMES)],
        "file_name": f"{number:06} - {word}.mp3",
    }
    values = names | {
        "id": _song_id(number, now),
        "file": f"songs/{number:06}.mp3",
        "sha256": f"{number:064x}",
        "size_bytes": 4_000_000 + number,
        "year": 1960 + number // 12 % 60,
        "duration_s": 60.0 * minutes + number % 97,
        "tags": {"title": [names["title"]], "artist": [names["artist"]], "album": [names["album"]]},
        "created_at": created_at,
        "finished_at": created_at,
        **folded_columns(Song, names),
    }
    if not _is_analysed(number):
        values |= dict.fromkeys((*OF_ANALYSIS.values(), *SORT_COLUMNS))
        return values | {"status": "failed", "error_code": "audio_unreadable", "error_message": "Not audio."}
    analysis, random = _analysis(number, 0, now), Random(number)
    values |= {column: analysis[name] for name, column in OF_ANALYSIS.items() if name in analysis}
    values |= {f"sort_{term}": random.uniform(0.0, 0.4) for term in MOODS}
    values |= {f"sort_{analysis[side]}": random.uniform(0.4, 0.9) for side in ("primary", "secondary")}
    values |= {"sort_tempo": random.uniform(60, 180), "sort_key": random.randrange(24)}
    values |= {"sort_loudness": random.random()}
    if number % JUDGED_EVERY == JUDGED_EVERY - 1:
        primary, secondary = random.sample(list(MOODS), 2)
        stated = {"actual_primary": primary, "actual_secondary": secondary}
        return values | stated | {"verdict": "corrected", "verdict_at": now}
    return values


def _analysis(number: int, key: int, now: datetime) -> dict[str, Any]:
    from classifier import ml_gateway

    random = Random(-number - 1)
    primary, secondary = random.sample(list(MOODS), 2)
    confidence = random.uniform(0.2, 0.9)
    certain = confidence > 0.35
    name = ml_gateway.composite_name(primary, secondary)
    return {
        "id": key,
        "song": _song_id(number, now),
        "created_at": _created_at(number, now),
        "name": name if certain else f"Mixed: {name}",
        "primary": primary,
        "secondary": secondary,
        "joined_by": ml_gateway.joined_by(primary, secondary),
        "confidence": confidence,
        "secondary_confidence": confidence / 2,
        "certain": certain,
        "genre": random.choice(list(GENRES)),
        "valence": min(max(random.gauss(5.2, 1.2), 1.0), 9.0),
        "arousal": min(max(random.gauss(4.8, 1.3), 1.0), 9.0),
        "agreement": random.uniform(0.3, 1.0),
    }


def _location(number: int, last: int, sources: Sequence[Any], now: datetime) -> dict[str, Any]:
    path = f"Artist {number % 2500}/Album {number // 12}/{number:06}.mp3"
    return {
        "id": last + 1 + number,
        "source": sources[number % len(sources)].pk,
        "song": _song_id(number, now),
        "key": path,
        "path": path,
        "size_bytes": 4_000_000 + number,
        "modified_ns": 1_700_000_000_000_000_000 + number,
        "file_id": f"2049:{number}",
    }


def _created_at(number: int, now: datetime) -> datetime:
    """A minute after the previous one; a hundred thousand songs are those of ten weeks."""
    return now - timedelta(weeks=10) + timedelta(minutes=number)


def _song_id(number: int, now: datetime) -> UUID:
    """A UUID of version 7, which begins with the time of its song."""
    milliseconds = int(_created_at(number, now).timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0x2 << 62) | (number * 0x9E3779B97F4A7C15 % (1 << 62)))
