"""The words, numbers and breaks of a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from classifier.fields import fold

MAX_CHARACTERS = 300

_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]{1,200}"|“[^”]{1,200}”|„[^“”]{1,200}[“”])
    | (?P<decade>['’]?(?:\d{2}|\d{4})['’]?s\b)
    | (?P<time>\d{1,3}:\d{2}\b)
    | (?P<number>\d{1,6}(?:[.,]\d{1,2}(?!\d))?)
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    | (?P<sign>[&+<>≤≥~–-]=?)
    | (?P<stop>[,;.!?:()/|\n])
    """,
    re.VERBOSE,
)


class Kind(Enum):
    WORD = "word"
    NUMBER = "number"
    """A number in `value`."""
    TIME = "time"
    """Minutes and seconds such as 3:30, as seconds in `value`."""
    DECADE = "decade"
    """Its first year in `value`."""
    QUOTED = "quoted"
    STOP = "stop"


@dataclass(frozen=True)
class Token:
    kind: Kind
    start: int
    end: int
    word: str = ""
    """Folded; empty for a stop. What is read of a misspelled word is set by `Spelling`."""
    value: float = 0.0

    @property
    def is_stop(self) -> bool:
        return self.kind is Kind.STOP


def tokens_of(text: str) -> list[Token]:
    """Of the first MAX_CHARACTERS. Other characters count as spaces."""
    return [_token(match) for match in _TOKEN.finditer(text[:MAX_CHARACTERS]) if not _joins_letters(match, text)]


def _token(match: re.Match[str]) -> Token:
    kind, text = str(match.lastgroup), match.group()
    start, end = match.span()
    if kind == "quoted":
        return Token(Kind.QUOTED, start, end, " ".join(text[1:-1].split()))
    if kind == "decade":
        return Token(Kind.DECADE, start, end, fold(text), _decade(re.sub(r"\D", "", text)))
    if kind == "time":
        minutes, seconds = text.split(":")
        return Token(Kind.TIME, start, end, text, 60.0 * int(minutes) + int(seconds))
    if kind == "number":
        return Token(Kind.NUMBER, start, end, text, float(text.replace(",", ".")))
    if kind == "stop":
        return Token(Kind.STOP, start, end)
    return Token(Kind.WORD, start, end, fold(text.replace("’", "'")).replace("–", "-"))


def _decade(digits: str) -> float:
    """Of two digits, 00 to 20 are of this century."""
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year <= 20 else 1900
    return float(year // 10 * 10)


def _joins_letters(match: re.Match[str], text: str) -> bool:
    """A hyphen inside a word, as in "lo-fi": such words are read as two."""
    if match.group() not in "-–":
        return False
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return not (before.strip() == "" or before.isdigit()) or not (after.strip() == "" or after.isdigit())
