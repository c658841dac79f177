"""The figures of sung emotion as Markdown, and a page that holds them."""

from __future__ import annotations

from typing import Any

from ml.errors import MoodError
from ml.training.sung.figures import ALL, BOTH
from ml.training.sung.phrases import EMOTIONS

TITLES = {
    "mfcc_mean_cnn": "CNN on mean MFCC",
    "mfcc_lstm": "LSTM on MFCC",
    "svm": "vector machine on statistics of the columns",
    "cnn1d": "1D CNN",
    "cnn2d": "2D CNN",
    BOTH: "**both, averaged**",
    ALL: "both and the vector machine, averaged",
}
KEPT_APART = {"actors": "actors: four are kept apart at a time", "random": "nothing: phrases at random (a leak)"}


def scores(found: dict[str, Any]) -> str:
    """A row for each hearer and split."""
    lines = [
        "| kept apart | heard by | right | macro-F1 | one seed | seeds | weights | core minutes a fold |",
        "|" + " --- |" * 8,
    ]
    for split, hearers in found["splits"].items():
        for name, one in hearers.items():
            cost = "| | | |"
            if "seeds" in one:
                weights = f"{one['parameters']:,}" if one["parameters"] else "-"
                minutes = f"{one['core_seconds_a_fold'] / 60:.1f}"
                cost = f"{one['one_seed']:.3f} | {one['seeds']} | {weights} | {minutes} |"
            figures = f"{_interval(one['accuracy'])} | {_interval(one['macro_f1'])}"
            lines.append(f"| {KEPT_APART[split]} | {TITLES[name]} | {figures} | {cost}")
    return "\n".join(lines)


def emotions(found: dict[str, Any]) -> str:
    """Who is heard as what, of unseen actors, by whoever is right most often; a row for what was sung."""
    hearers = found["splits"].get("actors", {})
    if not hearers:
        return "Not measured yet."
    best = max(hearers, key=lambda name: hearers[name]["accuracy"]["value"])
    lines = [
        f"Heard by: {TITLES[best]}.",
        "",
        f"| sung | {' | '.join(EMOTIONS)} | recognised |",
        "|" + " --- |" * (len(EMOTIONS) + 2),
    ]
    for name, row in zip(EMOTIONS, hearers[best]["confusion"], strict=True):
        lines.append(f"| {name} | {' | '.join(map(str, row))} | {_interval(hearers[best]['recall'][name])} |")
    return "\n".join(lines)


def folds(found: dict[str, Any]) -> str:
    """Each group of actors by itself: how much depends on who sings."""
    hearers = found["splits"].get("actors", {})
    lines = ["| heard by | actors 1-4 | 5-8 | 9-12 | 13-16 | 17-20 |", "|" + " --- |" * 6]
    lines += [f"| {TITLES[name]} | {' | '.join(f'{v:.3f}' for v in one['folds'])} |" for name, one in hearers.items()]
    return "\n".join(lines)


TABLES = {"scores": scores, "emotions": emotions, "folds": folds}


def rewritten(page: str, found: dict[str, Any]) -> str:
    """A page with these figures' tables, each between its mark, as `<!-- scores -->`, and the next `<!-- end -->`.

    Raises MoodError("page_unmarked").
    """
    for name, text in TABLES.items():
        begin, end = f"<!-- {name} -->\n", "<!-- end -->"
        before, mark, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not mark or not closed:
            sentence = f"The page has no place between {begin.strip()} and {end}; add both lines."
            raise MoodError("page_unmarked", sentence)
        page = f"{before}{begin}\n{text(found)}\n\n{end}{after}"
    return page


def _interval(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"
