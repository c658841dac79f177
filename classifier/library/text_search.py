"""The text search of the library: which songs match the words that a user typed.

A song matches if every word occurs in its title, artist, album, file name or mood, also as a part of a word, whatever
its case and accents. Words are not split further, so that scripts without spaces, such as Japanese, are found as well.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Q, TextField, Value, When
from django.db.models.functions import Concat, Lower
from django.db.models.lookups import Contains
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.active_words import active_words
from classifier.fields import fold
from classifier.library.search_index import containing
from classifier.localized import grouped

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
        return gettext("The search has %(count)s words; only the first %(most)s count.") % {
            "count": grouped(words),
            "most": MAX_WORDS,
        }
    if len(line) > MAX_CHARACTERS:
        return gettext("The search has %(count)s characters; only the first %(most)s count.") % {
            "count": grouped(len(line)),
            "most": MAX_CHARACTERS,
        }
    return ""


def matching(songs: SongQuerySet, text: str) -> SongQuerySet:
    """Of songs `with_current_analysis`: those that match every word of the text."""
    words = [fold(word) for word in dict.fromkeys(bounded(text).split())]
    # The index holds no mood names.
    indexed = [word for word in words if not _in_a_mood_name(word)]
    conditions = [containing(indexed, using=songs.db)] if indexed else []
    # One filter() for all of them: a separate one for each word would join the table of analyses again.
    return songs.filter(*conditions, *(_in_names_or_mood(word, songs.db) for word in words if _in_a_mood_name(word)))


def _in_names_or_mood(word: str, using: str) -> Case:
    """CASE instead of OR: PostgreSQL takes a tenth of a second to plan ten conditions with OR over two tables."""
    yes = Value(True)
    in_mood = Contains(_mood_name(), word) if active_words().are_of_models else _in_own_words(word)
    return Case(
        When(containing([word], using=using), then=yes),
        When(in_mood, then=yes),
        default=Value(False),
        output_field=BooleanField(),
    )


def _in_own_words(word: str) -> Q:
    """The name of a song's mood has the word, in words that the database does not store: one of its moods is called so,
    or it is one of the conjunctions, which any name may have."""
    active = active_words()
    conjunctions = active.words.language.conjunctions
    if any(word in fold(text) for text in (conjunctions.and_, conjunctions.but, conjunctions.or_)):
        return Q(effective_primary__isnull=False)
    keys = [key for key in (*ml_gateway.MOODS, *active.parts) if word in fold(active.words.adjective(key))]
    called = Q(effective_primary_key__in=keys) | Q(effective_secondary_key__in=keys)
    return called | Q(shown_certain=False) if word in fold(conjunctions.mixed) else called


def _mood_name() -> Case:
    """The name of a song's mood in lower case. The database stores that of an analysed mood; that of a stated one
    follows from its two sides."""
    joined = {
        conjunction: Concat("actual_primary", Value(f" {conjunction} "), "actual_secondary")
        for conjunction in ("and", "but")
    }
    return Case(
        When(actual_primary="", then=Lower("analysis_name")),
        When(actual_secondary="", then="actual_primary"),
        When(stated_sides__in=_contrasts(), then=joined["but"]),
        default=joined["and"],
        output_field=TextField(),
    )


def _in_a_mood_name(word: str) -> bool:
    active = active_words()
    if active.are_of_models:
        return any(word in part for part in _words_of_mood_names())
    conjunctions = active.words.language.conjunctions
    own = (active.words.adjective(key) for key in (*ml_gateway.MOODS, *active.parts))
    return any(word in fold(text) for text in (*own, conjunctions.and_, conjunctions.but, conjunctions.or_,
                                               conjunctions.mixed))  # fmt: skip


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
def _contrasts() -> list[str]:
    """The sides of each mood that can be stated and whose name says "but"."""
    pairs = permutations(ml_gateway.MOODS, 2)
    return [f"{first} {second}" for first, second in pairs if " but " in ml_gateway.composite_name(first, second)]
