"""The segments of songs as rows of a table of their own: when they begin and end, their mood and scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from classifier.library.exports.song_records import song_records
from classifier.library.exports.song_rows import SHARE_COLUMNS, SONG_SCORE_COLUMNS, VOCABULARY, add_scores
from classifier.querysets import MOOD_FIELDS, SCORE_FIELDS

if TYPE_CHECKING:
    from classifier.active_words import ActiveWords
    from classifier.querysets import SongQuerySet

OF_SONG = ("song_id", "path", "title", "artist", "model_version")
OF_SEGMENT = ("segment", "start_s", "end_s", "silent")
COLUMNS = (
    *OF_SONG,
    *OF_SEGMENT,
    "mood",
    *MOOD_FIELDS[1:],
    *SCORE_FIELDS,
    *(name for names in SONG_SCORE_COLUMNS.values() for name in names),
    *(column for columns in SHARE_COLUMNS.values() for column in columns.values()),
)


def segment_rows(songs: SongQuerySet, words: ActiveWords | None = None) -> Iterator[dict[str, Any]]:
    """In the order of the songs, then of time; `segment` counts from 0. A song without a result has none."""
    for record in song_records(songs, segments=True, words=words):
        song, analysis = record.song, record.analysis
        if analysis is None:
            continue
        of_song = dict.fromkeys(COLUMNS) | {
            "song_id": str(song["id"]),
            "path": record.path,
            "title": song["title"],
            "artist": song["artist"],
            "model_version": analysis["model_version"],
            **({VOCABULARY: words.label} if words else {}),
        }
        for number, segment in enumerate(analysis["segments"]):
            mood, scores = segment.get("mood") or {}, segment.get("scores") or {}
            row = of_song | {
                "segment": number,
                "start_s": segment["start_s"],
                "end_s": segment["end_s"],
                "silent": segment.get("silent", False),
                "mood": mood.get("name", ""),
            }
            for name in MOOD_FIELDS[1:]:
                row[name] = mood.get(name)
            for name in SCORE_FIELDS:
                row[name] = scores.get(name)
            add_scores(row, scores)
            yield row
