"""The songs among files and folders that a person names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from classifier import ml_gateway

SUFFIXES = (
    *(".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".mp4"),
    *(".aac", ".aif", ".aiff", ".aifc", ".wma", ".mka", ".webm"),
)


def songs_under(paths: list[Path]) -> Iterator[Path]:
    """Files as they are named; of folders, in the order of names, what by name or first bytes is sound.

    A folder without any song comes itself, so that it can be reported.
    """
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        found = False
        for song in _walk(path):
            found = True
            yield song
        if not found:
            yield path


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or path.is_fifo():  # to open a pipe would wait for its other end for ever
                continue
            if path.suffix.lower() in SUFFIXES or _begins_as_sound(path):
                yield path


def _begins_as_sound(path: Path) -> bool:
    """Covers, lists and logs lie beside songs, and are none."""
    try:
        with path.open("rb") as file:
            ml_gateway.recognise(file.read(ml_gateway.HEAD_BYTES))
    except (ml_gateway.MoodError, OSError):
        return False
    return True
