"""The text search of the library: which songs match the words that a user typed.

A song matches if every word occurs in its title, artist, album, file name or mood, also as a part of a word, whatever
its case and accents. Words are not split further, so that scripts without spaces, such as Japanese, are found as well.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING

from django.db.models import Q

from classifier import ml_gateway
from classifier.fields import fold
from classifier.library.search_index import containing

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

MAX_WORDS = 10
MAX_CHARACTERS = 200


def bounded(text: str) -> str:
    """The part of a search text that counts, with single spaces."""
    # No column holds a NUL, and PostgreSQL refuses to search for one.
    words = text.replace("\0", " ")[: 20 * MAX_CHARACTERS].split()
    return " ".join(words[:MAX_WORDS])[:MAX_CHARACTERS].strip()


def excess(text: str) -> str:
    """A sentence about a text that is too long, or nothing."""
    line = " ".join(text.replace("\0", " ").split())
    words = line.count(" ") + 1
    if words > MAX_WORDS:
        return f"The search has {words:,} words; only the first {MAX_WORDS} count."
    if len(line) > MAX_CHARACTERS:
        return f"The search has {len(line):,} characters; only the first {MAX_CHARACTERS} count."
    return ""


def matching(songs: SongQuerySet, text: str) -> SongQuerySet:
    """Of songs `with_current_analysis`: those that match every word of the text."""
    indexed: list[str] = []
    conditions: list[Q] = []
    for word in dict.fromkeys(bounded(text).split()):
        word = fold(word)
        mood = _in_mood_name(word)
        if mood is None:
            indexed.append(word)
        else:
            conditions.append(Q(search_text__contains=word) | mood)
    if indexed:
        conditions.insert(0, containing(indexed, using=songs.db))
    # One filter() for all of them: a separate one for each word would join the table of analyses again.
    return songs.filter(*conditions)


def _in_mood_name(word: str) -> Q | None:
    """Songs whose mood name contains this folded word; None if no mood name does.

    The database stores the name of an analysed mood; that of a stated one follows from its two sides.
    """
    if not any(word in part for part in _words_of_mood_names()):
        return None
    pairs = [f"{first} {second}" for (first, second), name in _stated_names().items() if word in name]
    return Q(actual_primary="", analysis_name__icontains=word) | Q(stated_sides__in=pairs)


@cache
def _words_of_mood_names() -> frozenset[str]:
    """In lower case, of every name that a model of any version gives."""
    names = [
        name(*pair)
        for vocabulary in (ml_gateway.MOODS, ml_gateway.EMOTIONS)
        for pair in permutations(vocabulary, 2)
        for name in (ml_gateway.composite_name, ml_gateway.mixed_name)
    ]
    return frozenset(word for name in names for word in name.casefold().split())


@cache
def _stated_names() -> dict[tuple[str, str], str]:
    """The name of every mood that can be stated, in lower case."""
    sides = [(first, second) for first in ml_gateway.MOODS for second in ("", *ml_gateway.MOODS) if first != second]
    return {(first, second): ml_gateway.composite_name(first, second).casefold() for first, second in sides}
