"""What a sentence was understood to mean: its parts, each as a value, as a phrase to type, and in words to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop, ngettext

from classifier import ml_gateway
from classifier.active_words import genre_title, word
from classifier.localized import songs_text


class Kind(StrEnum):
    MOOD = "mood"
    MOOD_GENRE = "mood_genre"
    TEMPO = "tempo"
    MODE = "mode"
    LENGTH = "length"
    SONGS = "songs"
    MINUTES = "minutes"
    YEAR = "year"
    MUSIC_GENRE = "music_genre"
    ARTIST = "artist"
    PATH = "path"
    SIMILAR = "similar"
    FAVOURITES = "favourites"
    CERTAIN = "certain"


LABELS = {
    Kind.MOOD: gettext_noop("Mood"),
    Kind.MOOD_GENRE: gettext_noop("Mood genre"),
    Kind.TEMPO: gettext_noop("Tempo"),
    Kind.MODE: gettext_noop("Key mode"),
    Kind.LENGTH: gettext_noop("Length of a song"),
    Kind.SONGS: gettext_noop("Number of songs"),
    Kind.MINUTES: gettext_noop("Length of the playlist"),
    Kind.YEAR: gettext_noop("Year"),
    Kind.MUSIC_GENRE: gettext_noop("Music genre"),
    Kind.ARTIST: gettext_noop("Artist"),
    Kind.PATH: gettext_noop("Path"),
    Kind.SIMILAR: gettext_noop("Similar songs"),
    Kind.FAVOURITES: gettext_noop("Favourites"),
    Kind.CERTAIN: gettext_noop("Certain moods"),
}

NOT, LESS, A_BIT, PLAIN, VERY = -1.0, -0.5, 0.5, 1.0, 2.0
DEGREES = {VERY: "very", PLAIN: "", A_BIT: "a bit", LESS: "less", NOT: "not"}
"""How much of a mood, as its weight in the mixture, and the words for it."""


@dataclass(frozen=True, kw_only=True)
class RangeWords:
    """How the ends of a range are typed and shown."""

    before: str = ""
    unit: str = ""
    below: str = "at most"
    above: str = "at least"
    shown: Callable[[float], str] = "{:g}".format
    shown_unit: str = ""

    def phrase(self, low: float | None, high: float | None) -> str:
        if low is None:
            return f"{self.before}{self.below} {high:g}{self.unit}"
        if high is None:
            return f"{self.before}{self.above} {low:g}{self.unit}"
        return f"{self.before}between {low:g} and {high:g}{self.unit}"

    def reading(self, low: float | None, high: float | None) -> str:
        values = {
            "low": "" if low is None else self.shown(low),
            "high": "" if high is None else self.shown(high),
            "unit": self.shown_unit,
        }
        if low is None:
            return gettext("Up to %(high)s%(unit)s") % values
        if high is None:
            return gettext("From %(low)s%(unit)s") % values
        if values["low"] == values["high"]:
            return f"{values['low']}{self.shown_unit}"
        return gettext("%(low)s to %(high)s%(unit)s") % values


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


RANGE_KINDS = {
    Kind.TEMPO: RangeWords(unit=" bpm", shown_unit=" BPM"),
    Kind.LENGTH: RangeWords(
        before="songs ",
        unit=" seconds",
        below="shorter than",
        above="longer than",
        shown=_minutes,
        shown_unit=" min",
    ),
    Kind.YEAR: RangeWords(below="until", above="since", shown="{:.0f}".format),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that the sentence asks for."""

    kind: Kind
    words: str = ""
    """As they stand in the sentence."""
    spelled: str = ""
    """How misspelled ones were read."""
    value: str = ""
    """A mood term, mood genre, key mode, music genre, artist, or title; of a path, where it begins."""
    end: str = ""
    """Of a path, where it ends: a mood term or a title, as `value`. Of SIMILAR, the artist of the title, or the one
    whose songs are meant."""
    degree: float = PLAIN
    low: float | None = None
    high: float | None = None
    """Beats per minute, seconds, or years. Of SONGS and MINUTES only `high` is set."""
    is_excluded: bool = False

    @property
    def label(self) -> str:
        return gettext(LABELS[self.kind])

    @property
    def phrase(self) -> str:
        """A phrase that is read as this part again."""
        match self.kind:
            case Kind.MOOD:
                return f"{DEGREES[self.degree]} {self.value}".strip()
            case Kind.MOOD_GENRE:
                return f"mood genre {ml_gateway.GENRES[self.value].title.lower()}"
            case Kind.TEMPO | Kind.LENGTH | Kind.YEAR:
                return RANGE_KINDS[self.kind].phrase(self.low, self.high)
            case Kind.MODE:
                return f"in {self.value}"
            case Kind.SONGS:
                return f"{self.high:.0f} songs"
            case Kind.MINUTES:
                return f"for {self.high:.0f} minutes in all"
            case Kind.MUSIC_GENRE:
                return f'{"no " if self.is_excluded else ""}genre "{self.value}"'
            case Kind.ARTIST:
                return f'{"not " if self.is_excluded else ""}by "{self.value}"'
            case Kind.PATH:
                ends = [one if one in ml_gateway.MOODS else f'"{one}"' for one in (self.value, self.end)]
                return f"from {ends[0]} to {ends[1]}"
            case Kind.SIMILAR:
                title = f'"{self.value}"' if self.value else ""
                artist = (f'by "{self.end}"' if title else f'artist "{self.end}"') if self.end else ""
                return " ".join(filter(None, ("like", title, artist)))
            case Kind.FAVOURITES:
                return "favourites"
            case Kind.CERTAIN:
                return "only certain"

    @property
    def reading(self) -> str:
        """In words, for people."""
        match self.kind:
            case Kind.MOOD:
                return _mood_text(self.degree, self.value)
            case Kind.MOOD_GENRE:
                return genre_title(self.value)
            case Kind.TEMPO | Kind.LENGTH | Kind.YEAR:
                return RANGE_KINDS[self.kind].reading(self.low, self.high)
            case Kind.MODE:
                return gettext("Major") if self.value == "major" else gettext("Minor")
            case Kind.SONGS:
                return songs_text(int(self.high or 0))
            case Kind.MINUTES:
                return ngettext("%(count)s minute", "%(count)s minutes", int(self.high or 0)) % {
                    "count": f"{self.high:.0f}"
                }
            case Kind.PATH:
                return gettext("From %(start)s to %(end)s") % {
                    "start": _end_text(self.value),
                    "end": _end_text(self.end),
                }
            case Kind.SIMILAR:
                values = {"title": self.value, "artist": self.end}
                if not self.value:
                    return gettext("Like %(artist)s") % values
                return (gettext("Like “%(title)s” by %(artist)s") if self.end else gettext("Like “%(title)s”")) % values
            case Kind.FAVOURITES:
                return gettext("Only favourites")
            case Kind.CERTAIN:
                return gettext("Without “Mixed”")
        return gettext("Not %(name)s") % {"name": self.value} if self.is_excluded else self.value


@dataclass(frozen=True)
class Reading:
    """A sentence as it was understood."""

    text: str
    understood: tuple[Part, ...]
    not_understood: tuple[str, ...]
    """Words of the sentence, those that stand together in one text."""

    def of(self, kind: Kind) -> list[Part]:
        return [part for part in self.understood if part.kind is kind]


def sentence_of(parts: list[Part]) -> str:
    """A sentence that is read as these parts."""
    return ", ".join(part.phrase for part in parts)


DEGREE_TEXTS = {
    VERY: gettext_noop("Very %(mood)s"),
    A_BIT: gettext_noop("A bit %(mood)s"),
    LESS: gettext_noop("Less %(mood)s"),
    NOT: gettext_noop("Not %(mood)s"),
}


def _mood_text(degree: float, term: str) -> str:
    mood = word(term).adjective
    return gettext(DEGREE_TEXTS[degree]) % {"mood": mood.lower()} if degree in DEGREE_TEXTS else mood


def _end_text(end: str) -> str:
    return word(end).adjective.lower() if end in ml_gateway.MOODS else f"“{end}”"
