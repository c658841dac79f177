"""Where the pictures of what the 2D network looked at lie: in the song's folder, named by the model that looked."""

from __future__ import annotations

from pathlib import Path

from classifier.files import folder_path
from classifier.models import Analysis, Song, song_folder

SIDES = ("primary", "secondary")


def looked_picture(song: Song, analysis: Analysis, side: str) -> Path:
    """Lies over the spectrogram; drawn when somebody asks for it."""
    return _place(song, analysis, f"{side}.png")


def looked_places(song: Song, analysis: Analysis, side: str) -> Path:
    """The same in words and figures, as JSON."""
    return _place(song, analysis, f"{side}.json")


def looked_asked(song: Song, analysis: Analysis) -> Path:
    """Says when a worker was last asked to draw, and how often it was."""
    return _place(song, analysis, "asked")


def _place(song: Song, analysis: Analysis, name: str) -> Path:
    return folder_path(song_folder(song)) / f"looked-{analysis.model_version}-{name}"
