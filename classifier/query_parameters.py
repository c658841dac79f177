"""The parameters of an address's query, checked. Unknown ones are refused where a program sent them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings

from classifier import ml_gateway
from classifier.errors import ProductError

MAX_DIGITS = 9


def check_parameters(query: Mapping[str, str], *allowed: str) -> None:
    """Raise for a parameter that does not exist: a misspelled filter must not select every song."""
    for name in query:
        if name not in allowed:
            raise ProductError(
                "parameter_unknown", f"There is no parameter “{name[:40]}” at this address: {_listed(allowed)}."
            )


def parse_network(name: str | None) -> str:
    """The value of `?model=`."""
    if not name:
        return "both"
    if name not in ml_gateway.NETWORKS:
        raise ProductError(
            "model_unknown",
            f"model is “{name[:40]}”, and {', '.join(ml_gateway.NETWORKS)} are allowed: choose one of them.",
        )
    return name


def parse_wait_s(value: str | None) -> int:
    """The value of `?wait=`, in seconds."""
    if not value:
        return 0
    if not value.isascii() or not value.isdigit() or int(value[:9]) > settings.MAX_WAIT_S:
        raise ProductError(
            "wait_unknown",
            f"wait is “{value[:40]}”, and whole seconds from 0 to {settings.MAX_WAIT_S} are allowed: give one of them.",
        )
    return int(value)


def parse_count(name: str, value: str | None, default: int) -> int:
    """The value of a parameter that is a number of songs."""
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > MAX_DIGITS:
        raise ProductError(
            "count_unknown", f"{name} is “{value[:40]}”, and whole numbers from 0 on are allowed: give one of them."
        )
    return int(value)


def parse_bin(value: str | None) -> bool:
    """The value of `?bin=`: whether to move a song to the bin instead of deleting it."""
    if not value or value == "no":
        return False
    if value != "yes":
        raise ProductError("bin_unknown", f"bin is “{value[:40]}”, and yes and no are allowed: choose one of them.")
    return True


def _listed(names: Iterable[str]) -> str:
    text = ", ".join(names)
    return f"the allowed ones are {text}" if text else "leave it out"
