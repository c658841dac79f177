"""Compares chances of the moods on the songs that a person judged: before and after, held out, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ml.calibration import MAX_SHARE, MIN_SHARE
from ml.moods.naming import NameRules
from ml.moods.vocabulary import MOOD_NAMES
from ml.personal.judgements import Judgements
from ml.personal.measures import calibration_error, reliability_bins

DRAWS = 1000


@dataclass(frozen=True)
class Figures:
    """Of some chances, over the judged songs."""

    log_loss: float
    """Mean over songs and terms, in nats."""
    calibration_error: float
    """Expected calibration error of all chances, 0..1."""
    first_right: float
    """Share of songs whose main mood the person states."""
    one_right: float
    """Share of songs of whose two moods the person states at least one."""
    named: float
    """Share of songs with a certain name, not “Mixed”."""


@dataclass(frozen=True)
class Gain:
    """A difference with its 95 % interval: percentile bootstrap over songs (Efron 1979), fixed seed."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Measured:
    """Chances on the judged songs, by song."""

    losses: np.ndarray
    """Log loss, float (songs,), mean over terms."""
    term_losses: np.ndarray
    """The same (16,), mean over songs."""
    first: np.ndarray
    """Whether the person states the main mood, float (songs,)."""
    one: np.ndarray
    """Whether the person states either mood, float (songs,)."""
    figures: Figures


def measured(judgements: Judgements, chances: np.ndarray, rules: NameRules) -> Measured:
    """`chances` are float (songs, 16); the names come from them by the rules of the model."""
    losses = log_losses(chances, judgements.stated)
    first, one, certain = np.zeros(len(judgements)), np.zeros(len(judgements)), 0
    for number, (song, row) in enumerate(zip(judgements.songs, chances, strict=True)):
        name = rules.compose({**song.scores, "moods": dict(zip(MOOD_NAMES, map(float, row), strict=True))})
        first[number] = name.primary in song.stated
        one[number] = name.primary in song.stated or name.secondary in song.stated
        certain += name.certain
    bins = reliability_bins(zip(chances.ravel().tolist(), judgements.stated.ravel().astype(bool).tolist(), strict=True))
    figures = Figures(
        log_loss=round(float(losses.mean()), 4),
        calibration_error=round(calibration_error(bins) or 0.0, 4),
        first_right=round(float(first.mean()), 4),
        one_right=round(float(one.mean()), 4),
        named=round(certain / len(judgements), 4),
    )
    return Measured(losses.mean(axis=1), losses.mean(axis=0), first, one, figures)


def log_losses(chances: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """The log loss of each chance, (songs, 16)."""
    clipped = np.clip(chances, MIN_SHARE, MAX_SHARE)
    result: np.ndarray = -np.where(stated > 0, np.log(clipped), np.log(1 - clipped))
    return result


def comparison(judgements: Judgements, before: Measured, after: Measured, guessed: np.ndarray) -> dict[str, Any]:
    """Plain JSON: figures before and after, what is gained, and whether that is reason enough to offer it.

    `guessed` are chances (songs, 16) that ignore the sound. Chances that are not better than these say nothing about
    the songs, even where they are better calibrated than the model's. `better` means that the log loss falls, that it
    is below that of `guessed`, and that the names do not become worse, each with its 95 % interval.
    """
    gain = {
        "log_loss": paired_gain(before.losses - after.losses),
        "over_guess": paired_gain(log_losses(guessed, judgements.stated).mean(axis=1) - after.losses),
        "first_right": paired_gain(after.first - before.first),
        "one_right": paired_gain(after.one - before.one),
    }
    reasons = _reasons(gain)
    songs = judgements.stated.sum(axis=0)
    return {
        "songs": len(judgements),
        "folds": len(np.unique(judgements.folds)),
        "by_artist": judgements.is_grouped,
        "before": asdict(before.figures),
        "after": asdict(after.figures),
        "guess": {"log_loss": round(float(log_losses(guessed, judgements.stated).mean()), 4)},
        "gain": {name: asdict(one) for name, one in gain.items()},
        "better": not reasons,
        "reasons": reasons,
        "terms": {
            term: {
                "songs": int(songs[number]),
                "before": round(float(before.term_losses[number]), 4),
                "after": round(float(after.term_losses[number]), 4),
            }
            for number, term in enumerate(MOOD_NAMES)
        },
    }


def paired_gain(differences: np.ndarray) -> Gain:
    """The mean of differences by song, with its interval."""
    random = np.random.default_rng(0)
    draws = [float(differences[random.integers(0, len(differences), len(differences))].mean()) for _ in range(DRAWS)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return Gain(round(float(differences.mean()), 4), round(float(low), 4), round(float(high), 4))


def _reasons(gain: Mapping[str, Gain]) -> list[str]:
    """Why it is not offered: codes, which pages put into words."""
    reasons = []
    if gain["log_loss"].low <= 0:
        reasons.append("no_gain")
    if gain["over_guess"].low <= 0:
        reasons.append("no_better_than_guess")
    if gain["first_right"].high < 0 or gain["one_right"].high < 0:
        reasons.append("worse_names")
    return reasons
