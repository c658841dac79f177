"""Measures of the names against the moods that a person stated, as pure functions without NumPy.

The web application computes them for its pages. `ml.training.evaluation` has those of a bundle's evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Terms = Sequence[str]
BINS = 10


@dataclass(frozen=True)
class TermCounts:
    """Songs by one term: named and stated, only named, only stated."""

    hits: int = 0
    only_named: int = 0
    only_stated: int = 0

    @property
    def named(self) -> int:
        return self.hits + self.only_named

    @property
    def stated(self) -> int:
        return self.hits + self.only_stated

    @property
    def precision(self) -> float | None:
        """Of the songs with the term in their name, the share for which the person states it."""
        return self.hits / self.named if self.named else None

    @property
    def recall(self) -> float | None:
        """Of the songs for which the person states the term, the share with it in their name."""
        return self.hits / self.stated if self.stated else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where the term is neither named nor stated."""
        both = self.named + self.stated
        return 2 * self.hits / both if both else None


@dataclass(frozen=True)
class ReliabilityBin:
    """Chances of about the same size: their mean, and the share that came true."""

    chance: float
    right: float
    count: int


def term_counts(songs: Iterable[tuple[Terms, Terms, int]], terms: Terms) -> dict[str, TermCounts]:
    """Counts by term of songs as (named terms, stated terms, number of such songs)."""
    counts = {term: [0, 0, 0] for term in terms}
    for named, stated, number in songs:
        for term in {*named, *stated}:
            place = 0 if term in named and term in stated else 1 if term in named else 2
            counts[term][place] += number
    return {term: TermCounts(*values) for term, values in counts.items()}


def reliability_bins(pairs: Iterable[tuple[float, bool]]) -> list[ReliabilityBin]:
    """Ten bins of equal width over pairs of a chance (0..1) and whether it came true, without empty bins (DeGroot and
    Fienberg 1983)."""
    sums = [[0.0, 0, 0] for _ in range(BINS)]
    for chance, right in pairs:
        one = sums[min(int(chance * BINS), BINS - 1)]
        one[0] += chance
        one[1] += right
        one[2] += 1
    return [ReliabilityBin(chance / count, right / count, int(count)) for chance, right, count in sums if count]


def calibration_error(bins: Sequence[ReliabilityBin]) -> float | None:
    """The expected calibration error (Naeini et al. 2015); None without bins."""
    count = sum(one.count for one in bins)
    return sum(one.count * abs(one.chance - one.right) for one in bins) / count if count else None


def cohens_kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """The agreement of two people beyond chance (Cohen 1960), -1..1, from the category that each gives a song.

    None where it is not defined: without songs, or where both always give the same one category.
    """
    first: dict[str, int] = {}
    second: dict[str, int] = {}
    same = count = 0
    for one, other in pairs:
        first[one] = first.get(one, 0) + 1
        second[other] = second.get(other, 0) + 1
        same += one == other
        count += 1
    by_chance = sum(number * second.get(category, 0) for category, number in first.items())
    if not count or by_chance == count * count:
        return None
    return (same * count - by_chance) / (count * count - by_chance)


def kappa_interval(kappa: float, pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """The 95 % interval by the large-sample standard error (Cohen 1960), within -1..1."""
    count = len(pairs)
    observed = sum(one == other for one, other in pairs) / count
    expected = 1 - (1 - observed) / (1 - kappa) if kappa < 1 else 0.0
    reach = 1.959964 * (observed * (1 - observed) / count) ** 0.5 / max(1 - expected, 1e-9)
    return max(kappa - reach, -1.0), min(kappa + reach, 1.0)
