"""A line of the table: what was measured, what it should be, and what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    what: str
    target: str
    measured: str
    met: bool | None
    """None, where nothing is asked."""

    def line(self) -> str:
        verdict = {True: "yes", False: "**no**", None: ""}[self.met]
        return f"| {self.what} | {self.target} | {self.measured} | {verdict} |"


def table(rows: Iterable[Row]) -> str:
    return "\n".join(["| what | target | measured | met |", "| --- | --- | --- | --- |", *(row.line() for row in rows)])


def share(values: list[float], part: float) -> float:
    """The value that `part` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def stage_table(stages: dict[str, float], music_s: float) -> str:
    """Where the time of one song goes, the longest stage first."""
    whole = sum(stages.values())
    lines = ["| stage | milliseconds a minute of music | share |", "| --- | --- | --- |"]
    lines += [
        f"| {stage} | {60_000 * seconds / music_s:.1f} | {seconds / whole:.0%} |"
        for stage, seconds in sorted(stages.items(), key=lambda one: -one[1])
    ]
    return "\n".join([*lines, f"| all | {60_000 * whole / music_s:.1f} | |"])
