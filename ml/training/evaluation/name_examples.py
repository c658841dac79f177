"""Example clips of each mood term: the songs to which it is given most confidently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml.moods import MOODS, Composite
from ml.training.data.clips import Clip
from ml.training.evaluation.genre_examples import spread_examples


def name_examples(composites: Sequence[Composite], clips: Sequence[Clip]) -> dict[str, list[dict[str, Any]]]:
    """Up to three clips for each term, from several collections and by different artists.

    Chosen by the confidence of the side alone, never by labels. Each has collection, file, name, the terms that people
    used (`people`), and whether this one is among them (`right`).
    """
    return {term: _examples(term, composites, clips) for term in MOODS}


def _examples(term: str, composites: Sequence[Composite], clips: Sequence[Clip]) -> list[dict[str, Any]]:
    confidence = {
        i: composite.confidence if composite.primary == term else composite.secondary_confidence
        for i, composite in enumerate(composites)
        if term in (composite.primary, composite.secondary) and clips[i].terms
    }
    surest = sorted(confidence, key=lambda i: -confidence[i])
    chosen = [surest[place] for place in spread_examples([clips[i] for i in surest])]
    return [
        {
            "collection": clips[i].collection,
            "file": clips[i].file,
            "name": composites[i].name,
            "people": list(clips[i].terms),
            "right": term in clips[i].terms,
        }
        for i in chosen
    ]
