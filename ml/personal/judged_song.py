"""A song with the moods that a person stated for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class JudgedSong:
    """`scores` and `models` are those of the model itself. `stated` are one or two terms of the person."""

    scores: Mapping[str, Any]
    models: Mapping[str, Mapping[str, Any]]
    stated: tuple[str, ...]
    group: str
    """Songs of the same artist, or copies of one recording, have the same; they are never apart in a split."""
