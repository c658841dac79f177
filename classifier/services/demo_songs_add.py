"""Add the demo songs: Opus files that come with the product. `make demo-songs` writes them."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from django.core.files import File
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Person, Song
from classifier.services.song_submit import song_submit

FOLDER = Path(__file__).resolve().parents[1] / "demo_songs"
TITLES = ("Slow Water", "Market Morning", "Empty Platform", "Wires", "High Banners")
"""In the order in which they are added."""


def demo_songs_add(*, owner: Person, now: datetime) -> list[Song]:
    """Submit the demo songs like uploads. Returns those that the owner did not have yet."""
    paths = [FOLDER / f"{title}.opus" for title in TITLES]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise ProductError(
            "demo_failed",
            gettext(
                "This installation lacks the demo songs (%(names)s): upload songs of your own, or install "
                "Countermood again."
            )
            % {"names": ", ".join(missing)},
            HTTPStatus.SERVICE_UNAVAILABLE,
        )
    added = []
    for path in paths:
        with path.open("rb") as file:
            song, created = song_submit(owner=owner, upload=File(file, name=path.name), now=now)
        if created:
            added.append(song)
    return added
