"""The figures of sung emotion as Markdown, and a page that holds them."""

from __future__ import annotations

from typing import Any

from ml.training.reports.markdown import interval
from ml.training.sung.phrases import EMOTIONS
from ml.training.sung.results import ALL, BOTH

TITLES = {
    "mfcc_mean_cnn": "CNN on mean MFCC",
    "mfcc_lstm": "LSTM on MFCC",
    "svm": "vector machine on statistics of the columns",
    "cnn1d": "1D CNN",
    "cnn2d": "2D CNN",
    BOTH: "**both, averaged**",
    ALL: "both and the vector machine, averaged",
}
SPLIT_TITLES = {"actors": "actors: four are kept apart at a time", "random": "nothing: phrases at random (a leak)"}


def scores(results: dict[str, Any]) -> str:
    """A row for each hearer and split."""
    lines = [
        "| kept apart | heard by | right | macro-F1 | one seed | seeds | weights | core minutes a fold |",
        "|" + " --- |" * 8,
    ]
    for split, models in results["splits"].items():
        for name, one in models.items():
            cost = "| | | |"
            if "seeds" in one:
                weights = f"{one['parameters']:,}" if one["parameters"] else "-"
                minutes = f"{one['core_seconds_a_fold'] / 60:.1f}"
                cost = f"{one['one_seed']:.3f} | {one['seeds']} | {weights} | {minutes} |"
            figures = f"{interval(one['accuracy'])} | {interval(one['macro_f1'])}"
            lines.append(f"| {SPLIT_TITLES[split]} | {TITLES[name]} | {figures} | {cost}")
    return "\n".join(lines)


def emotions(results: dict[str, Any]) -> str:
    """Who is heard as what, of unseen actors, by whoever is right most often; a row for what was sung."""
    models = results["splits"].get("actors", {})
    if not models:
        return "Not measured yet."
    best = max(models, key=lambda name: models[name]["accuracy"]["value"])
    lines = [
        f"Heard by: {TITLES[best]}.",
        "",
        f"| sung | {' | '.join(EMOTIONS)} | recognised |",
        "|" + " --- |" * (len(EMOTIONS) + 2),
    ]
    for name, row in zip(EMOTIONS, models[best]["confusion"], strict=True):
        lines.append(f"| {name} | {' | '.join(map(str, row))} | {interval(models[best]['recall'][name])} |")
    return "\n".join(lines)


def folds(results: dict[str, Any]) -> str:
    """Each group of actors by itself: how much depends on who sings."""
    models = results["splits"].get("actors", {})
    lines = ["| heard by | actors 1-4 | 5-8 | 9-12 | 13-16 | 17-20 |", "|" + " --- |" * 6]
    lines += [f"| {TITLES[name]} | {' | '.join(f'{v:.3f}' for v in one['folds'])} |" for name, one in models.items()]
    return "\n".join(lines)


def tables(results: dict[str, Any]) -> dict[str, str]:
    """The texts of docs/sung-emotion.md, by the name of their mark."""
    return {"scores": scores(results), "emotions": emotions(results), "folds": folds(results)}
