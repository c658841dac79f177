"""The user's verdict on a result: agree, disagree, or correct the moods.

It is stored beside the result. No model writes it, and another analysis does not change it.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Song, Verdict

RETRACT = "none"
"""Forms send this for Verdict.NONE."""
CHOICES = (Verdict.AGREED.value, Verdict.DISAGREED.value, Verdict.CORRECTED.value, RETRACT)

Pair = tuple[str, str]


def song_verdict(
    *, song: Song, verdict: str, now: datetime, primary: str = "", secondary: str = "", seen: Pair | None = None
) -> Song:
    """Store one of the four choices of a form. `seen` are the two moods that the form showed."""
    if verdict == Verdict.AGREED:
        return song_agree(song=song, seen=seen, now=now)
    if verdict == Verdict.DISAGREED:
        return song_disagree(song=song, seen=seen, now=now)
    if verdict == Verdict.CORRECTED:
        return song_correct(song=song, primary=primary, secondary=secondary, now=now)
    if verdict == RETRACT:
        return song_retract(song=song)
    raise ProductError(
        "verdict_unknown", f"The verdict is “{verdict[:40]}”, and {', '.join(CHOICES)} are allowed: choose one of them."
    )


def song_agree(*, song: Song, now: datetime, seen: Pair | None = None) -> Song:
    """Both moods of the result become the user's, and stay so after another analysis."""
    primary, secondary = _current_moods(song, seen)
    return _store(song, Verdict.AGREED, now, primary, secondary)


def song_disagree(*, song: Song, now: datetime, seen: Pair | None = None) -> Song:
    """Without the right moods, which the user may state later."""
    _current_moods(song, seen)
    return _store(song, Verdict.DISAGREED, now)


def song_correct(*, song: Song, primary: str, now: datetime, secondary: str = "") -> Song:
    """State the right moods. A second mood alone counts as the first."""
    primary, secondary = stated_moods(primary, secondary)
    return _store(song, Verdict.CORRECTED, now, primary, secondary)


def song_retract(*, song: Song) -> Song:
    """Back to no verdict."""
    return _store(song, Verdict.NONE, None)


def stated_moods(primary: str, secondary: str) -> Pair:
    """Check one or two stated moods; emotions of earlier versions count as their terms. Raises ProductError."""
    if secondary and not primary:
        primary, secondary = secondary, ""
    if not primary:
        raise ProductError("mood_missing", gettext("No mood is chosen: choose at least the main mood."))
    primary, secondary = _term(primary), _term(secondary) if secondary else ""
    if secondary == primary:
        raise ProductError(
            "mood_twice", gettext("Main and second mood are the same: choose another second mood, or none.")
        )
    return primary, secondary


def _term(mood: str) -> str:
    try:
        return ml_gateway.term_of(mood)
    except KeyError:
        raise ProductError(
            "mood_unknown",
            gettext("“%(mood)s” is not a mood of this application: choose one of %(moods)s.")
            % {"mood": mood[:40], "moods": ", ".join(ml_gateway.MOODS)},
        ) from None


def _current_moods(song: Song, seen: Pair | None) -> Pair:
    """The moods of the current result. Raises ProductError where the form showed others."""
    analysis = song.analysis
    if analysis is None:
        raise ProductError(
            "answer_missing",
            gettext("This song has no result yet: wait until its analysis is done."),
            HTTPStatus.CONFLICT,
        )
    moods = analysis.shown_sides
    if seen is not None and seen != moods:
        raise ProductError(
            "answer_changed",
            gettext("This song was analysed again in the meantime, with another result: check it, then answer again."),
            HTTPStatus.CONFLICT,
        )
    return moods


def _store(song: Song, verdict: Verdict, now: datetime | None, primary: str = "", secondary: str = "") -> Song:
    # By update(): a song that was deleted in the meantime stays deleted, and a worker's columns stay its own.
    Song.objects.filter(id=song.id).update(
        verdict=verdict, verdict_at=now, actual_primary=primary, actual_secondary=secondary
    )
    return song.reload()
