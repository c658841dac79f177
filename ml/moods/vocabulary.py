"""The mood words: every name, its place in the valence-arousal plane, and how two names join.

Sources: the nine emotions, Zentner, Grandjean, Scherer 2008 (GEMS), as asked of listeners by Aljanaki, Wiering,
Veltkamp 2016 (Emotify); the quadrants, Russell 1980; the clusters, Hu, Downie 2007 (MIREX).
"""

from __future__ import annotations

from dataclasses import dataclass

CLOSE = 1.5
"""Moods less than this far apart in valence and in arousal count as close."""

APART = 3.0
"""Two sides at least this far apart in valence or in arousal are joined by "but". It is three eighths of the scale."""

NAMED_TOGETHER = {("tenderness", "calmness"): 0.52, ("tenderness", "nostalgia"): 0.52}
"""Pairs of moods whose listener shares correlate by 0.5 or more over the 320 Emotify recordings we use, with that
correlation."""


@dataclass(frozen=True)
class Mood:
    """One of the nine emotions.

    `valence` and `arousal` are on the 1..9 scale; `prevalence` is the mean share of listeners, 0..1.
    """

    key: str
    adjective: str
    noun: str
    description: str
    valence: float
    arousal: float
    prevalence: float

    def apart(self, other: Mood) -> tuple[float, float]:
        """The distances to another mood in valence and in arousal."""
        return abs(self.valence - other.valence), abs(self.arousal - other.arousal)

    @property
    def near_synonyms(self) -> frozenset[str]:
        """Moods that say nearly the same: close in the plane and often named together by listeners."""
        partners = {a if b == self.key else b for a, b in NAMED_TOGETHER if self.key in (a, b)}
        return frozenset(p for p in partners if max(self.apart(MOODS[p])) < CLOSE)


# The places are our own judgement. They start from the word norms of Warriner 2013 and the circumplex of Russell 1980,
# and are moved towards what the words mean for music, where sadness is milder and power brighter. Prevalence is the
# mean share over Emotify's recordings.
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
"""A derived score: the share of the strongest emotion. A low value means that few listeners feel any one emotion."""
REFERENCE_NAMES = (*SCORE_NAMES, FEELING)


def joined_by(primary: str, secondary: str) -> str:
    """ "but" if the two moods are far apart in valence or in arousal, else "and"."""
    return "but" if max(MOODS[primary].apart(MOODS[secondary])) >= APART else "and"


def composite_name(primary: str, secondary: str = "") -> str:
    """ "Calm but Powerful"; the name of one mood if there is no second one."""
    if not secondary:
        return MOODS[primary].adjective
    return f"{MOODS[primary].adjective} {joined_by(primary, secondary)} {MOODS[secondary].adjective}"


def mixed_name(*candidates: str) -> str:
    """ "Mixed: Calm or Tense", the name of an uncertain result."""
    return "Mixed: " + " or ".join(MOODS[key].adjective for key in candidates)
