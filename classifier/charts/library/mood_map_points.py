"""The songs of the mood map as JSON for its script: compact, since there may be ten thousand."""

from __future__ import annotations

import json
from collections.abc import Iterable

from classifier.active_words import ActiveWords, active_words
from classifier.charts.mood_markers import mood_markers
from classifier.library.mood_map import MapPoint


def points_json(points: Iterable[MapPoint], total: int) -> str:
    """`total` is the number of songs that match, of which these may be a part. Names of moods and artists stand once;
    each song refers to them by number.

    Valence and arousal are not rounded, so that a lasso contains the same songs in the browser and in the database.
    """
    active = active_words()
    moods: dict[tuple[str, str, bool, bool], int] = {}
    artists: dict[str, int] = {}
    songs = [
        (
            point.id.replace("-", ""),
            point.title or point.file_name,
            artists.setdefault(point.artist, len(artists)),
            point.valence,
            point.arousal,
            moods.setdefault(_mood(point, active), len(moods)),
        )
        for point in points
    ]
    content = {
        "total": total,
        "moods": [
            {"name": name, "css": mood_markers()[primary].css, "certain": certain, "yours": yours}
            for name, primary, certain, yours in moods
        ],
        "artists": list(artists),
        "songs": songs,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _mood(point: MapPoint, active: ActiveWords) -> tuple[str, str, bool, bool]:
    """Name, main mood, whether it is certain, and whether it is the owner's and differs from the analysis."""
    stated = (point.stated_primary, point.stated_secondary)
    # Not by the names: an older model may call the same mood by another word.
    if not point.stated_primary or (point.certain and stated == (point.primary, point.secondary)):
        if active.are_of_models:
            return point.name, point.primary, point.certain, False
        keys = active.known(point.primary_key), active.known(point.secondary_key)
        name = active.name(*keys) if point.certain else active.words.mixed(*keys)
        return name, point.primary, point.certain, False
    first, second = map(active.shown, stated)
    return active.name(first, "" if second == first else second), first, True, True
