"""The results for sung emotion as Markdown tables."""

from __future__ import annotations

from typing import Any

from ml.training.reports.markdown import interval
from ml.training.sung.phrases import EMOTIONS
from ml.training.sung.results import ALL, BOTH

TITLES = {
    "mfcc_mean_cnn": "CNN on mean MFCC",
    "mfcc_lstm": "LSTM on MFCC",
    "svm": "SVM on statistics of the columns",
    "cnn1d": "1D CNN",
    "cnn2d": "2D CNN",
    BOTH: "**both, averaged**",
    ALL: "both and the SVM, averaged",
}
SPLIT_TITLES = {"actors": "by actor, four at a time", "random": "random phrases (a leak)"}


def scores(results: dict[str, Any]) -> str:
    """A row for each model and split."""
    lines = [
        "| split | model | accuracy | macro-F1 | one seed | seeds | weights | core minutes a fold |",
        "|" + " --- |" * 8,
    ]
    for split, models in results["splits"].items():
        for name, one in models.items():
            cost = "| | | |"
            if "seeds" in one:
                weights = f"{one['parameters']:,}" if one["parameters"] else "-"
                minutes = f"{one['core_seconds_a_fold'] / 60:.1f}"
                cost = f"{one['one_seed']:.3f} | {one['seeds']} | {weights} | {minutes} |"
            metrics = f"{interval(one['accuracy'])} | {interval(one['macro_f1'])}"
            lines.append(f"| {SPLIT_TITLES[split]} | {TITLES[name]} | {metrics} | {cost}")
    return "\n".join(lines)


def emotions(results: dict[str, Any]) -> str:
    """The confusion matrix of the most accurate model on unseen actors; rows are labels."""
    models = results["splits"].get("actors", {})
    if not models:
        return "No results yet."
    best = max(models, key=lambda name: models[name]["accuracy"]["value"])
    lines = [
        f"Model: {TITLES[best]}.",
        "",
        f"| label ↓, prediction → | {' | '.join(EMOTIONS)} | recall |",
        "|" + " --- |" * (len(EMOTIONS) + 2),
    ]
    for name, row in zip(EMOTIONS, models[best]["confusion"], strict=True):
        lines.append(f"| {name} | {' | '.join(map(str, row))} | {interval(models[best]['recall'][name])} |")
    return "\n".join(lines)


def folds(results: dict[str, Any]) -> str:
    """Accuracy for each group of actors."""
    models = results["splits"].get("actors", {})
    lines = ["| model | actors 1-4 | 5-8 | 9-12 | 13-16 | 17-20 |", "|" + " --- |" * 6]
    lines += [f"| {TITLES[name]} | {' | '.join(f'{v:.3f}' for v in one['folds'])} |" for name, one in models.items()]
    return "\n".join(lines)


def tables(results: dict[str, Any]) -> dict[str, str]:
    """The generated sections of docs/sung-emotion.md, by mark."""
    return {"scores": scores(results), "emotions": emotions(results), "folds": folds(results)}
