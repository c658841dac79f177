"""The tables of docs/speed.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    what: str
    target: str
    measured: str
    met: bool | None
    """None if there is no target."""

    def line(self) -> str:
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        return f"| {self.what} | {self.target} | {self.measured} | {met} |"


def table(rows: Iterable[Row]) -> str:
    return "\n".join(["| what | target | measured | met |", "| --- | --- | --- | --- |", *(row.line() for row in rows)])


def percentile(values: list[float], part: float) -> float:
    """The value that the share `part` of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def stage_table(stages: dict[str, float], music_s: float) -> str:
    """The time of each stage for one song, longest first."""
    whole = sum(stages.values())
    lines = ["| stage | milliseconds a minute of music | share |", "| --- | --- | --- |"]
    lines += [
        f"| {stage} | {60_000 * seconds / music_s:.1f} | {seconds / whole:.0%} |"
        for stage, seconds in sorted(stages.items(), key=lambda one: -one[1])
    ]
    return "\n".join([*lines, f"| all | {60_000 * whole / music_s:.1f} | |"])
