"""From held-out scores to the card's values and the tables of the model card."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ml.models.card import VIEWS, Card
from ml.models.combination import Combination
from ml.models.score_vector import LABELS
from ml.moods import EMOTIONS, GENRES
from ml.training import evaluate
from ml.training.data.clips import Clip
from ml.training.evaluation import card_report, metrics, significance
from ml.training.evaluation.genre_breakdown import class_metrics_by_genre, clips_by_genre
from ml.training.evaluation.genre_examples import short_labels
from ml.training.evaluation.held_out import HeldOutScores
from ml.training.evaluation.out_of_fold import OutOfFoldScores
from ml.training.reports.card_tables import card_tables
from tests.ml.small_pack import small_pack
from tests.ml.test_fusion import vectors

CLIPS = 60
WORDS = {0: ("calm/peaceful", "sad", "lonely"), 1: ("joyous", "angry", "strong")}
PLAIN_WORDS = small_pack(CLIPS)
PACK = replace(
    PLAIN_WORDS, clips=[replace(clip, words=WORDS[number % 2]) for number, clip in enumerate(PLAIN_WORDS.clips)]
)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Held-out scores of two networks, two segments a clip."""
    folds = np.array([clip.fold for clip in PACK.clips])
    for seed, network in enumerate(("cnn1d", "cnn2d")):
        scores = vectors(CLIPS, seed).astype(np.float32)
        for fold in range(5):
            clips = np.repeat(np.flatnonzero(folds == fold), 2)
            place = tmp_path / f"{network}-{fold}" / "heldout.npz"
            place.parent.mkdir()
            HeldOutScores(clips, scores[clips]).save(place)
    HeldOutScores(np.arange(CLIPS), vectors(CLIPS, 9).astype(np.float32)).save(tmp_path / "svm.npz")
    return tmp_path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few bootstrap samples: the tests do not depend on their number."""
    monkeypatch.setattr(metrics, "DRAWS", 10)
    monkeypatch.setattr(significance, "DRAWS", 10)


@pytest.fixture
def result(runs: Path, quick: None) -> dict[str, Any]:
    return json.loads(json.dumps(card_report.report(OutOfFoldScores.read(PACK, runs, runs / "svm.npz"))))


def test_the_plain_combination_is_the_mean_of_both_networks(runs: Path) -> None:
    oof = OutOfFoldScores.read(PACK, runs, combination=Combination.plain())
    assert np.allclose(oof.vectors["both"], (oof.vectors["cnn1d"] + oof.vectors["cnn2d"]) / 2, atol=1e-6)
    assert set(oof.vectors) == set(VIEWS)


def test_scores_of_another_pack_are_rejected(runs: Path) -> None:
    with pytest.raises(ValueError, match="2 of 62 clips have no held-out scores"):
        OutOfFoldScores.read(small_pack(CLIPS + 2), runs)


def test_the_confusion_matrix_of_each_view_counts_every_clip_once(result: dict[str, Any]) -> None:
    for view in VIEWS:
        assert np.sum(result["confusion"][view]["4qaed"]["counts"]) == CLIPS // 3
        assert sum(one["count"] for one in result["reliability"][view]["first_side"]) == CLIPS // 3


def test_each_significance_row_names_its_models_and_artist_count(result: dict[str, Any]) -> None:
    pairs = {(one["a"], one["b"]) for one in result["significance"]}
    assert pairs == {
        ("both", "cnn1d"), ("both", "cnn2d"), ("both", "plain_svm"), ("cnn1d", "plain_svm"), ("cnn2d", "plain_svm"),
    }  # fmt: skip
    assert {one["artists"] for one in result["significance"]} == {CLIPS // 3}


def test_the_report_works_without_baseline_scores(runs: Path, quick: None) -> None:
    alone = card_report.report(OutOfFoldScores.read(PACK, runs, runs / "nothing.npz"))
    assert set(alone["baselines"]) == {"most_frequent"}
    assert {one["b"] for one in alone["significance"]} == {"cnn1d", "cnn2d"}


def test_tags_without_emotions_leave_out_the_tag_table(runs: Path, quick: None) -> None:
    silent = card_report.report(OutOfFoldScores.read(PLAIN_WORDS, runs))
    assert silent["words"] == {}
    assert "the tags of" not in card_tables(Card(Path(), silent))


def test_each_genre_has_up_to_three_examples_by_different_artists(result: dict[str, Any]) -> None:
    assert set(result["genres"]["examples"]) == set(GENRES)
    for genre, examples in result["genres"]["examples"].items():
        count = round(result["genres"]["shares"]["all"][genre] * CLIPS)
        assert len(examples) == min(3, count)
        assert len({one["file"] for one in examples}) == len(examples)
        assert genre not in result["genres"]["confused_with"].get(genre, {})


def test_calibration_errors_come_with_those_of_a_perfect_model(result: dict[str, Any]) -> None:
    errors = result["composite"]["both"]["calibration_error"]
    assert set(errors) == {"first", "second", "first_expected", "second_expected"}
    assert errors["first_expected"] == result["reliability"]["both"]["expected"]["first_side"]


def test_tables_of_a_new_card_have_more_than_those_of_an_older_card(result: dict[str, Any]) -> None:
    new = card_tables(Card(Path(), result))
    older = {name: result[name] for name in ("metrics", "composite", "calibration")}
    older["genres"] = {"shares": result["genres"]["shares"]}
    old = card_tables(Card(Path(), older))
    for head in (
        "label ↓",
        "difference, interval by artist",
        "right as first side",
        "highest-scoring clips",
        "the tags of",
    ):
        assert head in new
        assert head not in old
    assert all(line.startswith("|") for line in new.splitlines() if line and not line.startswith(("Always", "Below")))


def test_the_command_writes_a_report_and_predictions_as_csv(
    runs: Path, quick: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    PACK.save(tmp_path / "pack")
    arguments = ["--pack", str(tmp_path / "pack"), "--runs", str(runs), "--baseline", str(runs / "svm.npz")]
    monkeypatch.setattr(sys, "argv", ["evaluate", *arguments])
    evaluate.main()
    assert "4qaed.macro_f1: both minus cnn1d is" in capsys.readouterr().out
    assert set(json.loads((runs / "report.json").read_text())["combination"]) >= {"quadrants", "affect"}
    with (runs / "predictions" / "4qaed-both.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == CLIPS // 3
    assert {"file", *LABELS} <= set(rows[0])
    assert sum(float(rows[0][name]) for name in ("Q1", "Q2", "Q3", "Q4")) == pytest.approx(1, abs=1e-3)


def test_the_run_option_reports_on_a_run_with_own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reported: list[Path] = []
    monkeypatch.setitem(sys.modules, "ml.training.own.run_report", SimpleNamespace(report_run=reported.append))
    monkeypatch.setattr(sys, "argv", ["evaluate", "--run", str(tmp_path)])
    evaluate.main()
    assert reported == [tmp_path]


def test_a_missing_run_has_an_error_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", "--run", str(tmp_path / "nowhere")])
    assert evaluate.main() == 1
    assert "has no finished run" in capsys.readouterr().err


def test_missing_networks_have_an_error_message(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    PACK.save(runs / "pack")
    (runs / "cnn2d-4" / "heldout.npz").unlink()
    monkeypatch.setattr(sys, "argv", ["evaluate", "--pack", str(runs / "pack"), "--runs", str(runs)])
    assert evaluate.main() == 1
    assert f"{runs / 'cnn2d-4' / 'heldout.npz'} does not exist" in capsys.readouterr().err


def test_plots_of_the_report_are_written(result: dict[str, Any], runs: Path, tmp_path: Path) -> None:
    from ml.training.reports.product_plots import plot_report

    member = runs / "cnn1d-3" / "member-0"
    member.mkdir()
    for place in (runs / "cnn1d-2", member):
        (place / "epochs.csv").write_text("epoch,loss,quadrants,val_loss\n0,9,2,NA\n1,5,1,NA\n")
    files = plot_report(PACK, result, tmp_path / "pictures", runs)
    assert "history-cnn2d.png" not in {path.name for path in files}  # it has no log
    assert {
        "history-cnn1d.png",
        "confusion-4qaed-both.png",
        "coverage-cnn1d.png",
        "spectrograms.png",
        "summary.csv",
    } <= {path.name for path in files}
    assert all(path.stat().st_size > 0 for path in files)


def test_genres_with_few_clips_are_left_out_and_clips_may_have_two() -> None:
    result = clips_by_genre(["Jazz;Latin"] * 3 + ["Latin"], minimum=4)
    assert {name: rows.tolist() for name, rows in result.items()} == {"Latin": [0, 1, 2, 3]}


def test_macro_f1_of_a_genre_counts_only_its_own_classes(quick: None) -> None:
    labels = np.array([0, 1, 2] * 6)
    result = class_metrics_by_genre(np.eye(4)[labels], labels, ["Rap"] * 18)["Rap"]
    assert (result["count"], result["accuracy"]["value"], result["macro_f1"]["value"]) == (18, 1.0, 1.0)


def test_labels_are_shortened() -> None:
    words = ("harsh", "hostile", "menacing", "angry", "bleak")
    assert (
        short_labels(Clip("4qaed", "a", 0, "x", "", quadrant=1, words=words)) == "Q2: harsh, hostile, menacing, angry"
    )
    shares = tuple(0.63 if emotion == "calmness" else 0.31 if emotion == "sadness" else 0.1 for emotion in EMOTIONS)
    assert short_labels(Clip("emotify", "b", 0, "x", "", emotions=shares)).startswith("Calm 63 %, Sad 31 %")
