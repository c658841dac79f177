"""Which moods a song gets in its tags: those that the user stated, else those of its result if it is certain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from django.utils.translation import gettext_noop, override

from classifier import ml_gateway
from classifier.active_words import active_words
from classifier.models import Person, Song, Status, TagValues, Verdict
from classifier.vocabularies.stored import words_of

SIDES = ("primary", "secondary")
LANGUAGE = "en"
"""Of tags, where no vocabulary says otherwise."""
_owner: ContextVar[int | None] = ContextVar("owner_of_tags", default=None)

LeftOut = Literal["no_result", "uncertain", "called_wrong"]
LEFT_OUT: dict[LeftOut, str] = {
    "no_result": gettext_noop("not analysed yet, or failed"),
    "uncertain": gettext_noop("without a certain mood"),
    "called_wrong": gettext_noop("whose result you called wrong without stating another"),
}


def mood_tags(song: Song, values: str, *, with_numbers: bool) -> ml_gateway.MoodTags | LeftOut:
    """In the words of the song's owner, but not in the language of a page: files look alike for everybody. Expects the
    analysis to be loaded. A reason where the song gets none."""
    if _owner.get() == song.owner_id:
        return _mood_tags(song, values, with_numbers=with_numbers)
    with tag_words(song.owner):
        return _mood_tags(song, values, with_numbers=with_numbers)


@contextmanager
def tag_words(owner: Person) -> Iterator[None]:
    """Inside, the active words are those of the tags of this person: the own ones, or those in which models name moods.
    For many songs, around all of them, so that the vocabulary is read once."""
    token = _owner.set(owner.pk)
    try:
        with override(LANGUAGE), words_of(owner):
            yield
    finally:
        _owner.reset(token)


def _mood_tags(song: Song, values: str, *, with_numbers: bool) -> ml_gateway.MoodTags | LeftOut:
    analysis = song.analysis
    if analysis is None or song.status != Status.DONE:
        return "no_result"
    mood = analysis.shown_mood
    if song.actual_primary:
        shown = map(active_words().shown, filter(None, (song.actual_primary, song.actual_secondary)))
        sides = list(dict.fromkeys(shown))
    elif song.verdict == Verdict.DISAGREED:
        return "called_wrong"
    elif not mood["certain"]:
        return "uncertain"
    else:
        sides = [mood.get(f"{side}_key", term) for side, term in zip(SIDES, analysis.shown_sides, strict=True)]
    numbers = (analysis.valence, analysis.arousal) if with_numbers else (None, None)
    return ml_gateway.MoodTags(mood_words(sides, values), *numbers)


def mood_words(sides: list[str], values: str) -> tuple[str, ...]:
    """The name of the composite mood, and behind it those of its sides unless one value is wanted; in the active words.

    `sides` are terms, or parts of split terms."""
    active = active_words()
    name = active.name(*sides, in_tag=True)
    others = [] if values == TagValues.ONE else map(active.words.adjective, sides)
    return tuple(dict.fromkeys([name, *others]))
