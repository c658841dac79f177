"""The songs of the mood map as scripts read them: compact, since there may be ten thousand."""

from __future__ import annotations

import json
from collections.abc import Iterable

from classifier.charts.mood_markers import marks
from classifier.library.mood_map import Spot

FORMAT = "1"
"""Changes with the shape of the answer, so that no browser keeps one that its script cannot read."""


def points_json(spots: Iterable[Spot]) -> str:
    """Names of moods and of artists stand once, and each song tells their numbers.

    Places are told in full, so that an outline holds the same songs in the browser and in the database.
    """
    moods: dict[tuple[str, str, bool], int] = {}
    artists: dict[str, int] = {}
    songs = [
        (
            spot.id.replace("-", ""),
            spot.title or spot.file_name,
            artists.setdefault(spot.artist, len(artists)),
            spot.valence,
            spot.arousal,
            moods.setdefault((spot.name, spot.mood, spot.certain), len(moods)),
        )
        for spot in spots
    ]
    answer = {
        "moods": [{"name": name, "css": marks()[mood].css, "certain": certain} for name, mood, certain in moods],
        "artists": list(artists),
        "songs": songs,
    }
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
