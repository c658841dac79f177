"""What may stand in the address of a filtered list: each kind of value, read from text and written back as text."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from classifier.errors import ProductError

Point = tuple[float, float]

LONGEST_SEARCH = 200
LEAST_POINTS, MOST_POINTS = 3, 64
FIRST_YEAR, LAST_YEAR = 1970, 2999


@dataclass(frozen=True)
class Value:
    """One kind of value: `read` takes the parameter's name and its text, and refuses what makes no sense."""

    read: Callable[[str, str], Any]
    write: Callable[[Any], str] = str


def words() -> Value:
    return Value(lambda name, text: " ".join(text[:LONGEST_SEARCH].replace("\0", " ").split()))


def choice(options: Collection[str]) -> Value:
    def read(name: str, text: str) -> str:
        if text not in options:
            raise _malformed(name, text, f"{', '.join(options)} are allowed: choose one of them")
        return text

    return Value(read)


def number(least: float, most: float) -> Value:
    def read(name: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise _malformed(name, text, f"numbers from {least:g} to {most:g} are allowed: give one of them")
        return value

    return Value(read, lambda value: f"{value:g}")


def day() -> Value:
    def read(name: str, text: str) -> date:
        try:
            value = date.fromisoformat(text)
        except ValueError:
            value = date.min
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise _malformed(name, text, "a day is allowed, written like 2026-03-31: write it so")
        return value

    return Value(read, date.isoformat)


def outline(least: float, most: float) -> Value:
    """Corners of an area in a plane, written 6.1_3.4-7_3.2-7_5: signs that an address carries as they are."""

    def read(name: str, text: str) -> tuple[Point, ...]:
        try:
            points = tuple(_point(pair) for pair in text.split("-"))
        except ValueError:
            points = ()
        inside = all(least <= value <= most for point in points for value in point)
        if not LEAST_POINTS <= len(points) <= MOST_POINTS or not inside:
            raise _malformed(
                name,
                text,
                f"{LEAST_POINTS} to {MOST_POINTS} corners with values from {least:g} to {most:g} are allowed, "
                "written like 2_3-4_3-4_5: draw the area again",
            )
        return points

    return Value(read, lambda points: "-".join(f"{x:.4g}_{y:.4g}" for x, y in points))


def _point(pair: str) -> Point:
    x, y = pair.split("_")
    return float(x), float(y)


def _malformed(name: str, text: str, allowed: str) -> ProductError:
    return ProductError("filter_malformed", f"{name} is “{text[:40]}”, and {allowed}, or leave it out.")
