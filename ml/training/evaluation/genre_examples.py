"""Example clips of each composite genre, with people's labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ml.moods import CLUSTERS, EMOTION_NAMES, EMOTIONS, GENRES, QUADRANTS, strongest_genre
from ml.training.data.clips import Clip

EXAMPLES = 3
WORDS = 4
MOST_FELT = 3


def genre_examples(strengths: Sequence[Mapping[str, float]], clips: Sequence[Clip]) -> dict[str, list[dict[str, Any]]]:
    """The clips with the highest score of each genre, from several collections and by different artists.

    `strengths` has the strength of each genre of each clip. Chosen by it alone, never by labels. Each has collection,
    file, labels (shortened) and share (0..1).
    """
    strongest = [strongest_genre(song) for song in strengths]
    examples = {}
    for genre in GENRES:
        clearest = sorted((i for i, name in enumerate(strongest) if name == genre), key=lambda i: -strengths[i][genre])
        chosen = spread_examples([clips[i] for i in clearest])
        examples[genre] = [
            {
                "collection": clips[clearest[place]].collection,
                "file": clips[clearest[place]].file,
                "labels": short_labels(clips[clearest[place]]),
                "share": round(strengths[clearest[place]][genre], 4),
            }
            for place in chosen
        ]
    return examples


def short_labels(clip: Clip) -> str:
    """ "Q2: harsh, hostile, menacing", "c3: wistful", or "Calm 63 %, Sad 31 %" of the listeners."""
    words = ", ".join(clip.words[:WORDS])
    if clip.quadrant is not None:
        return f"{QUADRANTS[clip.quadrant]}: {words}"
    if clip.cluster is not None:
        return f"{CLUSTERS[clip.cluster]}: {words}"
    felt = sorted(zip(clip.emotions or (), EMOTION_NAMES, strict=False), reverse=True)[:MOST_FELT]
    return ", ".join(f"{EMOTIONS[emotion].adjective} {share:.0%}" for share, emotion in felt).replace("%", " %")


def spread_examples(clips: Sequence[Clip]) -> list[int]:
    """Indices of up to EXAMPLES clips: the first of each collection, then the next ones; each artist once.

    `clips` has the best one first.
    """
    chosen: list[int] = []
    for fresh in (True, False):
        for place, clip in enumerate(clips):
            collections = {clips[i].collection for i in chosen}
            artists = {clips[i].artist for i in chosen}
            if len(chosen) < EXAMPLES and clip.artist not in artists and not (fresh and clip.collection in collections):
                chosen.append(place)
    return sorted(chosen)
