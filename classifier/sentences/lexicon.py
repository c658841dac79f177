"""Every phrase that the grammar knows, with its role, and how a misspelled word of them is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from classifier import ml_gateway
from classifier.fields import fold
from classifier.sentences import music_words
from classifier.sentences.meaning import A_BIT, LESS, NOT, PLAIN, VERY
from classifier.sentences.mood_words import mood_genre_phrases, mood_phrases
from classifier.sentences.spelling import Spelling


class Role(Enum):
    MOOD = "mood"
    MORE_OF_MOOD = "more of a mood"
    MOOD_GENRE = "mood genre"
    MUSIC_GENRE = "music genre"
    TEMPO = "tempo"
    LENGTH = "length"
    YEAR = "year"
    MODE = "mode"
    FAVOURITES = "favourites"
    CERTAIN = "certain"
    DEGREE = "degree"
    NOT = "not"
    NONE_OF = "none of"
    AND = "and"
    BUT = "but"
    BY = "by"
    LIKE = "like"
    FILLER = "filler"


@dataclass(frozen=True)
class Entry:
    role: Role
    value: Any = None


Words = tuple[str, ...]

DEGREES: Mapping[float, str] = {
    VERY: (
        "very, really, extremely, so, super, totally, truly, incredibly, mostly, mainly, especially, more, much more, "
        "a lot of, lots of, full of, deeply, utterly, quite a lot of"
    ),
    PLAIN: "quite, rather, fairly, pretty, all, completely, both, enough",
    A_BIT: (
        "a bit, a bit of, a little, a little bit, a little bit of, bit, slightly, somewhat, kind of, kinda, sort of, "
        "a touch of, a touch, a hint of, a dash of, mildly, a tad, vaguely, faintly, half"
    ),
    LESS: (
        "less, less of, not too, not so, not very, not that, not really, not overly, not particularly, not terribly, "
        "not exactly, not as, hardly, barely, fewer"
    ),
}
NEGATIONS = (
    "not, never, don't want, dont want, do not want, don't, dont, isn't, isnt, aren't, arent, nothing, rather than, "
    "instead of, anything but, the opposite of, opposite of, far from, not at all, i hate, hates, not be"
)
NEGATIONS_OF_LISTS = (
    "no, without, without any, except, except for, excluding, exclude, avoid, avoiding, skip, minus, other than, "
    "none of, but no, free of, leave out, ban, not any, nor, neither"
)
FILLER_PHRASES = (
    "the house, long drive, long trip, night drive, at night, i love, i'd love, we love, would love, i really love, "
    "i like, i'd like, we like, would like, i would like, i really like, feel like, feels like, in the mood, "
    "in the mood for, at the same time, as well, for me, all kinds of, tempo of, in key, in a key, in total, in all, "
    "for a drive, for driving, driving home, at home, mix, playlist, worth, artist, band"
)


@cache
def lexicon() -> dict[Words, Entry]:
    """By the words of a phrase. Where two lists have the same phrase, the later one of these counts."""
    entries: dict[Words, Entry] = {}

    def add(role: Role, phrases: Iterable[str], value: Any = None) -> None:
        entries.update({tuple(fold(phrase).split()): Entry(role, value) for phrase in phrases})

    add(Role.FILLER, music_words.FILLERS)
    add(Role.FILLER, _listed(FILLER_PHRASES))
    entries.update({words: Entry(Role.MOOD, term) for words, term in mood_phrases().items()})
    for more, word in ml_gateway.COMPARATIVES.items():
        add(Role.MORE_OF_MOOD, [more], mood_phrases()[(word,)])
    for genre, phrases in music_words.MUSIC_GENRES.items():
        add(Role.MUSIC_GENRE, _listed(phrases), genre)
    for word, tempo in music_words.TEMPI.items():
        add(Role.TEMPO, [word], tempo)
    for word, length in music_words.LENGTHS.items():
        add(Role.LENGTH, [word], length)
    for word, years in music_words.YEARS.items():
        add(Role.YEAR, [word], years)
    for mode, phrases_of_mode in music_words.MODES.items():
        add(Role.MODE, phrases_of_mode, mode)
    add(Role.FAVOURITES, music_words.FAVOURITES)
    add(Role.CERTAIN, music_words.CERTAIN)
    for degree, phrases in DEGREES.items():
        add(Role.DEGREE, _listed(phrases), degree)
    add(Role.NOT, _listed(NEGATIONS), NOT)
    add(Role.NONE_OF, _listed(NEGATIONS_OF_LISTS), NOT)
    add(Role.AND, ("and", "or", "&", "+", "plus", "and also", "as well as"))
    add(Role.BUT, ("but", "yet", "although", "though", "however", "but also", "and yet", "but still"))
    add(Role.BY, ("by", "songs by", "music by", "made by", "sung by", "performed by", "by the artist"))
    add(Role.LIKE, ("like", "similar to", "sounds like", "sounding like", "sound like", "songs like", "close to",
                    "in the style of", "reminds me of", "more like", "such as", "songs similar to"))  # fmt: skip
    # Last, since their phrases have words of other roles in them.
    entries.update({words: Entry(Role.MOOD_GENRE, name) for words, name in mood_genre_phrases().items()})
    for words, name in mood_genre_phrases().items():
        entries["mood", "genre", *words] = Entry(Role.MOOD_GENRE, name)
    return entries


@cache
def longest_phrase() -> int:
    return max(map(len, lexicon()))


@cache
def spelling() -> Spelling:
    from classifier.sentences.quantities import KNOWN_WORDS

    meanings: dict[str, object] = {word: word for words in lexicon() for word in words}
    meanings |= {word: word for word in KNOWN_WORDS}
    meanings |= {words[0]: entry for words, entry in lexicon().items() if len(words) == 1}
    meanings |= dict.fromkeys(music_words.FILLERS, Role.FILLER)
    return Spelling(meanings)


def _listed(phrases: str) -> list[str]:
    return [phrase.strip() for phrase in phrases.split(",")]
