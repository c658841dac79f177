"""What tables of songs are made from: columns of the database, read some hundred songs at a time.

Rows and not objects of the models, which would take longer to make than everything else of a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CharField, F
from django.db.models.functions import Cast

from classifier.models import Analysis, Song, SongLocation, SourceKind, Status
from classifier.querysets import MOOD_FIELDS, SCORE_FIELDS
from classifier.serializers import answer_view

if TYPE_CHECKING:
    from classifier.active_words import ActiveWords
    from classifier.querysets import SongQuerySet

CHUNK_SIZE = 500

SONG_COLUMNS = (
    "id", "title", "artist", "album", "album_artist", "year", "music_genre", "file_name", "duration_s", "status",
    "error_code", "created_at", "finished_at",
)  # fmt: skip
OTHER_SONG_COLUMNS = (
    "sha256", "audio_hash", "tags", "verdict", "verdict_at", "actual_primary", "actual_secondary",
)  # fmt: skip
ANALYSIS_COLUMNS = (*MOOD_FIELDS, "agreement", *SCORE_FIELDS, "model_version")


@dataclass(frozen=True, slots=True)
class SongRecord:
    """`path` says where the file lies, in a folder of the server or as its music server tells it; it is empty for an
    upload. `analysis` is the current result of a song that is done: its columns, `answer`, and `segments` if asked for.
    """

    song: dict[str, Any]
    path: str
    analysis: dict[str, Any] | None

    @property
    def musicbrainz_id(self) -> str:
        """The recording that the tags name."""
        found = self.song["tags"].get("musicbrainz_recording_id")
        return found if isinstance(found, str) else ""


def song_records(
    songs: SongQuerySet, *, segments: bool = False, words: ActiveWords | None = None
) -> Iterator[SongRecord]:
    """In their order, without those that are deleted meanwhile; moods are named in `words`, else as by the model."""
    # As text: a hundred thousand UUID objects take as long as the query.
    ids = list(songs.values_list(Cast("id", CharField()), flat=True))
    for first in range(0, len(ids), CHUNK_SIZE):
        chunk = [UUID(text) for text in ids[first : first + CHUNK_SIZE]]
        rows = Song.objects.filter(id__in=chunk).order_by()
        columns = {row["id"]: row for row in rows.values(*SONG_COLUMNS, *OTHER_SONG_COLUMNS)}
        analyses = _analyses([song_id for song_id, row in columns.items() if row["status"] == Status.DONE], segments)
        paths = _paths(chunk)
        for song_id in chunk:
            if song_id in columns:
                analysis = analyses.get(song_id)
                if analysis is not None and words is not None:
                    analysis = _in_words(analysis, words)
                yield SongRecord(columns[song_id], paths.get(song_id, ""), analysis)


def _analyses(ids: Sequence[UUID], segments: bool) -> dict[UUID, dict[str, Any]]:
    details = {"answer": F("detail__answer")} | ({"segments": F("detail__segments")} if segments else {})
    rows = Analysis.objects.current().filter(song__in=ids).order_by()
    return {row["song_id"]: row for row in rows.values("song_id", *ANALYSIS_COLUMNS, **details)}


def _in_words(row: dict[str, Any], words: ActiveWords) -> dict[str, Any]:
    with_segments = {"segments": row["segments"]} if "segments" in row else {}
    answer = dict(answer_view({**row["answer"], **with_segments}, "both", row["model_version"], words))
    named = {name: answer["mood"][name] for name in MOOD_FIELDS}
    segments = {name: answer.pop(name) for name in with_segments}
    return {**row, **named, **segments, "answer": answer}


def _paths(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Where the file is there first."""
    paths: dict[UUID, str] = {}
    locations = SongLocation.objects.filter(song__in=ids, is_ignored=False).order_by(
        F("missing_since").asc(nulls_first=True), "id"
    )
    for song_id, path, key, kind, address in locations.values_list(
        "song_id", "path", "key", "source__kind", "source__address"
    ):
        if song_id not in paths:
            place = path or key
            paths[song_id] = f"{address.rstrip('/')}/{place}" if kind == SourceKind.FOLDER else place
    return paths
