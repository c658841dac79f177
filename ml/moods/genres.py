"""The ten composite mood genres: rules over the chances of the sixteen moods, and over the two moods of the name.

A rule compares *levels*, sums of chances, with the reference library. Sums and wide borders keep a genre when a song's
scores change a little, as they do from one encoding to the next. A rule whose demands on the name do not hold is out.
The rules are data, stored in the card of each bundle (`GenreRules`); docs/moods.md lists them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ml.calibration import Reference, corrupt, finite
from ml.moods.default_genres import FADE, GENRE_TABLE, OTHER
from ml.moods.levels import LEVELS, Level
from ml.moods.scores import TIE_DECIMALS, mood_chances
from ml.moods.sides import SideDemand
from ml.moods.vocabulary import MOODS

Side = Literal["high", "low"]


@dataclass(frozen=True)
class Condition:
    """Holds if a level is among the highest (or lowest) `percent` of the reference library.

    Past the border, membership falls to 0 over `fade`, a share (0..1) of the library.
    """

    level: Level
    side: Side
    percent: int
    fade: float = FADE

    @property
    def score(self) -> str:
        """The name of its level in a reference library."""
        return self.level.name

    def membership(self, rank: float) -> float:
        """Fuzzy membership of a rank (0..1): 1 at the favoured end, 0.5 on the border, 0 from `fade` past it."""
        distance, border = round(1 - rank if self.side == "high" else rank, 9), self.percent / 100
        if distance <= border:
            return 1 - 0.5 * distance / border
        return max(0.0, 0.5 - 0.5 * (distance - border) / self.fade)

    @property
    def text(self) -> str:
        word, ends = self.level.text, {"high": ("highest", "upper"), "low": ("lowest", "lower")}
        if self.percent == 50:
            return f"{word} in the {ends[self.side][1]} half"
        if self.percent < 50:
            return f"{word} among the {ends[self.side][0]} {self.percent} %"
        opposite = ends["low" if self.side == "high" else "high"][0]
        return f"{word} not among the {opposite} {100 - self.percent} %"


@dataclass(frozen=True)
class Genre:
    """A composite mood genre: its conditions on a song's levels and its demands on the name."""

    name: str
    title: str
    description: str
    conditions: tuple[Condition, ...] = ()
    demands: tuple[SideDemand, ...] = ()

    @property
    def rule(self) -> str:
        """The conditions and the demands as sentences."""
        if not self.conditions:
            return "None of the other rules holds."
        *most, last = [condition.text for condition in self.conditions]
        compared = f"Compared with the reference library: {', '.join(most)} and {last}."
        return f"{compared} {self.name_rule}" if self.demands else compared

    @property
    def name_rule(self) -> str:
        """The demands as one sentence; empty if there are none."""
        if not self.demands:
            return ""
        *most, last = [demand.text for demand in self.demands]
        demands = f"{', '.join(most)} and {last}" if most else last
        return f"Only for a name where {demands}."

    def fits(self, sides: Sequence[str]) -> bool:
        """Whether the genre does not contradict a name: the keys of its one or two moods, the first one first."""
        return all(demand.holds(sides) for demand in self.demands)

    def membership(self, ranks: Mapping[str, float]) -> float:
        """0..1, the geometric mean of the conditions' memberships; the rule holds from 0.5."""
        memberships = [condition.membership(ranks[condition.score]) for condition in self.conditions]
        return math.prod(memberships) ** (1 / len(memberships))


@dataclass(frozen=True)
class GenreRules:
    """The rules of the ten genres, in a fixed order with Other as the last."""

    genres: Mapping[str, Genre]

    @cached_property
    def levels(self) -> dict[str, Level]:
        """Every level that a condition uses, by name."""
        return {c.score: c.level for genre in self.genres.values() for c in genre.conditions}

    def values(self, scores: Mapping[str, Any]) -> dict[str, float]:
        """The value of each level for a song's scores. Raises MoodError("model_corrupt") for unusable scores."""
        moods = mood_chances(scores)
        return {name: level.value(moods) for name, level in self.levels.items()}

    def ranks(self, scores: Mapping[str, Any], reference: Reference) -> dict[str, float]:
        """The rank (0..1) of each level in the reference library."""
        return {name: reference.rank(name, value) for name, value in self.values(scores).items()}

    def to_card(self) -> dict[str, Any]:
        """Plain JSON. Texts stay in the program: a card keeps what decides, not how it is said."""
        return {
            "levels": {n: {"weights": dict(v.weights), "is_mean": v.is_mean} for n, v in self.levels.items()},
            "genres": {
                name: {
                    "conditions": [
                        {"level": c.score, "side": c.side, "percent": c.percent, "fade": c.fade}
                        for c in genre.conditions
                    ],
                    "name": [demand.to_card() for demand in genre.demands],
                }
                for name, genre in self.genres.items()
            },
        }

    @classmethod
    def from_card(cls, values: Mapping[str, Any]) -> GenreRules:
        """The rules in a card. Raises MoodError("model_corrupt")."""
        try:
            levels = {name: _level(name, entry) for name, entry in values["levels"].items()}
            entries = {name: values["genres"][name] for name in GENRE_TABLE}
            genres = {
                name: _genre(
                    name,
                    tuple(_condition(levels, condition) for condition in entry["conditions"]),
                    tuple(SideDemand.from_card(demand) for demand in entry["name"]),
                )
                for name, entry in entries.items()
            }
        except (KeyError, TypeError, AttributeError) as error:
            raise corrupt("The model's card has no usable rules of its genres") from error
        for name, genre in genres.items():
            if bool(genre.conditions) == (name == OTHER):
                raise corrupt(f"The genre {name} must have {'no conditions' if name == OTHER else 'conditions'}")
        return cls(genres)

    @classmethod
    def default(cls) -> GenreRules:
        """The rules that a new bundle gets."""
        return cls({
            name: _genre(
                name,
                tuple(Condition(LEVELS[level], side, percent) for level, side, percent in entry.conditions),
                entry.demands,
            )
            for name, entry in GENRE_TABLE.items()
        })  # fmt: skip


def genre_scores(
    scores: Mapping[str, Any], reference: Reference, rules: GenreRules, sides: Sequence[str]
) -> dict[str, float]:
    """The strength of each genre, 0..1, sum 1.

    `sides` are the keys of the name's moods: a genre that contradicts them has the strength 0. The strength of Other is
    1 minus the strongest rule, before scaling, so that it wins only where no rule holds.
    """
    ranks = rules.ranks(scores, reference)
    strengths = {
        name: genre.membership(ranks) if genre.fits(sides) else 0.0
        for name, genre in rules.genres.items()
        if name != OTHER
    }
    strengths[OTHER] = 1 - max(strengths.values())
    total = math.fsum(strengths.values())
    return {name: strength / total for name, strength in strengths.items()}


def strongest_genre(strengths: Mapping[str, float]) -> str:
    """The strongest of `genre_scores`; the first one on a tie, so that Other wins only if no rule holds."""
    return max(GENRE_TABLE, key=lambda name: round(strengths[name], TIE_DECIMALS))


def _genre(name: str, conditions: tuple[Condition, ...], demands: tuple[SideDemand, ...]) -> Genre:
    entry = GENRE_TABLE[name]
    return Genre(name, entry.title, entry.description, conditions, demands)


def _level(name: str, entry: Mapping[str, Any]) -> Level:
    weights = {mood: finite(weight, f"weight of {mood}") for mood, weight in entry["weights"].items()}
    if not weights or not set(weights) <= set(MOODS):
        raise corrupt(f"The level {name!r} of the genres must have weights of moods")
    return Level(name, weights, bool(entry["is_mean"]))


def _condition(levels: Mapping[str, Level], entry: Mapping[str, Any]) -> Condition:
    percent, fade, side = entry["percent"], finite(entry["fade"], "fade of a genre's condition"), entry["side"]
    if side not in ("high", "low") or not isinstance(percent, int) or not 0 < percent < 100 or fade <= 0:
        raise corrupt(f"A condition of a genre is {dict(entry)!r}")
    return Condition(levels[entry["level"]], side, percent, fade)


GENRES = GenreRules.default().genres
"""The genres as a new bundle has them. Names, titles and order are the same in every model."""
