"""The ten composite mood genres: each a rule over the ranks of scores in the reference library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.calibration import Reference
from ml.moods import older_genres
from ml.moods.older_genres import GENRES, OTHER, Condition, Genre, genre, strongest_genre

__all__ = ["GENRES", "OTHER", "Condition", "Genre", "genre", "genre_scores", "strongest_genre"]


def genre_scores(
    scores: Mapping[str, Any], reference: Reference, rules: Mapping[str, Any] | None = None
) -> dict[str, float]:
    """The strength of each genre, 0..1, sum 1. `rules` are those in the card of a bundle."""
    return older_genres.genre_scores(scores, reference)
