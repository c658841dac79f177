"""Which properties of the sound explain each side of a composite mood, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ml.features.traits import Trait
from ml.moods import adjective

MIN_POSITION = 0.3
"""A trait is named where it is outside the middle 30 % of the training songs."""
MIN_EFFECT = 0.002
"""Smaller effects on a score are noise."""
MIN_DIRECTION = 0.05
"""Weaker correlations, up to about two standard errors, do not say which way a trait goes with a mood."""
PACE_WEIGHT = 0.8
"""The weight of a trait that the network does not measure by itself: the other traits have two kinds of evidence."""
LESS_PLAIN = 0.6
"""The weight of traits that are hard to hear."""
WORTH_NAMING = 0.25
"""Of the weight of the heaviest trait that a sentence names; lighter ones are left out."""
MOST_NAMED = 3
NOTHING = "no single property of the sound explains it"


@dataclass(frozen=True)
class Evidence:
    """What one trait of a song says about one mood."""

    trait: Trait
    position: float
    """Where the song is between the low (-1) and the high end (1) of the training songs."""
    effect: float | None
    """By how much the 1D network's score falls without the trait; None if it does not measure the trait."""
    direction: float | None
    """The correlation of the trait's position with the mood in the training data, -1..1; None if it is not known."""

    @property
    def typical(self) -> float:
        """The evidence of the training data: above 0 if songs with this mood tend to be like this song."""
        return self.position * (self.direction or 0.0)

    @property
    def is_clear(self) -> bool:
        return self.trait.words is not None and abs(self.position) >= MIN_POSITION

    @property
    def supports(self) -> bool:
        """Whether the trait is a reason for the mood: the training data and the network must agree that it is."""
        network_agrees = self.effect is None or self.effect >= MIN_EFFECT
        if self.direction is None:
            return self.is_clear and network_agrees and self.effect is not None
        return self.is_clear and network_agrees and abs(self.direction) >= MIN_DIRECTION and self.typical > 0

    @property
    def opposes(self) -> bool:
        """Whether the trait speaks against the mood, by the network and by the training data."""
        return self.is_clear and self.effect is not None and self.effect <= -MIN_EFFECT and self.typical <= 0

    @property
    def word(self) -> str:
        low, high = self.trait.words or ("", "")
        return high if self.position > 0 else low


def weights(evidence: Sequence[Evidence]) -> dict[str, float]:
    """The weight of each trait for a mood, 0..1 by name; 0 if it is no reason.

    The mean of its effect and of its evidence in the training data, each as a share of the largest one.
    """
    effect = max((one.effect or 0.0 for one in evidence), default=0.0)
    typical = max((one.typical for one in evidence), default=0.0)
    out = {}
    for one in evidence:
        by_data = max(one.typical, 0.0) / typical if typical > 0 else 0.0
        by_network = max(one.effect or 0.0, 0.0) / effect if effect > 0 else 0.0
        both = PACE_WEIGHT * by_data if one.effect is None else (by_data + by_network) / 2
        plainness = 1.0 if one.trait.plain else LESS_PLAIN
        out[one.trait.name] = both * plainness if one.typical > 0 or one.direction is None else 0.0
    return out


def named_traits(sides: Mapping[str, Sequence[Evidence]]) -> dict[str, list[Evidence]]:
    """For each mood (two, or one) the traits that its sentence names, at most three, the most telling first.

    A trait that tells the moods apart comes before one that both have. What is a reason for both is named for the one
    that it explains better, unless the other would have no reason left.
    """
    candidates = _by_kind(sides)
    assigned = {mood: dict(own) for mood, own in candidates.items()}
    if len(assigned) == 2:
        _assign_shared_kinds(candidates, assigned)
    return {mood: _sentence_order(list(own.values())) for mood, own in assigned.items()}


def sentence(mood: str, named: Sequence[Evidence]) -> str:
    """ "Calm: slow-moving, quiet and dark in timbre." """
    words = [one.word for one in named]
    if not words:
        return f"{adjective(mood)}: {NOTHING}."
    return f"{adjective(mood)}: {', '.join(words[:-1])}{' and ' if len(words) > 1 else ''}{words[-1]}."


@dataclass(frozen=True)
class _Candidate:
    """A reason for one mood; `contrast` also counts how much less it explains the other mood."""

    evidence: Evidence
    weight: float
    contrast: float


def _by_kind(sides: Mapping[str, Sequence[Evidence]]) -> dict[str, dict[str, _Candidate]]:
    """By mood: the most telling reason of each kind of trait."""
    all_weights = {mood: weights(evidence) for mood, evidence in sides.items()}
    out: dict[str, dict[str, _Candidate]] = {}
    for mood, evidence in sides.items():
        others = [all_weights[other] for other in sides if other != mood]
        best: dict[str, _Candidate] = {}
        for one in evidence:
            if not one.supports:
                continue
            name, kind, weight = one.trait.name, one.trait.kind, all_weights[mood][one.trait.name]
            candidate = _Candidate(one, weight, weight + sum(weight - other.get(name, 0.0) for other in others))
            if kind not in best or candidate.contrast > best[kind].contrast:
                best[kind] = candidate
        out[mood] = best
    return out


def _assign_shared_kinds(
    candidates: Mapping[str, dict[str, _Candidate]], assigned: dict[str, dict[str, _Candidate]]
) -> None:
    """Leaves each kind of trait to one of two moods."""
    first, second = candidates
    for kind in candidates[first].keys() & candidates[second].keys():
        loser = second if candidates[first][kind].contrast >= candidates[second][kind].contrast else first
        del assigned[loser][kind]
    for mood, other in ((first, second), (second, first)):
        lost = [kind for kind, one in candidates[mood].items() if one.evidence.trait.plain or not assigned[mood]]
        if not lost or _has_plain(assigned[mood].values()):
            continue
        lost.sort(key=lambda kind: -candidates[mood][kind].contrast)
        # Taken from the other mood if that has another reason; given to both only if there is no other for this one.
        spare = [kind for kind in lost if _has_plain(one for at, one in assigned[other].items() if at != kind)]
        if spare or not assigned[mood]:
            kind = (spare or lost)[0]
            assigned[mood][kind] = candidates[mood][kind]
            if spare:
                assigned[other].pop(kind, None)


def _has_plain(candidates: Iterable[_Candidate]) -> bool:
    return any(one.evidence.trait.plain for one in candidates)


def _sentence_order(own: list[_Candidate]) -> list[Evidence]:
    """The traits to name, a plain one first if there is one."""
    if not own:
        return []
    own.sort(key=lambda one: -one.contrast)
    first = next((one for one in own if one.evidence.trait.plain), own[0])
    heaviest = max(one.weight for one in own)
    rest = [one for one in own if one is not first and one.weight >= WORTH_NAMING * heaviest]
    return [one.evidence for one in (first, *rest)][:MOST_NAMED]
