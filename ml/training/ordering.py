"""Whether another order of the nine emotions would find more of the listeners' pairs: what was tried, as a table.

    python -m ml.training.ordering          # half a minute; prints the table of docs/lab-book.md

A composite names the two emotions with the largest shares. Networks shrink shares towards their mean, so that rare
emotions seldom come first. Each row changes the shares before they are ordered, with numbers fitted on the other folds,
and is compared with the shares as they are, song by song. `ml.models.combination` leaves the shares as they are: no
change gains in one figure what it does not lose in another.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from ml.moods import EMOTIONS, MOODS, named_most, sides
from ml.training.data.packing import Pack
from ml.training.evaluation.card_report import HEAD
from ml.training.evaluation.composite_agreement import composite_figures
from ml.training.evaluation.metrics import Figures, share_figures
from ml.training.evaluation.out_of_fold import Heard
from ml.training.evaluation.significance import differences
from ml.training.product.fusion import targets_of

Fit = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]
"""From heard and true shares (songs, 9) of the other folds to a change of shares (songs, 9)."""
USUAL = np.array([MOODS[emotion].prevalence for emotion in EMOTIONS])
SMALLEST = 0.005
FIGURES = ("pair_exact", "pair_at_least_one", "mean_r", "mse")


def stretched(by: float) -> Fit:
    """Away from how common each emotion is, `by` times."""
    return lambda heard, true: lambda shares: np.clip(USUAL + by * (shares - USUAL), 0, 1)


def relative(power: float) -> Fit:
    """Divided by a power of how common each emotion is among the other folds' listeners."""

    def fit(heard: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        usual = true.mean(axis=0) ** power
        return lambda shares: shares / usual * usual.mean()

    return fit


def straight(heard: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A straight line for each emotion, by least squares."""
    middle, off = heard.mean(axis=0), heard - heard.mean(axis=0)
    slopes = np.sum(off * (true - true.mean(axis=0)), axis=0) / np.sum(off**2, axis=0)
    return lambda shares: true.mean(axis=0) + slopes * (shares - middle)


def spread_as(power: float) -> Fit:
    """Each emotion moved to its true mean, and stretched by a power of true over heard deviation."""

    def fit(heard: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        by = (true.std(axis=0) / heard.std(axis=0)) ** power
        return lambda shares: true.mean(axis=0) + by * (shares - heard.mean(axis=0))

    return fit


def quantiles(heard: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Each emotion's shares brought to the distribution of the true ones."""
    known, wanted = np.sort(heard, axis=0), np.sort(true, axis=0)
    return lambda shares: np.stack(
        [np.interp(shares[:, i], known[:, i], wanted[:, i]) for i in range(shares.shape[1])], axis=1
    )


def chance_of_being_named(heard: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The chance that an emotion is among the listeners' two: a logistic curve for each, drawn to a common one."""
    rows = [named_most(dict(zip(EMOTIONS, row, strict=True))) for row in true]
    named = np.array([[emotion in row for emotion in EMOTIONS] for row in rows])
    count = len(EMOTIONS)

    def curves(numbers: np.ndarray, shares: np.ndarray) -> np.ndarray:
        return numbers[:count] + numbers[count : 2 * count] * _logit(shares)

    def loss(numbers: np.ndarray) -> float:
        scores = curves(numbers, heard)
        apart = np.concatenate((numbers[:count] - numbers[-1], numbers[count : 2 * count] - numbers[-2]))
        return float(np.logaddexp(0, -np.where(named, scores, -scores)).sum() + np.sum(apart**2))

    start = np.concatenate((np.zeros(count), np.ones(count + 1), np.zeros(1)))
    best = minimize(loss, start, method="L-BFGS-B").x
    return lambda shares: 1 / (1 + np.exp(-curves(best, shares)))


TRIED: dict[str, Fit] = {
    "a straight line for each emotion": straight,
    "quantiles of each emotion": quantiles,
    "means, and half the deviation made up": spread_as(0.5),
    "means, and all of the deviation made up": spread_as(1.0),
    "stretched by 1.5 from how common each is": stretched(1.5),
    "stretched by 2 from how common each is": stretched(2.0),
    "relative to how common each is, power 1/4": relative(0.25),
    "relative to how common each is, power 1/2": relative(0.5),
    "ordered by the chance of being named": chance_of_being_named,
}


def cross_fitted(fit: Fit, heard: np.ndarray, true: np.ndarray, rows: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """`heard` (clips, 9) changed as the other folds' clips say; `true` is that of the clips `rows`."""
    out = np.zeros_like(heard)
    for fold in np.unique(folds):
        there = folds[rows] != fold
        out[folds == fold] = fit(heard[rows][there], true[there])(heard[folds == fold])
    return out


def tried(heard: Heard) -> str:
    """The table: each change's figures, and the interval of what it gains over the shares as they are, by artist."""
    rows, folds = heard.rows("emotify"), heard.folds(np.arange(len(heard.clips)))
    shares = heard.vectors["both"][:, HEAD["emotions"]].astype(np.float64)
    true = targets_of(heard.clips)[rows][:, HEAD["emotions"]]
    changed = {"as they are": shares}
    changed |= {name: cross_fitted(fit, shares, true, rows, folds) for name, fit in TRIED.items()}
    artists = heard.artists(rows)
    lines = [
        "| shares | both right | gained | one right | gained | composite is the listeners' | r | mse | names |",
        f"|{' --- |' * 9}",
    ]
    for name, found in changed.items():
        measured = {"it": _measure(found[rows], true), "as": _measure(shares[rows], true)}
        apart = {one["figure"]: one for one in differences(measured, [("it", "as")], {f: f for f in FIGURES}, artists)}
        figures = measured["it"](np.arange(len(rows)))
        pairs = [sides(dict(zip(EMOTIONS, map(float, row), strict=True))) for row in found]
        listeners = [dict(zip(EMOTIONS, map(float, row), strict=True)) for row in true]
        exact = composite_figures([pairs[i] for i in rows], listeners)["pair_exact"]["value"]
        cells = [
            name,
            f"{figures['pair_exact']:.3f}", _gained(apart["pair_exact"]),
            f"{figures['pair_at_least_one']:.3f}", _gained(apart["pair_at_least_one"]),
            f"{exact:.3f}", f"{figures['mean_r']:.3f}", f"{figures['mse']:.4f}", str(len(set(pairs))),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _measure(found: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], Figures]:
    return lambda at: share_figures(found[at], true[at], EMOTIONS)


def _gained(one: dict[str, float]) -> str:
    return f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"


def _logit(shares: np.ndarray) -> np.ndarray:
    held = np.clip(shares, SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(held / (1 - held)))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"))
    parser.add_argument("--runs", type=Path, default=Path("var/training/mood-3"))
    args = parser.parse_args(arguments)
    print(tried(Heard.read(Pack.load(args.pack), args.runs)))


if __name__ == "__main__":
    main()
