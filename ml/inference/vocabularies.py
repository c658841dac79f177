"""The answer in the words of other vocabularies, each with how well it was measured to hear. Light."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.moods import VOCABULARIES, vocabulary_view

TITLES = {
    "quadrants": "Happy, angry, relaxed, sad",
    "energy": "Energetic, peaceful, emotional",
    "occasions": "Party, drive, calm, romantic, sad",
}

MEASURED = {"quadrants": ("4qaed", "accuracy"), "energy": ("4qaed", "three_class_accuracy")}
"""Where a card has how often a vocabulary's strongest word is the right one: the collection and the figure."""

UNLABELLED = "Not measured: no recordings came with these words. They follow from the other scores."


def other_vocabularies(
    scores: Mapping[str, Any], card: Mapping[str, Any], network: str = "both"
) -> list[dict[str, Any]]:
    """Each vocabulary of `ml.moods.VOCABULARIES` as {"key", "title", "labels", "chosen", "measured"}.

    `scores` are those of a song or a segment as `network` hears it, `card` the values of its model's card. `labels` are
    {"name", "share"} with shares 0..1 of sum 1, `chosen` is the name of the strongest, `measured` one sentence.
    """
    found = []
    for key in VOCABULARIES:
        shares = vocabulary_view(key, scores)
        found.append(
            {
                "key": key,
                "title": TITLES[key],
                "labels": [{"name": name, "share": round(share, 4)} for name, share in shares.items()],
                "chosen": max(shares.items(), key=lambda pair: pair[1])[0],
                "measured": _measured(key, card, network),
            }
        )
    return found


def _measured(key: str, card: Mapping[str, Any], network: str) -> str:
    if key not in MEASURED:
        return UNLABELLED
    collection, name = MEASURED[key]
    figure = _at(card, "metrics", network, collection, name)
    songs = _at(card, "training", "clips", collection)
    if not figure or not songs:
        return "Not measured for this model."
    told = (
        f"Measured on {songs} recordings by artists that the networks had not heard: "
        f"the strongest word is the right one for {_percent(figure['value'])} % "
        f"({_percent(figure['low'])} to {_percent(figure['high'])} %)"
    )
    guess = _at(card, "baselines", "most_frequent", collection, name)
    if not guess:
        return f"{told}."
    return f"{told}; always saying the most frequent one would be right for {_percent(guess['value'])} %."


def _at(card: Mapping[str, Any], *path: str) -> Any:
    """What a card has at the end of a path, or None: older cards have fewer figures."""
    found: Any = card
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _percent(share: float) -> int:
    return round(100 * share)
