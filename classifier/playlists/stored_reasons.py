"""The reasons of a stored playlist, which the database has in English, in the language of the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from classifier.models import Playlist, Song
from classifier.playlists.reasons import filter_reason, mixture_reason, path_text, similar_reason
from classifier.playlists.rule import FILTER, MIXTURE, SIMILAR, PlaylistRule
from classifier.stored_texts import is_translated

DISTANCE = re.compile(r"Distance (\d+\.\d+):")
SHARE = re.compile(r"(\d+) % of the way,")

Retold = Callable[[Song, str], str]
"""Of a song and its stored reason."""


def retold(playlist: Playlist) -> Retold:
    """What else a reason says is read from the song again; only its distance, or its place on a path, is stored."""
    if not is_translated():
        return _as_stored
    rule = PlaylistRule.from_json(playlist.rule)
    if rule.order == FILTER:
        return lambda song, stored: filter_reason(song, 0, 0.0)
    if rule.order == MIXTURE:
        reason = mixture_reason(rule)
        return lambda song, stored: reason(song, 0, 0.0)
    if rule.order == SIMILAR:
        found = Song.objects.for_owner(playlist.owner).in_bulk(rule.seeds)
        return partial(_similar, [found[seed] for seed in rule.seeds if seed in found])
    return _on_path


def _as_stored(song: Song, stored: str) -> str:
    return stored


def _similar(seeds: list[Song], song: Song, stored: str) -> str:
    match = DISTANCE.match(stored)
    return similar_reason(seeds)(song, 0, float(match[1])) if match and seeds else stored


def _on_path(song: Song, stored: str) -> str:
    match = SHARE.match(stored)
    return path_text(int(match[1]) / 100, song) if match else stored
