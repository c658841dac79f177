"""Numbers of a sentence with what they are of: tempo, the length of songs, the size of the playlist, and years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from classifier.sentences.amounts import PERIODS, SONG_WORDS, UNITS, Amount, Unit, amount_at, word_at
from classifier.sentences.meaning import Kind
from classifier.sentences.music_words import DECADES, NUMBERS
from classifier.sentences.tokens import Kind as TokenKind
from classifier.sentences.tokens import Token

BELOW, ABOVE, ABOUT = "below", "above", "about"
COMPARISONS: dict[str, tuple[str, Unit, float]] = {
    # What it says of a number, the unit that it tells, and by how much a year of it is moved.
    **dict.fromkeys(("under", "below", "less than", "lower than", "at most", "up to", "max", "maximum", "no more than",
                     "not more than", "not over", "not above", "within", "<", "<=", "≤", "maximum of", "max of"),
                    (BELOW, Unit.NONE, 0)),
    **dict.fromkeys(("fewer than", "no fewer than"), (BELOW, Unit.SONGS, 0)),
    **dict.fromkeys(("shorter than", "no longer than", "not longer than"), (BELOW, Unit.SECONDS, 0)),
    **dict.fromkeys(("slower than", "no faster than", "not faster than"), (BELOW, Unit.BPM, 0)),
    **dict.fromkeys(("before", "older than", "earlier than", "pre"), (BELOW, Unit.YEAR, -1)),
    **dict.fromkeys(("until", "till", "no later than", "up until", "no newer than"), (BELOW, Unit.YEAR, 0)),
    **dict.fromkeys(("over", "above", "more than", "higher than", "at least", "min", "minimum", "no less than",
                     "not less than", "not under", "not below", ">", ">=", "≥", "minimum of", "upwards of"),
                    (ABOVE, Unit.NONE, 0)),
    **dict.fromkeys(("longer than", "no shorter than", "not shorter than"), (ABOVE, Unit.SECONDS, 0)),
    **dict.fromkeys(("faster than", "no slower than", "not slower than"), (ABOVE, Unit.BPM, 0)),
    **dict.fromkeys(("after", "newer than", "later than", "post"), (ABOVE, Unit.YEAR, 1)),
    **dict.fromkeys(("since", "no older than", "no earlier than", "not older than", "starting in"),
                    (ABOVE, Unit.YEAR, 0)),
    **dict.fromkeys(("around", "about", "roughly", "approximately", "circa", "ca", "~", "near", "some"),
                    (ABOUT, Unit.NONE, 0)),
    **dict.fromkeys(("bpm", "bpm of", "bpm around", "bpm about", "tempo of", "tempo around", "tempo about"),
                    (ABOUT, Unit.BPM, 0)),
    **dict.fromkeys(("bpm under", "bpm below", "tempo under", "tempo below"), (BELOW, Unit.BPM, 0)),
    **dict.fromkeys(("bpm over", "bpm above", "tempo over", "tempo above"), (ABOVE, Unit.BPM, 0)),
}  # fmt: skip
AFTERWARDS: dict[str, str] = {
    **dict.fromkeys(("or less", "or under", "or below", "or fewer", "or slower", "or shorter", "or lower", "or earlier",
                     "or older", "max", "maximum", "at most", "tops", "or before"), BELOW),
    **dict.fromkeys(("or more", "or over", "or above", "or faster", "or longer", "or higher", "or later", "or newer",
                     "and up", "and above", "and over", "+", "plus", "at least", "minimum", "min", "on", "onwards",
                     "onward", "and later", "and after", "and newer", "or after"), ABOVE),
}  # fmt: skip
OF_A_SONG = frozenset({"long", "each"}) | SONG_WORDS
OF_THE_PLAYLIST = frozenset({"of", "worth", "playlist", "mix", "in"})
BETWEEN, RANGE_WORDS = "between", frozenset({"to", "-", "until", "till"})
KNOWN_WORDS = (
    frozenset(UNITS) | frozenset(NUMBERS) | frozenset(DECADES) | frozenset(PERIODS) | RANGE_WORDS | {BETWEEN, "half"}
    | {word for phrase in (*COMPARISONS, *AFTERWARDS) for word in phrase.split()} | OF_A_SONG | OF_THE_PLAYLIST
)  # fmt: skip

SLOWEST, FASTEST = 20, 400
LEAST_BARE_TEMPO, MOST_BARE_TEMPO = 40, 250
FIRST_BARE_YEAR, LAST_BARE_YEAR = 1900, 2099
LEAST_TOTAL_S, LEAST_BARE_TOTAL_S = 20 * 60, 15 * 60
"""So long times are of the playlist, with and without a comparison; shorter ones are of each song."""
LONGEST_BARE_LENGTH = 20
BPM_ABOUT, LENGTH_ABOUT = 5, 0.15
MOST_SONGS, MOST_MINUTES = 500, 48 * 60


@dataclass(frozen=True)
class Quantity:
    """A range as the sentence has it; `count` tokens from its start on say so."""

    kind: Kind
    low: float | None
    high: float | None
    count: int


def quantity_at(tokens: Sequence[Token], start: int) -> Quantity | None:
    """The quantity that begins with this token, or None."""
    comparison, at = _phrase(tokens, start, COMPARISONS)
    side, hint, shift = COMPARISONS.get(comparison, ("", Unit.NONE, 0.0))
    between = word_at(tokens, at) == BETWEEN
    at += between
    value = amount_at(tokens, at)
    if value is None:
        return None
    at += value.count
    if other := _other_end(tokens, at, value, between):
        value, at = other, at + other.count
        side = ""
    elif not side:
        afterwards, end = _phrase(tokens, at, AFTERWARDS)
        if afterwards and not (afterwards == "on" and value.unit is not Unit.YEAR):
            side, at = AFTERWARDS[afterwards], end
    is_range = other is not None
    unit = value.unit if value.unit is not Unit.NONE else _bare_unit(value, hint, bool(side) or is_range)
    if unit is Unit.NONE and not side and _counts_songs(tokens, at, value):
        unit = Unit.SONGS
    if unit is Unit.SECONDS and value.unit is Unit.NONE:
        value = replace(value, low=60 * value.low, high=60 * value.high)
    if unit is Unit.NONE or (hint is not Unit.NONE and hint is not unit and hint is not Unit.YEAR):
        return None
    around = word_at(tokens, start - 1), word_at(tokens, at)
    at += unit is Unit.SECONDS and around[1] in ("long", "each")
    return _quantity(value, unit, side, shift, is_range, around, at - start)


def _quantity(
    value: Amount, unit: Unit, side: str, shift: float, is_range: bool, around: tuple[str, str], count: int
) -> Quantity | None:
    low, high = value.low, value.high
    if unit is Unit.YEAR:
        if side == BELOW:
            return Quantity(Kind.YEAR, None, (low if shift else high) + shift, count)
        if side == ABOVE:
            return Quantity(Kind.YEAR, (high if shift else low) + shift, None, count)
        return Quantity(Kind.YEAR, low, high, count)
    if unit is Unit.SONGS:
        return Quantity(Kind.SONGS, None, min(high, MOST_SONGS), count) if high >= 1 and high == int(high) else None
    if unit is Unit.BPM:
        if not SLOWEST <= low <= high <= FASTEST:
            return None
        margin = BPM_ABOUT if not side or side == ABOUT else 0
        return _sided(Kind.TEMPO, low, high, side, 0 if is_range else margin, count)
    before, after = around
    is_long = high >= (LEAST_TOTAL_S if side or is_range else LEAST_BARE_TOTAL_S)
    is_total = before == "for" or after in OF_THE_PLAYLIST or (is_long and after not in OF_A_SONG)
    if is_total:
        minutes = max(1, min(round(high / 60), MOST_MINUTES))
        return Quantity(Kind.MINUTES, None, minutes, count)
    return _sided(Kind.LENGTH, low, high, side, 0 if is_range else round(LENGTH_ABOUT * high), count)


def _sided(kind: Kind, low: float, high: float, side: str, margin: float, count: int) -> Quantity:
    if side == BELOW:
        return Quantity(kind, None, high, count)
    if side == ABOVE:
        return Quantity(kind, low, None, count)
    return Quantity(kind, low - margin, high + margin, count)


def _other_end(tokens: Sequence[Token], at: int, value: Amount, between: bool) -> Amount | None:
    """The range from `value` to the one that follows here, as one value; None if none follows."""
    joined = word_at(tokens, at) in RANGE_WORDS or (between and word_at(tokens, at) == "and")
    other = amount_at(tokens, at + 1) if joined else None
    if other is None:
        return None
    first = value
    if value.unit is Unit.NONE and other.unit is Unit.SECONDS:
        factor = UNITS.get(word_at(tokens, at + other.count), (Unit.SECONDS, 60.0))[1]
        first = replace(value, low=factor * value.low)
    elif value.unit is not Unit.NONE and other.unit not in (value.unit, Unit.NONE):
        return None
    unit = other.unit if other.unit is not Unit.NONE else value.unit
    low, high = sorted((first.low, other.high))
    return Amount(low, high, unit, 1 + other.count)


def _bare_unit(value: Amount, hint: Unit, is_compared: bool) -> Unit:
    """What a number without a unit is of."""
    if all(FIRST_BARE_YEAR <= one <= LAST_BARE_YEAR and one == int(one) for one in (value.low, value.high)):
        return Unit.YEAR
    if hint is Unit.SECONDS:
        return hint if value.high <= LONGEST_BARE_LENGTH else Unit.NONE
    if hint in (Unit.NONE, Unit.BPM) and is_compared and LEAST_BARE_TEMPO <= value.low <= value.high <= MOST_BARE_TEMPO:
        return Unit.BPM
    return Unit.NONE


def _counts_songs(tokens: Sequence[Token], at: int, value: Amount) -> bool:
    """Whether "songs" follows soon: "20 sad songs"."""
    if not 1 <= value.high <= MOST_SONGS:
        return False
    for token in tokens[at : at + 5]:
        if token.is_stop or token.kind is TokenKind.NUMBER:
            return False
        if token.word in SONG_WORDS:
            return True
    return False


def _phrase(tokens: Sequence[Token], start: int, phrases: Mapping[str, object]) -> tuple[str, int]:
    """The longest of the phrases that begins here, and where it ends; an empty one if none does."""
    for length in (3, 2, 1):
        words = " ".join(word_at(tokens, start + i) or "\0" for i in range(length))
        if words in phrases:
            return words, start + length
    return "", start
