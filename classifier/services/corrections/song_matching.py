"""Finds the songs that rows of a table mean: by id, checksum, sound, path, or title and artist, in this order."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from classifier.fields import fold_key
from classifier.models import Song, SongLocation, Source, SourceKind

if TYPE_CHECKING:
    from classifier.models import Person
    from classifier.services.corrections.csv_reading import CorrectionRow

BATCH_ROWS = 400

Found = dict[Any, set[uuid.UUID]]


def songs_matched(owner: Person, rows: Sequence[CorrectionRow]) -> dict[int, set[uuid.UUID]]:
    """The songs that each row means, by its line: none, one, or several that the row does not tell apart."""
    folders = list(Source.objects.filter(owner=owner, kind=SourceKind.FOLDER).values_list("id", "address"))
    matched: dict[int, set[uuid.UUID]] = {}
    for start in range(0, len(rows), BATCH_ROWS):
        left: Sequence[CorrectionRow] = rows[start : start + BATCH_ROWS]
        for key_of, find in _ways(owner, folders):
            keys = {row.line: key_of(row) for row in left}
            found = find({key for key in keys.values() if key})
            matched |= {row.line: found[keys[row.line]] for row in left if keys[row.line] in found}
            left = [row for row in left if row.line not in matched]
    return matched


def _ways(
    owner: Person, folders: list[tuple[uuid.UUID, str]]
) -> Iterable[tuple[Callable[[CorrectionRow], Any], Callable[[set[Any]], Mapping[Any, set[uuid.UUID]]]]]:
    songs = Song.objects.for_owner(owner).order_by()

    def by_column(column: str) -> Callable[[set[str]], Found]:
        def find(keys: set[str]) -> Found:
            rows = songs.filter(**{f"{column}__in": keys}).values_list(column, "id") if keys else ()
            return _grouped(rows)

        return find

    def by_names(keys: set[tuple[str, str]]) -> Found:
        if not keys:
            return {}
        titles, artists = ({key[place] for key in keys} for place in (0, 1))
        rows = songs.filter(sort_artist__in=artists, sort_title__in=titles).values_list(
            "sort_title", "sort_artist", "id"
        )
        return _grouped(((title, artist), song_id) for title, artist, song_id in rows)

    return (
        (lambda row: _uuid(row.id), by_column("id")),
        (lambda row: row.sha256.lower(), by_column("sha256")),
        (lambda row: row.audio_hash.lower(), by_column("audio_hash")),
        (lambda row: row.path, lambda keys: _by_path(owner, folders, keys)),
        (lambda row: row.path if "/" not in row.path else "", by_column("file_name")),
        (lambda row: (fold_key(row.title), fold_key(row.artist)) if row.title else None, by_names),
        (lambda row: "" if row.title else row.file_name, by_column("file_name")),
    )


def _by_path(owner: Person, folders: list[tuple[uuid.UUID, str]], paths: set[str]) -> Found:
    """Paths as exports write them: absolute ones in folders, and those that music servers tell."""
    if not paths:
        return {}
    places = Q(path__in=paths) & ~Q(source__kind=SourceKind.FOLDER)
    for source_id, address in folders:
        start = f"{address.rstrip('/')}/"
        inside = {path.removeprefix(start) for path in paths if path.startswith(start)}
        if inside:
            places |= Q(source=source_id) & (Q(key__in=inside) | Q(path__in=inside))
    address_of = dict(folders)
    locations = SongLocation.objects.filter(
        places, source__owner=owner, song__isnull=False, song__deleted_at__isnull=True, is_ignored=False
    )
    return _grouped(
        (f"{address_of[one.source_id].rstrip('/')}/{one}" if one.source_id in address_of else str(one), one.song_id)
        for one in locations.only("source_id", "song_id", "key", "path")
    )


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> Found:
    found: Found = defaultdict(set)
    for key, song_id in pairs:
        found[key].add(song_id)
    return dict(found)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
