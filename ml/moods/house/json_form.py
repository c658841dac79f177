"""A house vocabulary as JSON, which files, the API and the database have: read with every value checked."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from ml.errors import MoodError
from ml.moods.house.vocabulary import SEPARATOR, SPLIT_SCORES, Condition, HouseVocabulary, Split, TermChange
from ml.moods.vocabulary import MOODS
from ml.moods.words import LANGUAGES

FORMAT = 1
NAME_LENGTH, DESCRIPTION_LENGTH, KEY_LENGTH = 40, 160, 20
MAX_SPLITS, MAX_CONDITIONS = 16, 3
NOT_IN_TAGS = ";/,"
"""Players end a value of a tag at these."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELDS = ("format", "name", "language", "terms", "splits")
_TERM_FIELDS = ("name", "description", "colour", "hidden", "merged_into", "from_chance")
_SPLIT_FIELDS = ("term", "key", "name", "description", "colour", "when")
_CONDITION_FIELDS = ("score", "above", "below")


def to_json(vocabulary: HouseVocabulary) -> dict[str, Any]:
    """Plain JSON; what is not changed is left out. `from_json` reads it."""
    terms = {}
    for term in MOODS:
        change = vocabulary.change(term)
        values = {
            "name": change.name, "description": change.description, "colour": change.colour,
            "hidden": change.is_hidden, "merged_into": change.merged_into, "from_chance": change.from_chance,
        }  # fmt: skip
        if kept := {name: value for name, value in values.items() if value}:
            terms[term] = kept
    return {
        "format": FORMAT,
        "name": vocabulary.name,
        "language": vocabulary.language,
        "terms": terms,
        "splits": [
            {
                "term": split.term,
                "key": split.key.partition(SEPARATOR)[2],
                "name": split.name,
                "description": split.description,
                "colour": split.colour,
                "when": [
                    {"score": one.score, "above" if one.is_above else "below": one.value} for one in split.conditions
                ],
            }
            for split in vocabulary.splits
        ],
    }


def from_json(content: Any) -> HouseVocabulary:
    """Raises MoodError("vocabulary_malformed") with the first problem."""
    content = _object(content, "The vocabulary", _FIELDS)
    if content.get("format", FORMAT) != FORMAT:
        raise _malformed(f"The format is {content['format']!r}, but this version reads {FORMAT}")
    language = content.get("language", "")
    if language not in ("", *LANGUAGES):
        raise _malformed(f"The language is {str(language)[:20]!r}; use {', '.join(LANGUAGES)}, or leave it empty")
    terms = _object(content.get("terms", {}), "“terms”", tuple(MOODS))
    splits = content.get("splits", [])
    if not isinstance(splits, list) or len(splits) > MAX_SPLITS:
        raise _malformed(f"“splits” must be a list of at most {MAX_SPLITS}")
    vocabulary = HouseVocabulary(
        name=_text(content.get("name", ""), "The name", NAME_LENGTH),
        language=language,
        terms={term: _term(term, terms[term]) for term in MOODS if term in terms},
        splits=tuple(map(_split, splits)),
    )
    _check_terms(vocabulary)
    _check_words(vocabulary)
    return vocabulary


def _term(term: str, values: Any) -> TermChange:
    values = _object(values, f"“{term}”", _TERM_FIELDS)
    hidden, target = values.get("hidden", False), values.get("merged_into", "")
    if not isinstance(hidden, bool):
        raise _malformed(f"“hidden” of {term} must be true or false")
    if target and (target not in MOODS or target == term):
        raise _malformed(f"{term} is merged into {str(target)[:40]!r}, but must be into another of the sixteen terms")
    return TermChange(
        name=_word(values.get("name", ""), f"The name of {term}"),
        description=_text(values.get("description", ""), f"The description of {term}", DESCRIPTION_LENGTH),
        colour=_colour(values.get("colour", ""), term),
        is_hidden=hidden,
        merged_into=target or "",
        from_chance=_number(values.get("from_chance", 0.0), f"“from_chance” of {term}", 0, 1),
    )


def _split(values: Any) -> Split:
    values = _object(values, "A split", _SPLIT_FIELDS)
    term, name = values.get("term", ""), _word(values.get("name", ""), "The name of a split")
    if term not in MOODS:
        raise _malformed(f"A split is of {str(term)[:40]!r}, but must be of one of the sixteen terms")
    if not name:
        raise _malformed(f"A split of {term} has no name")
    key = values.get("key") or _key_of(name)
    if not isinstance(key, str) or len(key) > KEY_LENGTH or not _KEY.fullmatch(key):
        raise _malformed(
            f"The key of the split “{name}” must have 1 to {KEY_LENGTH} small letters, digits and single hyphens"
        )
    when = values.get("when", [])
    if not isinstance(when, list) or not 1 <= len(when) <= MAX_CONDITIONS:
        raise _malformed(f"The split “{name}” needs 1 to {MAX_CONDITIONS} conditions")
    return Split(
        key=f"{term}{SEPARATOR}{key}",
        name=name,
        description=_text(values.get("description", ""), f"The description of “{name}”", DESCRIPTION_LENGTH),
        colour=_colour(values.get("colour", ""), name),
        conditions=tuple(_condition(one, name) for one in when),
    )


def _condition(values: Any, name: str) -> Condition:
    values = _object(values, f"A condition of “{name}”", _CONDITION_FIELDS)
    score = values.get("score", "")
    if score not in SPLIT_SCORES:
        raise _malformed(f"A condition of “{name}” compares {str(score)[:40]!r}; use {', '.join(SPLIT_SCORES)}")
    if ("above" in values) == ("below" in values):
        raise _malformed(f"A condition of “{name}” needs either “above” or “below”")
    side, limits = "above" if "above" in values else "below", SPLIT_SCORES[score]
    return Condition(score, side == "above", _number(values[side], f"{score} of “{name}”", limits.low, limits.high))


def _check_terms(vocabulary: HouseVocabulary) -> None:
    for term, target in vocabulary.merged.items():
        goal = vocabulary.change(target)
        if goal.merged_into or goal.is_hidden:
            raise _malformed(f"{term} is merged into {target}, which is itself merged or hidden")
        if vocabulary.change(term).is_hidden:
            raise _malformed(f"{term} is merged and hidden: choose one of them")
    if len(vocabulary.shown_terms) < 2:
        raise _malformed("Only one term is left, but a name has two: show at least two")
    keys = [split.key for split in vocabulary.splits]
    for split in vocabulary.splits:
        if split.term not in vocabulary.shown_terms:
            raise _malformed(f"{split.term} is split, but merged or hidden itself")
        if keys.count(split.key) > 1:
            raise _malformed(f"Two splits of {split.term} have the same key: give them different names")


def _check_words(vocabulary: HouseVocabulary) -> None:
    """No two moods that are shown may have the same name, in any language that its readers get."""
    for code in [vocabulary.language] if vocabulary.language else LANGUAGES:
        words = vocabulary.words(code)
        seen: dict[str, str] = {}
        for key in (*vocabulary.shown_terms, *(split.key for split in vocabulary.splits)):
            name = words.adjective(key)
            other = seen.setdefault(name.casefold(), key)
            if other != key:
                raise _malformed(f"{other} and {key} would both be called “{name}”: give one of them another name")


def _object(value: Any, subject: str, fields: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _malformed(f"{subject} must be an object")
    if unknown := [str(name)[:40] for name in value if name not in fields]:
        raise _malformed(f"{subject} has the unknown field “{unknown[0]}”; the allowed ones are {', '.join(fields)}")
    return value


def _text(value: Any, subject: str, length: int) -> str:
    if not isinstance(value, str):
        raise _malformed(f"{subject} must be a text")
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if not text.isprintable():
        raise _malformed(f"{subject} has characters that cannot be shown")
    if len(text) > length:
        raise _malformed(f"{subject} has {len(text)} characters; the limit is {length}")
    return text


def _word(value: Any, subject: str) -> str:
    text = _text(value, subject, NAME_LENGTH)
    if any(character in text for character in NOT_IN_TAGS):
        raise _malformed(
            f"{subject} is “{text}”, but may not contain {' '.join(NOT_IN_TAGS)}, which end a value in tags"
        )
    return text


def _colour(value: Any, subject: str) -> str:
    text = _text(value, f"The colour of {subject}", 9).lower()
    if text and not _COLOUR.fullmatch(text):
        raise _malformed(f"The colour of {subject} is {text!r}, but must be like #4a6fa5")
    return text


def _number(value: Any, subject: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _malformed(f"{subject} must be a number")
    if not low <= value <= high:
        raise _malformed(f"{subject} is {value:g}, but must be from {low:g} to {high:g}")
    return float(value)


def _key_of(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:KEY_LENGTH].strip("-") or "part"


def _malformed(problem: str) -> MoodError:
    return MoodError("vocabulary_malformed", f"{problem}.")
