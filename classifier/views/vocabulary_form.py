"""The form of a vocabulary: its fields as the JSON of a vocabulary, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.active_words import word
from classifier.charts.palette import shades

HIDDEN, INTO = "hidden", "into-"
EMPTY_SPLITS = 2
"""Rows for further splits, below those that there are."""
CONDITIONS = 2
ABOVE, BELOW = "above", "below"


@dataclass(frozen=True)
class TermRow:
    key: str
    shipped: str
    shipped_description: str
    name: str
    description: str
    colour: str
    use: str
    """Empty for shown, "hidden", or "into-" and the term that it is merged into."""
    percent: str

    @property
    def target(self) -> str:
        """The term that it is merged into."""
        return self.use.removeprefix(INTO) if self.use.startswith(INTO) else ""


@dataclass(frozen=True)
class ConditionRow:
    number: int
    score: str = ""
    side: str = ABOVE
    value: str = ""


@dataclass(frozen=True)
class SplitRow:
    number: int
    term: str = ""
    key: str = ""
    name: str = ""
    description: str = ""
    colour: str = ""
    conditions: list[ConditionRow] = field(default_factory=list)


def content_of_form(form: Mapping[str, str]) -> dict[str, Any]:
    """Not checked: `ml_gateway.vocabulary_from_json` says what is wrong with it."""
    terms = {term: values for term in ml_gateway.MOODS if (values := _term(form, term))}
    splits = [
        split
        for number in range(ml_gateway.MAX_SPLITS + EMPTY_SPLITS)
        if (split := _split(form, number)) and (split["name"] or split["when"])
    ]
    return {
        "name": form.get("name", ""),
        "language": form.get("language", ""),
        "terms": terms,
        "splits": splits,
    }


def term_rows(content: Mapping[str, Any], shipped: ml_gateway.MoodWords) -> list[TermRow]:
    """One for each of the sixteen terms. `shipped` are the words that stay where the vocabulary has none."""
    rows = []
    for term in ml_gateway.MOODS:
        values = content.get("terms", {}).get(term, {})
        target, chance = values.get("merged_into", ""), values.get("from_chance", 0)
        colour = str(values.get("colour", ""))
        rows.append(
            TermRow(
                key=term,
                shipped=shipped.adjective(term),
                shipped_description=shipped.description(term),
                name=str(values.get("name", "")),
                description=str(values.get("description", "")),
                colour=colour if _is_colour(colour) else shipped_colour(term),
                use=HIDDEN if values.get("hidden") else f"{INTO}{target}" if target else "",
                percent=f"{100 * chance:g}" if isinstance(chance, int | float) and chance else str(chance or ""),
            )
        )
    return rows


def split_rows(content: Mapping[str, Any]) -> list[SplitRow]:
    """Those that there are, and empty ones for more."""
    splits = content.get("splits", [])
    rows = [
        SplitRow(
            number=number,
            term=str(split.get("term", "")),
            key=str(split.get("key", "")),
            name=str(split.get("name", "")),
            description=str(split.get("description", "")),
            colour=str(split.get("colour", "")),
            conditions=_condition_rows(split.get("when", [])),
        )
        for number, split in enumerate(splits)
    ]
    more = range(len(rows), min(len(rows) + EMPTY_SPLITS, max(ml_gateway.MAX_SPLITS, len(rows))))
    return [*rows, *(SplitRow(number, conditions=_condition_rows([])) for number in more)]


def score_choices() -> list[tuple[str, str]]:
    """The scores of conditions, in the active words."""
    return [(key, _score_title(key, limits.title)) for key, limits in ml_gateway.SPLIT_SCORES.items()]


def _score_title(key: str, title: str) -> str:
    if key in ml_gateway.MOODS:
        return gettext("Chance of %(mood)s") % {"mood": word(key).adjective}
    return gettext(title)


def shipped_colour(term: str) -> str:
    return shades()[term].colour("light")


def _term(form: Mapping[str, str], term: str) -> dict[str, Any]:
    use, colour = form.get(f"use-{term}", ""), form.get(f"colour-{term}", "").strip().lower()
    values: dict[str, Any] = {
        "name": form.get(f"name-{term}", "").strip(),
        "description": form.get(f"description-{term}", "").strip(),
        # A field for a colour always has one: that of the palette stands for none.
        "colour": "" if colour == shipped_colour(term) else colour,
        "hidden": use == HIDDEN,
        "merged_into": use.removeprefix(INTO) if use.startswith(INTO) else "",
        "from_chance": _number(form.get(f"from-{term}", ""), scale=100),
    }
    return {name: value for name, value in values.items() if value}


def _split(form: Mapping[str, str], number: int) -> dict[str, Any]:
    name = f"split-{number}"
    if f"{name}-name" not in form:
        return {}
    conditions = []
    for place in range(ml_gateway.MAX_CONDITIONS):
        score, side, value = (form.get(f"{name}-{part}-{place}", "").strip() for part in ("score", "side", "value"))
        if score:
            conditions.append({"score": score, BELOW if side == BELOW else ABOVE: _number(value)})
    texts = {part: form.get(f"{name}-{part}", "").strip() for part in ("term", "name", "description", "colour")}
    key = form.get(f"{name}-key", "")
    return {**texts, "when": conditions, **({"key": key} if key else {})}


def _condition_rows(conditions: Any) -> list[ConditionRow]:
    rows = []
    for number in range(max(CONDITIONS, len(conditions))):
        condition = conditions[number] if number < len(conditions) else {}
        side = BELOW if BELOW in condition else ABOVE
        value = condition.get(side, "")
        text = f"{value:g}" if isinstance(value, float) else str(value)
        rows.append(ConditionRow(number, str(condition.get("score", "")), side, text))
    return rows


def _number(text: str, scale: float = 1) -> Any:
    """The text itself where it is no number, so that the check can say so."""
    text = text.strip().replace(",", ".")
    try:
        return float(text) / scale if text else 0
    except ValueError:
        return text


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(digit in "0123456789abcdef" for digit in text[1:])
