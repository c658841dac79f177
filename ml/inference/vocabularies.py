"""The answer in older mood vocabularies, each with its measured accuracy."""

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
"""For each vocabulary with a test set, the collection and the metric in the card that give its accuracy."""

UNLABELLED = "Not measured: there are no recordings with these labels. They are derived from the other scores."


def other_vocabularies(
    scores: Mapping[str, Any], card: Mapping[str, Any], network: str = "both"
) -> list[dict[str, Any]]:
    """Each vocabulary of `ml.moods.VOCABULARIES` as {"key", "title", "labels", "chosen", "measured"}.

    `scores` are those of a song or a segment by `network`, `card` the values of its model's card. `labels` are {"name",
    "share"} with shares 0..1, sum 1; `chosen` is the name of the strongest; `measured` is one sentence.
    """
    views = []
    for key in VOCABULARIES:
        shares = vocabulary_view(key, scores)
        views.append(
            {
                "key": key,
                "title": TITLES[key],
                "labels": [{"name": name, "share": round(share, 4)} for name, share in shares.items()],
                "chosen": max(shares.items(), key=lambda pair: pair[1])[0],
                "measured": _measured(key, card, network),
            }
        )
    return views


def _measured(key: str, card: Mapping[str, Any], network: str) -> str:
    if key not in MEASURED:
        return UNLABELLED
    collection, name = MEASURED[key]
    accuracy = _at(card, "metrics", network, collection, name)
    songs = _at(card, "training", "clips", collection)
    if not accuracy or not songs:
        return "Not measured for this model."
    text = (
        f"Measured on {songs} recordings by artists that are not in the training data: "
        f"the strongest word is correct for {_percent(accuracy['value'])} % "
        f"({_percent(accuracy['low'])} to {_percent(accuracy['high'])} %)"
    )
    baseline = _at(card, "baselines", "most_frequent", collection, name)
    if not baseline:
        return f"{text}."
    return f"{text}; always predicting the most frequent one is correct for {_percent(baseline['value'])} %."


def _at(card: Mapping[str, Any], *path: str) -> Any:
    """The value at a path in a card, or None: older cards have fewer metrics."""
    value: Any = card
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _percent(share: float) -> int:
    return round(100 * share)
