"""The songs of the mood map as JSON for its script: compact, since there may be ten thousand."""

from __future__ import annotations

import json
from collections.abc import Iterable

from classifier import ml_gateway
from classifier.charts.mood_markers import mood_markers
from classifier.library.mood_map import MapPoint

FORMAT = "3"
"""Changes with the structure of the JSON, so that no browser uses a cached one that its script cannot read."""


def points_json(points: Iterable[MapPoint]) -> str:
    """Names of moods and artists stand once; each song refers to them by number.

    Valence and arousal are not rounded, so that a lasso contains the same songs in the browser and in the database.
    """
    moods: dict[tuple[str, str, bool, bool], int] = {}
    artists: dict[str, int] = {}
    songs = [
        (
            point.id.replace("-", ""),
            point.title or point.file_name,
            artists.setdefault(point.artist, len(artists)),
            point.valence,
            point.arousal,
            moods.setdefault(_mood(point), len(moods)),
        )
        for point in points
    ]
    content = {
        "moods": [
            {"name": name, "css": mood_markers()[primary].css, "certain": certain, "yours": yours}
            for name, primary, certain, yours in moods
        ],
        "artists": list(artists),
        "songs": songs,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _mood(point: MapPoint) -> tuple[str, str, bool, bool]:
    """Name, main mood, whether it is certain, and whether it is the owner's and differs from the analysis."""
    stated = (point.stated_primary, point.stated_secondary)
    # Not by the names: an older model may call the same mood by another word.
    if not point.stated_primary or (point.certain and stated == (point.primary, point.secondary)):
        return point.name, point.primary, point.certain, False
    return ml_gateway.composite_name(*stated), point.stated_primary, True, True
