"""A path through the valence-arousal plane: from one place to another in even steps, never backwards.

Pure: no database.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import hypot, inf

from classifier.playlists.spacing import NO_SPACING, Candidate, IsCopy, Spacing, no_copies

Place = tuple[float, float]
"""Valence and arousal, 1 to 9."""

BEHIND = 1e-9


@dataclass(frozen=True)
class Line:
    """From `start` to `end`, which are not the same place."""

    start: Place
    end: Place

    @property
    def length(self) -> float:
        return hypot(self.end[0] - self.start[0], self.end[1] - self.start[1])

    def share(self, valence: float, arousal: float) -> float:
        """How far along the line a place lies: 0 at the start, 1 at the end."""
        along = (valence - self.start[0]) * (self.end[0] - self.start[0])
        along += (arousal - self.start[1]) * (self.end[1] - self.start[1])
        return along / self.length**2

    def at(self, share: float) -> Place:
        return (
            self.start[0] + share * (self.end[0] - self.start[0]),
            self.start[1] + share * (self.end[1] - self.start[1]),
        )


def steps(line: Line, number: int) -> list[Place]:
    """So many places at equal distances, both ends included."""
    return [line.at(step / (number - 1)) for step in range(number)]


def path(
    candidates: Iterable[Candidate],
    line: Line,
    number: int,
    *,
    spacing: Spacing = NO_SPACING,
    is_copy: IsCopy = no_copies,
    first: Candidate | None = None,
    last: Candidate | None = None,
) -> list[Candidate]:
    """For each step the candidate that is nearest to it, less than half a step away along the line; so the songs come
    in the order of their places along it. A step without one gets the nearest that still lies between its neighbours,
    or none. `first` and `last` take the first and the last step."""
    places = steps(line, number)
    ordered = sorted(candidates, key=lambda one: (line.share(one.valence, one.arousal), one.id))
    shares = [line.share(one.valence, one.arousal) for one in ordered]
    taken: list[Candidate | None] = [None] * number
    taken[0], taken[-1] = first, last
    half = 0.5 / (number - 1)
    for widened in (False, True):
        for step in range(number):
            if taken[step] is not None:
                continue
            low, high = step / (number - 1) - half, step / (number - 1) + half
            if widened:
                low, high = -inf, inf
            low = max([low, *(_share(line, one) + BEHIND for one in taken[:step] if one)])
            high = min([high, *(_share(line, one) for one in taken[step + 1 :] if one)])
            near = ordered[bisect_left(shares, low) : bisect_left(shares, high)]
            taken[step] = _nearest(near, places[step], taken, step, spacing, is_copy)
    pairs = zip(taken, places, strict=True)
    return [replace(one, distance=_distance(one, place)) for one, place in pairs if one is not None]


def _nearest(
    candidates: Sequence[Candidate],
    place: Place,
    taken: Sequence[Candidate | None],
    step: int,
    spacing: Spacing,
    is_copy: IsCopy,
) -> Candidate | None:
    before = [one for one in taken[:step] if one is not None]
    after = [one for one in taken[step + 1 :] if one is not None]
    chosen = [*before, *after]
    ids = {one.id for one in chosen}
    # Read from the other end, the songs behind it are those before it.
    too_soon, too_late = spacing.after(before), spacing.after(after[::-1])
    for candidate in sorted(candidates, key=lambda one: (_distance(one, place), one.id)):
        is_allowed = candidate.id not in ids and too_soon.allows(candidate) and too_late.allows(candidate)
        if is_allowed and not is_copy(candidate, chosen):
            return candidate
    return None


def _share(line: Line, one: Candidate) -> float:
    return line.share(one.valence, one.arousal)


def _distance(one: Candidate, place: Place) -> float:
    return hypot(one.valence - place[0], one.arousal - place[1])
