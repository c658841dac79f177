"""What a person says about a song: its title, its artist, the mood it really has."""

from __future__ import annotations

from datetime import datetime

from classifier import door
from classifier.errors import ProductError
from classifier.models import Song
from classifier.services.song_reread import reread

MAX_LENGTH = 255


def song_edit(*, song: Song, title: str, artist: str, now: datetime) -> Song:
    """From now on the file's tags no longer change them."""
    # By update(), here and below: a song deleted meanwhile stays deleted.
    Song.objects.filter(id=song.id).update(
        title=_one_line("title", title), artist=_one_line("artist", artist), edited_at=now
    )
    return reread(song)


def song_correct(*, song: Song, primary: str, secondary: str = "") -> Song:
    """State the actual mood; neither side takes the statement back, and a second side alone is the first."""
    if secondary and not primary:
        primary, secondary = secondary, ""
    for emotion in (primary, secondary):
        if emotion and emotion not in door.EMOTIONS:
            raise ProductError(
                "mood_unknown", f"“{emotion[:40]}” is no mood known here: choose among {', '.join(door.EMOTIONS)}."
            )
    if secondary and secondary == primary:
        raise ProductError("mood_twice", "Both sides name the same mood: choose another one, or leave the second out.")
    Song.objects.filter(id=song.id).update(actual_primary=primary, actual_secondary=secondary)
    return reread(song)


def _one_line(name: str, text: str) -> str:
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if len(line) > MAX_LENGTH:
        raise ProductError(
            f"{name}_too_long",
            f"The {name} has {len(line)} characters, and at most {MAX_LENGTH} are allowed: shorten it.",
        )
    return line
