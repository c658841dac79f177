"""Those tables of a model card that only newer bundles have figures for, as Markdown; empty where a card lacks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

COLLECTIONS = {"4qaed": "4Q", "mirex": "MIREX-like", "emotify": "Emotify"}
HEARERS = {"both": "both", "cnn1d": "1D", "cnn2d": "2D", "plain_svm": "plain SVM", "most_frequent": "most frequent"}
WORDS = (
    ("exact", "The composite is the pair that the words give"),
    ("first_side", "Its first side is among the two moods that most words name"),
    ("one_side", "At least one side is"),
)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' --- |' * (len(heads) - 1)}"]
    return "\n".join([*lines, *[f"| {' | '.join(row)} |" for row in rows]])


def interval(figure: Mapping[str, float] | None) -> str:
    """ "0.672 [0.639, 0.704]"; "-" where there is none."""
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]" if figure else "-"


def confusions(card: Mapping[str, Any]) -> str:
    if "confusion" not in card:
        return ""
    parts = []
    for collection, matrix in card["confusion"]["both"].items():
        names = matrix["labels"]
        rows = [[name, *map(str, counts)] for name, counts in zip(names, matrix["counts"], strict=True)]
        parts.append(table([f"{COLLECTIONS[collection]}: people say ↓, both hear →", *names], rows))
    return "\n\n".join(parts)


def words(card: Mapping[str, Any]) -> str:
    if not card.get("words"):
        return ""
    found = card["words"]
    title = f"the composite, beside the words of {found['songs']} songs of 4Q"
    parts = [_beside_words(title, found)]
    if "unscaled" in found:
        parts.append(_beside_words("the same, by the words' own shares, not scaled to listeners'", found["unscaled"]))
    return "\n\n".join(parts)


def _beside_words(title: str, found: Mapping[str, Any]) -> str:
    hearers = [found, *found["baselines"].values()]
    rows = [[text, *[interval(hearer[name]) for hearer in hearers]] for name, text in WORDS]
    return table([title, "both", *[HEARERS[name] for name in found["baselines"]]], rows)


def by_genre(card: Mapping[str, Any]) -> str:
    if "by_genre" not in card:
        return ""
    found = card["by_genre"]
    quadrants = [
        [genre, str(one["count"]), interval(one["accuracy"]), f"{one['macro_f1']['value']:.3f}"]
        for genre, one in sorted(found["4qaed"].items(), key=lambda pair: -pair[1]["accuracy"]["value"])
    ]
    emotions = [
        [genre, str(one["count"]), interval(one["mean_r"])]
        for genre, one in sorted(found["emotify"].items(), key=lambda pair: -pair[1]["mean_r"]["value"])
    ]
    return "\n\n".join(
        (
            table(["genre in 4Q", "clips", "quadrants, accuracy", "macro-F1"], quadrants),
            table(["genre in Emotify", "clips", "mean correlation of nine emotions"], emotions),
        )
    )


def differences(card: Mapping[str, Any]) -> str:
    """Which gains hold: those whose interval does not reach nothing."""
    if not card.get("significance"):
        return ""
    rows = []
    for one in card["significance"]:
        collection, _, figure = one["figure"].partition(".")
        holds = "yes" if one["low"] > 0 or one["high"] < 0 else "no"
        apart = f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"
        rows.append([f"{COLLECTIONS[collection]} {figure}", f"{HEARERS[one['a']]} - {HEARERS[one['b']]}", apart, holds])
    return table(["figure", "who less whom", "difference, by artist", "holds"], rows)


def genre_examples(card: Mapping[str, Any]) -> str:
    found = card.get("genres", {})
    if "examples" not in found:
        return ""
    rows = []
    for genre, examples in found["examples"].items():
        nearest = list(found["confused_with"].get(genre, {}).items())[:2]
        clips = "; ".join(f"{one['collection']}/{one['file']} ({one['labels']})" for one in examples)
        rows.append([genre, ", ".join(f"{name} {share:.0%}" for name, share in nearest) or "-", clips or "-"])
    return table(["genre", "nearest other rule", "clearest clips, with people's labels"], rows)
