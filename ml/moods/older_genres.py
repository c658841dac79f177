"""The ten composite mood genres of models before mood-4: rules over the ranks of scores in the reference library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ml.calibration import Reference
from ml.moods.scores import TIE_DECIMALS, flat
from ml.moods.vocabulary import CLUSTER_WORDS, EMOTIONS, FEELING, QUADRANT_WORDS

OTHER = "Other"
FADE = 0.2
"""Membership falls to 0 over this share of the library past a condition's border."""

Side = Literal["high", "low"]

SCORE_TEXTS = {
    **{emotion.key: emotion.noun for emotion in EMOTIONS.values()},
    **{name: f"the chance of {name} ({words})" for name, words in (QUADRANT_WORDS | CLUSTER_WORDS).items()},
    "valence": "pleasantness (valence)",
    "arousal": "energy (arousal)",
    FEELING: "the strongest emotion",
}


@dataclass(frozen=True)
class Condition:
    """Holds if a score is among the highest (or lowest) `percent` of the reference library."""

    score: str
    side: Side
    percent: int

    def membership(self, rank: float) -> float:
        """Fuzzy membership of a rank (0..1): 1 at the favoured end, 0.5 on the border, 0 from `FADE` past it."""
        distance, border = round(1 - rank if self.side == "high" else rank, 9), self.percent / 100
        if distance <= border:
            return 1 - 0.5 * distance / border
        return max(0.0, 0.5 - 0.5 * (distance - border) / FADE)

    @property
    def text(self) -> str:
        word, ends = SCORE_TEXTS[self.score], {"high": ("highest", "upper"), "low": ("lowest", "lower")}
        if self.percent == 50:
            return f"{word} in the {ends[self.side][1]} half"
        if self.percent < 50:
            return f"{word} among the {ends[self.side][0]} {self.percent} %"
        opposite = ends["low" if self.side == "high" else "high"][0]
        return f"{word} not among the {opposite} {100 - self.percent} %"


@dataclass(frozen=True)
class Genre:
    """A composite mood genre: it holds if all its conditions hold."""

    name: str
    title: str
    description: str
    conditions: tuple[Condition, ...]

    name_rule = ""
    """What the genre demands of the name: nothing."""

    def fits(self, sides: Sequence[str]) -> bool:
        """Always true: these genres do not look at the name."""
        return True

    @property
    def rule(self) -> str:
        """The conditions as one sentence."""
        if not self.conditions:
            return "None of the other rules holds."
        *most, last = [condition.text for condition in self.conditions]
        return f"Compared with the reference library: {', '.join(most)} and {last}."

    def membership(self, ranks: Mapping[str, float]) -> float:
        """0..1, the membership of the weakest condition; at least 0.5 exactly if the rule holds."""
        return min(condition.membership(ranks[condition.score]) for condition in self.conditions)


def _genre(name: str, title: str, description: str, *conditions: tuple[str, Side, int]) -> Genre:
    return Genre(name, title, description, tuple(Condition(*values) for values in conditions))


# The borders were set so that every genre occurs on real music with any predictor; ml/training counts how often each
# one does.
GENRES: dict[str, Genre] = {genre.name: genre for genre in (
    _genre("NegativeButHopeful", "Negative but Hopeful", "bitter at heart, yet with warmth and some wonder",
           ("valence", "low", 50), ("tenderness", "high", 50), ("amazement", "high", 70)),
    _genre("RelaxButEnergetic", "Relaxed but Energetic", "at ease and on the move at once",
           ("calmness", "high", 60), ("arousal", "high", 50), ("valence", "high", 70)),
    _genre("TotallyPositive", "Totally Positive", "pleasant and joyful, with nothing that strains",
           ("valence", "high", 40), ("joyful_activation", "high", 50), ("tension", "low", 60)),
    _genre("TotallyNegative", "Totally Negative", "unpleasant, and neither joyful nor relaxed",
           ("valence", "low", 40), ("joyful_activation", "low", 60), ("Q1", "low", 50), ("Q4", "low", 60)),
    _genre("PositiveButVoid", "Positive but Void", "pleasant, yet few listeners feel anything strongly",
           ("valence", "high", 50), (FEELING, "low", 30), ("joyful_activation", "low", 60)),
    _genre("CalmButEpic", "Calm but Epic", "calm, yet solemn and with power held back",
           ("calmness", "high", 50), ("solemnity", "high", 40), ("power", "high", 70)),
    _genre("InsecureButInessential", "Insecure but Inessential", "a faint unease without weight",
           ("tension", "high", 60), ("power", "low", 60), (FEELING, "low", 65), ("valence", "low", 70)),
    _genre("ConcernedButLight", "Concerned but Light", "troubled, yet taken with humour and without gravity",
           ("valence", "low", 50), ("solemnity", "low", 50), ("c4", "high", 40)),
    _genre("CalmButWarm", "Calm but Warm", "calm and affectionate",
           ("calmness", "high", 40), ("tenderness", "high", 40), ("valence", "high", 60)),
    _genre(OTHER, OTHER, "a mixture that none of the rules describes"),
)}  # fmt: skip


def genre_scores(scores: Mapping[str, Any], reference: Reference) -> dict[str, float]:
    """The strength of each genre, 0..1, sum 1. The strength of Other is 1 minus the strongest rule, before scaling."""
    ranks = {name: reference.rank(name, value) for name, value in flat(scores).items()}
    strengths = {name: kind.membership(ranks) for name, kind in GENRES.items() if name != OTHER}
    strengths[OTHER] = 1 - max(strengths.values())
    total = sum(strengths.values())
    return {name: strength / total for name, strength in strengths.items()}


def strongest_genre(strengths: Mapping[str, float]) -> str:
    """The strongest of `genre_scores`; the first one on a tie, so that Other wins only if no rule holds."""
    return max(GENRES, key=lambda name: round(strengths[name], TIE_DECIMALS))


def genre(scores: Mapping[str, Any], reference: Reference) -> str:
    """The name of the strongest genre."""
    return strongest_genre(genre_scores(scores, reference))


@dataclass(frozen=True)
class OlderGenreRules:
    """These rules, with the interface of `ml.moods.genres.GenreRules`."""

    genres: Mapping[str, Genre] = field(default_factory=lambda: GENRES)

    def ranks(self, scores: Mapping[str, Any], reference: Reference) -> dict[str, float]:
        """The rank (0..1) of each score in the reference library."""
        return {name: reference.rank(name, value) for name, value in flat(scores).items()}
