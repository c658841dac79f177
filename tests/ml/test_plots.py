"""Plots of training and predictions."""

from __future__ import annotations

import io
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.features.names import NAMES
from ml.spec import SPEC
from ml.training.reports.cliffs_delta import cliffs_delta
from ml.training.reports.mood_summary import summary_by_mood
from ml.training.reports.plots import (
    plot_confusion_matrix,
    plot_coverage,
    plot_features,
    plot_learning_curves,
    plot_losses,
    plot_reliability,
    plot_spectrograms,
)
from ml.training.reports.plots.feature_distributions import most_separating
from ml.training.reports.plots.style import PALETTE

LOG = """epoch,accuracy,learning_rate,loss,val_accuracy,val_loss
0,.3,1e-3,1.4,.2,1.5
1,.5,1e-3,1.1,.4,1.2
2,.9,5e-4,.5,.4,1.3
"""
BINS = [{"low": 0.5, "high": 0.6, "count": 4, "chance": 0.55, "right": 0.5}]
POINTS = [{"coverage": n / 4, "confidence": 1 - n / 5, "accuracy": 1 - n / 10} for n in range(1, 5)]
RANDOM = np.random.default_rng(0)


def colours(path: Path) -> int:
    """Opens it as a picture of a sensible size, and counts its colours."""
    plot = Image.open(io.BytesIO(path.read_bytes()))
    assert plot.format == "PNG"
    assert min(plot.size) >= 300
    return len(plot.convert("RGB").getcolors(plot.width * plot.height) or [])


def medians(songs: int, shift: float = 0.0) -> np.ndarray:
    return np.abs(RANDOM.normal(10 + shift, 1, (songs, len(NAMES)))).astype(np.float32)


def test_learning_curves_work_without_validation_and_with_one_epoch(tmp_path: Path) -> None:
    log = tmp_path / "epochs.csv"
    for text in (LOG, "epoch,loss\n0,1.5\n"):
        log.write_text(text)
        assert colours(plot_learning_curves(log, tmp_path / "history.png")) > 10


def test_learning_curves_mark_the_best_epoch_only_if_given(tmp_path: Path) -> None:
    """Weights may be averaged over the last steps: then the epoch of the lowest loss means nothing."""
    log = tmp_path / "epochs.csv"
    log.write_text(LOG)
    unmarked = plot_learning_curves(log, tmp_path / "unmarked.png").read_bytes()
    assert plot_learning_curves(log, tmp_path / "marked.png", best_epoch=2).read_bytes() != unmarked
    with pytest.raises(ValueError, match="number 4 cannot be"):
        plot_learning_curves(log, tmp_path / "wrong.png", best_epoch=4)


def test_loss_curves_of_several_runs(tmp_path: Path) -> None:
    """Logs of resumed runs: with a repeated epoch and missing validation values."""
    texts = (
        "epoch,loss,teacher,val_loss\n0,9,2,NA\n1,5,1,NA\n1,4,1,NA\n2,3,.5,NA\n",
        "epoch,loss,teacher,val_loss\n0,8,NA,NA\n1,4,1,2\n2,3,.5,1\n",
        "epoch,loss\n0,7\n",
    )
    logs = [tmp_path / f"{number}.csv" for number in range(4)]  # the last was never written
    for log, text in zip(logs, texts, strict=False):
        log.write_text(text)
    parts = {"loss": "All", "teacher": "Teachers", "words": "Words"}
    assert colours(plot_losses({"folds": logs, "final": logs[:1]}, parts, tmp_path / "losses.png")) > 10
    with pytest.raises(ValueError, match="no epoch to plot of words"):
        plot_losses({"folds": logs}, {"words": "Words"}, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_learning_curves_need_an_epoch(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no epoch"):
        plot_learning_curves(tmp_path / "none.csv", tmp_path / "history.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("count", [2, 4, 12])
def test_confusion_matrices_of_any_size(tmp_path: Path, count: int) -> None:
    counts = RANDOM.integers(0, 20, (count, count))
    counts[0] = 0  # nobody said so
    names = [f"a long name {number}" for number in range(count)]
    assert colours(plot_confusion_matrix(counts, names, tmp_path / "new" / "confusion.png", "A title")) > 10


def test_a_matrix_that_does_not_fit_its_names_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 names"):
        plot_confusion_matrix(np.zeros((2, 2)), ["a", "b", "c"], tmp_path / "confusion.png")


def test_reliability_and_coverage_plots(tmp_path: Path) -> None:
    assert colours(plot_reliability(BINS, tmp_path / "reliability.png")) > 10
    for threshold in (None, 0.3, 0.99):  # without one, with one, with one that nobody reaches
        assert colours(plot_coverage(POINTS, tmp_path / "coverage.png", threshold)) > 10


def test_plots_without_data_are_rejected(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no filled bin"):
        plot_reliability([BINS[0] | {"count": 0}], tmp_path / "reliability.png")
    with pytest.raises(ValueError, match="no point"):
        plot_coverage([], tmp_path / "coverage.png")


@pytest.mark.parametrize("moods", [1, 2, 7])
def test_spectrograms_are_arranged_by_mood(tmp_path: Path, moods: int) -> None:
    mel = RANDOM.integers(0, 255, (SPEC.segment_steps, SPEC.n_mels)).astype(np.uint8)
    by_mood = {f"mood {number}": [mel] * (1 + number % 3) for number in range(moods)}
    assert colours(plot_spectrograms(by_mood, SPEC, tmp_path / "spectrograms.png")) > 100


@pytest.mark.parametrize("moods", [2, 3, 9])
def test_features_are_plotted_by_mood(tmp_path: Path, moods: int) -> None:
    by_mood = {f"mood {number}": medians(5, number) for number in range(moods)}
    assert colours(plot_features(by_mood, tmp_path / "features.png")) > 10


def test_feature_plots_need_two_moods(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Two moods"):
        plot_features({"calm": medians(4), "sad": medians(0)}, tmp_path / "features.png")


def test_plots_are_reproducible(tmp_path: Path) -> None:
    paths = [plot_confusion_matrix(np.eye(3), ["a", "b", "c"], tmp_path / f"{number}.png") for number in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_cliffs_delta_of_known_cases() -> None:
    low, high = np.array([[1.0], [2.0]]), np.array([[3.0], [4.0], [5.0]])
    assert cliffs_delta(low, high) == -1
    assert cliffs_delta(high, low) == 1
    assert cliffs_delta(low, low) == 0
    assert cliffs_delta(np.array([[1.0], [4.0]]), np.array([[2.0], [3.0]])) == 0
    assert cliffs_delta(np.array([[2.0]]), np.array([[1.0], [2.0], [2.0], [3.0]])) == 0  # ties count half
    assert cliffs_delta(np.array([[3.0]]), np.array([[1.0], [2.0], [3.0]]))[0] == pytest.approx(2 / 3)


def test_cliffs_delta_depends_on_order_only() -> None:
    one, other = medians(9), medians(7, 0.5)
    np.testing.assert_allclose(cliffs_delta(one, other), cliffs_delta(np.log(one), np.log(other)))


def test_the_best_feature_of_every_pair_of_moods_is_plotted() -> None:
    scores = {("a", "b"): np.array([0.9, 0.8, 0.1, 0.0]), ("a", "c"): np.array([0.2, 0.1, 0.3, 0.0])}
    assert set(most_separating(scores, 2)) == {0, 2}


def test_the_summary_counts_a_song_with_two_moods_twice() -> None:
    table = np.zeros((3, len(NAMES)), np.float32)
    table[:, NAMES.index("tempo_bpm")] = [60, 120, 180]
    table[:, NAMES.index("mode")] = [1, 0, 0]
    markdown, text = summary_by_mood([("calm",), ("calm", "sad"), ("sad",)], table, np.array([60.0, 30.0, 30.0]))
    assert "| calm | 2 | 1.5 | 50% | 90 |" in markdown
    assert "| sad | 2 | 1.0 | 0% | 150 |" in markdown
    header, calm, _ = text.splitlines()
    assert len(header.split(",")) == len(calm.split(",")) == 3 + len(NAMES)


def test_neighbouring_colours_differ_in_greyscale() -> None:
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    levels = [grey(colour) for colour in PALETTE]
    assert all(abs(one - other) > 0.05 for one, other in pairwise(levels))


def test_plots_need_no_screen() -> None:
    """Nor pyplot, whose figures would pile up in a process that draws many."""
    script = "import sys, ml.training.reports.plots; print('matplotlib.pyplot' in sys.modules, 'keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
