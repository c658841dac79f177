"""A table whose columns have the names and ranges of Spotify's audio features, for tools that read those.

`docs/exports.md` says how each is made. The features that Countermood does not measure (acousticness, danceability,
instrumentalness, liveness, speechiness) have no column.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from classifier.library.exports.song_records import song_records

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

COLUMNS = (
    "path", "title", "artist", "album", "musicbrainz_trackid", "duration_ms", "valence", "energy", "tempo", "key",
    "mode", "loudness",
)  # fmt: skip
# Valence and arousal go from 1 to 9.
LOWEST, HIGHEST = 1.0, 9.0


def spotify_rows(songs: SongQuerySet) -> Iterator[dict[str, Any]]:
    """Songs without a result have their names only."""
    for record in song_records(songs):
        song, analysis = record.song, record.analysis
        row: dict[str, Any] = {
            "path": record.path or song["file_name"],
            "title": song["title"],
            "artist": song["artist"],
            "album": song["album"],
            "musicbrainz_trackid": record.musicbrainz_id,
            "duration_ms": None if song["duration_s"] is None else round(1000 * song["duration_s"]),
        }
        if analysis is not None:
            features = analysis["answer"].get("features", {})
            row |= {
                "valence": unit_interval(analysis["valence"]),
                "energy": unit_interval(analysis["arousal"]),
                "tempo": features.get("tempo_bpm"),
                "key": _whole(features.get("key")),
                "mode": _whole(features.get("mode")),
                "loudness": decibels(features.get("rms_mean")),
            }
        yield row


def unit_interval(score: float) -> float:
    """A score from 1 to 9 as a number from 0 to 1."""
    return round(min(max((score - LOWEST) / (HIGHEST - LOWEST), 0.0), 1.0), 4)


def decibels(rms: float | None) -> float | None:
    """The root mean square of the samples in decibels of full scale; None for silence."""
    return round(20 * math.log10(rms), 2) if rms else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
