"""The values inside a rule: checked and bounded, with a sentence for each that is not valid."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

from classifier.errors import ProductError
from classifier.fields import MAX_KEY_LENGTH
from classifier.library.filter_fields import FIRST_YEAR, LAST_YEAR

Range = tuple[float | None, float | None]

MAX_QUERY = 1000
RANGES: dict[str, tuple[float, float]] = {
    "bpm": (20, 400),
    "valence": (1, 9),
    "arousal": (1, 9),
    "year": (FIRST_YEAR, LAST_YEAR),
    "duration_s": (0, 24 * 3600),
}
"""What a rule can bound, with the values that its bounds may have."""


def invalid(message: str) -> ProductError:
    return ProductError("playlist_rule", message)


def checked_number(name: str, value: Any, least: float, most: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not least <= value <= most:
        raise invalid(f"{name} is “{str(value)[:40]}”, but must be a number from {least:g} to {most:g}.")
    return float(value)


def checked_flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid(f"{name} is “{str(value)[:40]}”, but must be true or false.")
    return value


def checked_range(name: str, value: Any) -> Range:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise invalid(f"{name} needs a lowest and a highest value.")
    low, high = (None if end is None else checked_number(name, end, *RANGES[name]) for end in value)
    if low is not None and high is not None and low > high:
        raise invalid(f"{name} is from {low:g} to {high:g}, so no song matches: swap them.")
    return low, high


def checked_uuids(name: str, value: Any, most: int) -> tuple[UUID, ...]:
    if not isinstance(value, list | tuple) or len(value) > most:
        raise invalid(f"{name} takes a list of at most {most} songs.")
    try:
        return tuple(dict.fromkeys(one if isinstance(one, UUID) else UUID(one) for one in value))
    except (ValueError, AttributeError, TypeError):
        raise invalid(f"{name} has something that is no id of a song: choose the songs again.") from None


def checked_names(name: str, value: Any, most: int) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > most or not all(isinstance(one, str) for one in value):
        raise invalid(f"{name} takes a list of at most {most} names.")
    cleaned = (" ".join(one.replace("\0", " ").split())[:MAX_KEY_LENGTH] for one in value)
    return tuple(dict.fromkeys(filter(None, cleaned)))
