"""The vocabulary of moods: every name, and every rule that turns scores into words.

Scores are what the networks say of a segment or a song, as one mapping:

    {"emotions": {nine shares, 0..1}, "quadrants": {four, sum 1}, "clusters": {five, sum 1},
     "valence": 1..9, "arousal": 1..9}

A share is the expected share of listeners who feel an emotion; 5 is the middle of valence and of arousal.
Scores that are missing or no finite numbers raise MoodError("model_corrupt"). The rules are data; the page
docs/moods.md tells them to people.

Sources: the nine emotions, Zentner, Grandjean, Scherer 2008 (GEMS) as Aljanaki, Wiering, Veltkamp 2016 asked
listeners for them (Emotify); the quadrants, Russell 1980; the clusters, Hu, Downie 2007 (MIREX).
"""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from ml.calibration import Calibration, Reference, corrupt, finite

CLOSE = 1.5
"""Moods less than this far apart in valence and in arousal lie close together."""

APART = 3.0
"""Two sides this far apart, in valence or in arousal, pull apart: "but". It is three eighths of the scale."""

TIE_DECIMALS = 6
"""Shares that agree to so many decimals tie."""

ALTERNATIVES = 3
OTHER = "Other"

NAMED_TOGETHER = {("tenderness", "calmness"): 0.52, ("tenderness", "nostalgia"): 0.52}
"""Every pair of moods whose listeners' shares correlate by 0.5 or more, over 320 recordings of Emotify."""


@dataclass(frozen=True)
class Mood:
    """One of the nine emotions: words, its place in the plane (1..9), how common it is (mean share, 0..1)."""

    key: str
    adjective: str
    noun: str
    description: str
    valence: float
    arousal: float
    prevalence: float

    def apart(self, other: Mood) -> tuple[float, float]:
        """The distances in valence and in arousal."""
        return abs(self.valence - other.valence), abs(self.arousal - other.arousal)

    @property
    def near_synonyms(self) -> frozenset[str]:
        """Moods that say nearly the same: close in the plane, and listeners name them together."""
        partners = {a if b == self.key else b for a, b in NAMED_TOGETHER if self.key in (a, b)}
        return frozenset(p for p in partners if max(self.apart(MOODS[p])) < CLOSE)


# The places are our own judgement: about where the words lie in the norms of Warriner 2013 and the circumplex
# of Russell 1980, moved towards what they mean of music, where sadness is milder and power brighter than the
# bare words. Prevalence is the mean share over Emotify's recordings.
MOODS: dict[str, Mood] = {mood.key: mood for mood in (
    Mood("amazement", "Wondrous", "wonder", "a feeling of wonder and awe", 7.2, 5.5, 0.134),
    Mood("solemnity", "Solemn", "solemnity", "grave, elevated, inspired", 4.7, 4.1, 0.198),
    Mood("tenderness", "Tender", "tenderness", "affection, softness, love", 6.9, 3.4, 0.178),
    Mood("nostalgia", "Nostalgic", "nostalgia", "dreamy, wistful, looking back", 5.2, 3.7, 0.253),
    Mood("calmness", "Calm", "calmness", "serene, relaxed, at rest", 6.6, 2.2, 0.297),
    Mood("power", "Powerful", "power", "strong, heroic, triumphant", 6.2, 7.0, 0.193),
    Mood("joyful_activation", "Joyful", "joy", "bouncy, animated, wanting to dance", 7.8, 6.3, 0.269),
    Mood("tension", "Tense", "tension", "nervous, restless, irritated", 3.5, 6.5, 0.233),
    Mood("sadness", "Sad", "sadness", "sorrowful, downcast", 2.8, 3.6, 0.186),
)}  # fmt: skip
EMOTIONS = tuple(MOODS)
QUADRANT_WORDS = {"Q1": "happy, excited", "Q2": "angry, tense", "Q3": "sad, downcast", "Q4": "relaxed, calm"}
QUADRANTS = tuple(QUADRANT_WORDS)
CLUSTER_WORDS = {
    "c1": "passionate, rousing, confident",
    "c2": "cheerful, fun, sweet",
    "c3": "poignant, wistful, brooding",
    "c4": "humorous, quirky, witty",
    "c5": "aggressive, fiery, intense",
}
CLUSTERS = tuple(CLUSTER_WORDS)
SCORE_NAMES = (*EMOTIONS, *QUADRANTS, *CLUSTERS, "valence", "arousal")
FEELING = "feeling"
"""A score of our own: the share of the strongest emotion. Where it is low, few feel any one thing."""
REFERENCE_NAMES = (*SCORE_NAMES, FEELING)

Side = Literal["high", "low"]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Condition:
    """A score lies among the highest (or lowest) `percent` of the reference library."""

    score: str
    side: Side
    percent: int

    def membership(self, rank: float) -> float:
        """How well a rank (0..1) meets this: 1 at the favoured end, 0.5 on the border, 0 from FADE on."""
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
    """A composite mood genre: it holds where all its conditions hold."""

    name: str
    title: str
    description: str
    conditions: tuple[Condition, ...]

    @property
    def rule(self) -> str:
        """The conditions as one sentence."""
        if not self.conditions:
            return "None of the other rules holds."
        *most, last = [condition.text for condition in self.conditions]
        return f"Compared with the reference library: {', '.join(most)} and {last}."

    def membership(self, ranks: Mapping[str, float]) -> float:
        """0..1, at least 0.5 exactly where the rule holds: as much as its weakest condition."""
        return min(condition.membership(ranks[condition.score]) for condition in self.conditions)


FADE = 0.2
"""Membership fades to nothing over this much of the library past a condition's border."""

SCORE_TEXTS = {
    **{mood.key: mood.noun for mood in MOODS.values()},
    **{name: f"the chance of {name} ({words})" for name, words in (QUADRANT_WORDS | CLUSTER_WORDS).items()},
    "valence": "pleasantness (valence)",
    "arousal": "energy (arousal)",
    FEELING: "the strongest emotion",
}


def _genre(name: str, title: str, description: str, *conditions: tuple[str, Side, int]) -> Genre:
    return Genre(name, title, description, tuple(Condition(*values) for values in conditions))


# Borders were set so that every genre occurs on real music, whatever the kind of predictor; how often each
# does is counted by ml/training/genre_report.py.
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

# Older vocabularies. A word's weight is a product of sums of scores, an emotion's share taken relative to its
# prevalence, so that no mood wins by being common; the weights of a vocabulary are scaled to sum to 1.
VOCABULARIES: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "quadrants": {"happy": (("Q1",),), "angry": (("Q2",),), "relaxed": (("Q4",),), "sad": (("Q3",),)},
    "energy": {"energetic": (("Q1", "Q2"),), "peaceful": (("Q4",),), "emotional": (("Q3",),)},
    "occasions": {
        "party": (("Q1",), ("joyful_activation",)),
        "drive": (("Q2",), ("power",)),
        "calm": (("Q4",), ("calmness",)),
        "romantic": (("Q4",), ("tenderness",)),
        "sad": (("Q3",), ("sadness",)),
    },
}


@dataclass(frozen=True)
class Composite:
    """A composite mood: two sides, how sure each is, the runners-up and the genres."""

    primary: str
    secondary: str
    confidence: float
    secondary_confidence: float
    certain: bool
    alternatives: tuple[dict[str, Any], ...]
    genres: dict[str, float]

    @property
    def name(self) -> str:
        say = composite_name if self.certain else mixed_name
        return say(self.primary, self.secondary)

    @property
    def joined_by(self) -> str:
        return joined_by(self.primary, self.secondary)

    @property
    def genre(self) -> str:
        return strongest_genre(self.genres)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "primary": self.primary,
            "secondary": self.secondary,
            "joined_by": self.joined_by,
            "confidence": round(self.confidence, 4),
            "secondary_confidence": round(self.secondary_confidence, 4),
            "certain": self.certain,
            "genre": self.genre,
        }


def compose(scores: Mapping[str, Any], calibration: Calibration, reference: Reference) -> Composite:
    """The composite mood of a segment's or a song's scores."""
    shares = _shares(scores.get("emotions", {}))
    first, second = sides(shares)
    sure, less_sure = _confidences(shares, (first, second), calibration)
    others = sorted(_runners_up(shares, (first, second)), key=lambda pair: -shares[pair[0]] - shares[pair[1]])
    alternatives = [
        {"name": composite_name(*pair), "confidence": round(min(_confidences(shares, pair, calibration)), 4)}
        for pair in others[:ALTERNATIVES]
    ]
    alternatives.sort(key=lambda other: -float(other["confidence"]))
    genres = genre_scores(scores, reference)
    return Composite(first, second, sure, less_sure, sure >= calibration.threshold, tuple(alternatives), genres)


def sides(shares: Mapping[str, float]) -> Pair:
    """The strongest mood, and the strongest other one that is no near-synonym of it; ties as in `ranking`."""
    first, *others = ranking(shares)
    return first, next(key for key in others if key not in MOODS[first].near_synonyms)


def ranking(shares: Mapping[str, float]) -> list[str]:
    """The nine moods, strongest first; where shares tie, the rarer mood first, since it says more."""
    shares = _shares(shares)
    return sorted(EMOTIONS, key=lambda key: (-round(shares[key], TIE_DECIMALS), MOODS[key].prevalence))


def evidence(shares: Mapping[str, float], pair: Pair) -> tuple[tuple[float, float], ...]:
    """What a calibration sees of each side of a pair: share, and lead over the best mood outside the pair."""
    rest = max(shares[key] for key in EMOTIONS if key not in pair)
    first, second = (shares[key] for key in pair)
    return (first, first - rest), (second, second - rest)


def true_pairs(shares: Mapping[str, float]) -> set[frozenset[str]]:
    """Every pair that the rule of `sides` could give for listeners' shares, ties broken in all ways."""
    shares = {key: round(share, TIE_DECIMALS) for key, share in _shares(shares).items()}
    pairs = set()
    for first in _strongest(shares, EMOTIONS):
        rivals = [key for key in EMOTIONS if key != first and key not in MOODS[first].near_synonyms]
        pairs |= {frozenset({first, second}) for second in _strongest(shares, rivals)}
    return pairs


def named_most(shares: Mapping[str, float], count: int = 2) -> frozenset[str]:
    """The `count` moods that most listeners name, and all that tie for the last place (never at 0)."""
    shares = {key: round(share, TIE_DECIMALS) for key, share in _shares(shares).items()}
    least = sorted(shares.values(), reverse=True)[count - 1]
    return frozenset(key for key, share in shares.items() if share >= least and share > 0)


def joined_by(primary: str, secondary: str) -> str:
    """ "but" where two moods pull apart in valence or in arousal, else "and"."""
    return "but" if max(MOODS[primary].apart(MOODS[secondary])) >= APART else "and"


def composite_name(primary: str, secondary: str = "") -> str:
    """ "Calm but Powerful"; a mood alone where there is no second one."""
    if not secondary:
        return MOODS[primary].adjective
    return f"{MOODS[primary].adjective} {joined_by(primary, secondary)} {MOODS[secondary].adjective}"


def mixed_name(*candidates: str) -> str:
    """ "Mixed: Calm or Tense", said where no mood stands out enough to be stated."""
    return "Mixed: " + " or ".join(MOODS[key].adjective for key in candidates)


def genre_scores(scores: Mapping[str, Any], reference: Reference) -> dict[str, float]:
    """How much of each genre there is, 0..1, sum 1; Other is as strong as the best rule is weak."""
    ranks = {name: reference.rank(name, value) for name, value in flat(scores).items()}
    strengths = {name: kind.membership(ranks) for name, kind in GENRES.items() if name != OTHER}
    strengths[OTHER] = 1 - max(strengths.values())
    total = sum(strengths.values())
    return {name: strength / total for name, strength in strengths.items()}


def strongest_genre(strengths: Mapping[str, float]) -> str:
    """The strongest of `genre_scores`; the first where two tie, so it is Other only where no rule holds."""
    return max(GENRES, key=lambda name: round(strengths[name], TIE_DECIMALS))


def genre(scores: Mapping[str, Any], reference: Reference) -> str:
    return strongest_genre(genre_scores(scores, reference))


def vocabulary_view(name: str, scores: Mapping[str, Any]) -> dict[str, float]:
    """The same scores in an older vocabulary ("quadrants", "energy" or "occasions"): 0..1 each, sum 1."""
    if name not in VOCABULARIES:
        raise ValueError(f"There is no vocabulary {name!r}; there are {', '.join(VOCABULARIES)}.")
    values = {k: v / MOODS[k].prevalence if k in MOODS else v for k, v in flat(scores).items()}
    weights = {
        word: math.prod(sum(values[score] for score in terms) for terms in factors)
        for word, factors in VOCABULARIES[name].items()
    }
    total = sum(weights.values())
    return {word: weight / total if total > 0 else 1 / len(weights) for word, weight in weights.items()}


def flat(scores: Mapping[str, Any]) -> dict[str, float]:
    """All scores under their own names (REFERENCE_NAMES), checked."""
    groups = (scores.get(group, {}) for group in ("emotions", "quadrants", "clusters"))
    found = ChainMap(dict(scores), *groups)
    values = {name: _score(found, name) for name in SCORE_NAMES}
    return {**values, FEELING: max(values[key] for key in EMOTIONS)}


def _shares(emotions: Mapping[str, Any]) -> dict[str, float]:
    return {key: _score(emotions, key) for key in EMOTIONS}


def _score(found: Mapping[str, Any], name: str) -> float:
    if name not in found:
        raise corrupt(f"The score {name!r} is missing")
    return finite(found[name], name)


def _strongest(shares: Mapping[str, float], keys: Collection[str]) -> list[str]:
    best = max(shares[key] for key in keys)
    return [key for key in keys if shares[key] == best]


def _runners_up(shares: Mapping[str, float], answer: Pair) -> list[Pair]:
    pairs = combinations(ranking(shares), 2)
    return [(a, b) for a, b in pairs if {a, b} != set(answer) and b not in MOODS[a].near_synonyms]


def _confidences(shares: Mapping[str, float], pair: Pair, calibration: Calibration) -> tuple[float, float]:
    first, second = evidence(shares, pair)
    return calibration.first.chance(*first), calibration.second.chance(*second)
