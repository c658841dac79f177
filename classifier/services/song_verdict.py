"""What a person says of what was heard: that it fits, that it does not, or which moods it really has.

It stands beside the answer and is never part of it: no model writes here, and hearing a song anew changes none of it.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Song, Verdict

TAKE_BACK = "none"
"""What forms send for Verdict.NONE."""
SAYABLE = (Verdict.AGREED.value, Verdict.DISAGREED.value, Verdict.CORRECTED.value, TAKE_BACK)

Pair = tuple[str, str]


def song_verdict(
    *, song: Song, verdict: str, now: datetime, primary: str = "", secondary: str = "", seen: Pair | None = None
) -> Song:
    """Whatever of the four a form asks for; `seen` are the moods that it showed, first and second."""
    if verdict == Verdict.AGREED:
        return song_agree(song=song, seen=seen, now=now)
    if verdict == Verdict.DISAGREED:
        return song_disagree(song=song, seen=seen, now=now)
    if verdict == Verdict.CORRECTED:
        return song_correct(song=song, primary=primary, secondary=secondary, now=now)
    if verdict == TAKE_BACK:
        return song_take_back(song=song)
    raise ProductError(
        "verdict_unknown", f"“{verdict[:40]}” says nothing about a song: {', '.join(SAYABLE)} are allowed."
    )


def song_agree(*, song: Song, now: datetime, seen: Pair | None = None) -> Song:
    """It feels like what was heard: both moods become what the person said, and stay that."""
    primary, secondary = _heard(song, seen)
    return _say(song, Verdict.AGREED, now, primary, secondary)


def song_disagree(*, song: Song, now: datetime, seen: Pair | None = None) -> Song:
    """It does not; what it is instead, the person may say later."""
    _heard(song, seen)
    return _say(song, Verdict.DISAGREED, now)


def song_correct(*, song: Song, primary: str, now: datetime, secondary: str = "") -> Song:
    """State the moods that it really has; a second side alone is the first."""
    primary, secondary = stated_moods(primary, secondary)
    return _say(song, Verdict.CORRECTED, now, primary, secondary)


def song_take_back(*, song: Song) -> Song:
    """As if nothing had been said."""
    return _say(song, Verdict.NONE, None)


def stated_moods(primary: str, secondary: str) -> Pair:
    """The two moods of a statement, checked."""
    if secondary and not primary:
        primary, secondary = secondary, ""
    if not primary:
        raise ProductError("mood_missing", "No mood is chosen: choose at least the first one.")
    for emotion in (primary, secondary):
        if emotion and emotion not in ml_gateway.EMOTIONS:
            raise ProductError(
                "mood_unknown",
                f"“{emotion[:40]}” is no mood known here: choose among {', '.join(ml_gateway.EMOTIONS)}.",
            )
    if secondary == primary:
        raise ProductError("mood_twice", "Both sides name the same mood: choose another one, or leave the second out.")
    return primary, secondary


def _heard(song: Song, seen: Pair | None) -> Pair:
    """The moods that hold now, as long as they are those that the person looked at."""
    analysis = song.analysis
    if analysis is None:
        raise ProductError(
            "answer_missing",
            "This song has no answer yet, so there is nothing to agree with: wait until it is heard.",
            HTTPStatus.CONFLICT,
        )
    heard = (analysis.primary, analysis.secondary)
    if seen is not None and seen != heard:
        raise ProductError(
            "answer_changed",
            "This song was heard anew meanwhile, with another answer: look at it, then say again.",
            HTTPStatus.CONFLICT,
        )
    return heard


def _say(song: Song, verdict: Verdict, now: datetime | None, primary: str = "", secondary: str = "") -> Song:
    # By update(): a song deleted meanwhile stays deleted, and one that is being heard is left to its worker.
    Song.objects.filter(id=song.id).update(
        verdict=verdict, verdict_at=now, actual_primary=primary, actual_secondary=secondary
    )
    return song.reload()
