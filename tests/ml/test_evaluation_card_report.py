"""From held-out scores to the card's values and the tables of the model card."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ml.calibration import Calibration, Reference
from ml.models.card import VIEWS, Card
from ml.models.combination import Combination
from ml.models.score_vector import LABELS
from ml.moods import EMOTIONS, GENRES, MOODS
from ml.moods.naming import Naming
from ml.training import evaluate
from ml.training import names as names_command
from ml.training.data.clips import Clip
from ml.training.evaluation import card_report, metrics, reliability, significance
from ml.training.evaluation.genre_breakdown import class_metrics_by_genre, clips_by_genre
from ml.training.evaluation.genre_examples import short_labels
from ml.training.evaluation.held_out import HeldOutScores
from ml.training.evaluation.limitations import name_limitations
from ml.training.evaluation.name_listing import write_names
from ml.training.evaluation.name_report import answers_of
from ml.training.evaluation.out_of_fold import OutOfFoldScores
from ml.training.reports.card_tables import card_tables
from tests.ml.small_pack import small_pack
from tests.ml.test_fusion import vectors

CLIPS = 60
PACK = small_pack(CLIPS)
MOODS_BY_ADJECTIVE = {mood.adjective: key for key, mood in MOODS.items()}


def words_of(name: str) -> list[str]:
    """The two adjectives of a name."""
    return [word for word in name.removeprefix("Mixed: ").split() if word in MOODS_BY_ADJECTIVE]


def write_runs(folder: Path) -> Path:
    """Held-out scores of two networks, two segments a clip, and those of the baseline."""
    folds = np.array([clip.fold for clip in PACK.clips])
    for seed, network in enumerate(("cnn1d", "cnn2d")):
        scores = vectors(CLIPS, seed).astype(np.float32)
        for fold in range(5):
            clips = np.repeat(np.flatnonzero(folds == fold), 2)
            place = folder / f"{network}-{fold}" / "heldout.npz"
            place.parent.mkdir()
            HeldOutScores(clips, scores[clips]).save(place)
    HeldOutScores(np.arange(CLIPS), vectors(CLIPS, 9).astype(np.float32)).save(folder / "svm.npz")
    return folder


def be_quick(patch: pytest.MonkeyPatch) -> None:
    """Few random samples: the tests do not depend on their number."""
    for module in (metrics, significance, reliability):
        patch.setattr(module, "DRAWS", 10)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return write_runs(tmp_path)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    be_quick(monkeypatch)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = write_runs(tmp_path_factory.mktemp("runs"))
    with pytest.MonkeyPatch.context() as patch:
        be_quick(patch)
        return json.loads(json.dumps(report_of(OutOfFoldScores.read(PACK, folder, folder / "svm.npz"))))


def report_of(oof: OutOfFoldScores) -> dict[str, Any]:
    return card_report.report(oof, answers_of(oof))


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
        for bins in result["names"][view]["4qaed"]["reliability"].values():
            assert sum(one["count"] for one in bins) == CLIPS // 3


def test_each_significance_row_names_its_models_and_artist_count(result: dict[str, Any]) -> None:
    pairs = {(one["a"], one["b"]) for one in result["significance"]}
    assert pairs == {
        ("both", "cnn1d"), ("both", "cnn2d"), ("both", "plain_svm"), ("cnn1d", "plain_svm"), ("cnn2d", "plain_svm"),
    }  # fmt: skip
    assert {one["artists"] for one in result["significance"]} == {CLIPS // 3}


def test_the_report_works_without_baseline_scores(runs: Path, quick: None) -> None:
    alone = report_of(OutOfFoldScores.read(PACK, runs, runs / "nothing.npz"))
    assert set(alone["baselines"]) == {"most_frequent", "chance"}
    assert {one["b"] for one in alone["significance"]} == {"cnn1d", "cnn2d"}


def test_each_view_has_the_names_of_each_collection(result: dict[str, Any]) -> None:
    for view in VIEWS:
        assert set(result["names"][view]) == {"4qaed", "mirex", "emotify", "emotify_shares", "emotify_all_terms"}
        assert result["names"][view]["4qaed"]["songs"] == CLIPS // 3
        assert "confusions" in result["names"]["both"]["4qaed"]
        assert {"contrary_first", "macro_recall"} <= set(result["names"][view]["4qaed"]["figures"])
        assert "contrary_first" not in result["names"][view]["mirex"]["figures"]


def test_names_of_emotify_are_measured_among_its_nine_terms_and_among_all(result: dict[str, Any]) -> None:
    nine = {emotion.term for emotion in EMOTIONS.values()}
    for naming in ("emotify", "emotify_shares"):
        assert set(result["names"]["both"][naming]["terms"]) == nine
        assert "mixed" not in result["names"]["both"][naming]  # it is not the name of the answer
    assert set(result["names"]["both"]["emotify_all_terms"]["terms"]) == set(MOODS)


def test_confidence_is_judged_by_listeners_only_where_they_could_say_the_term(result: dict[str, Any]) -> None:
    terms = result["names"]["both"]["emotify_all_terms"]["terms"]
    nine = {emotion.term for emotion in EMOTIONS.values()}
    could_be_said = sum(values["given"] for term, values in terms.items() if term in nine)
    bins = result["names"]["both"]["emotify_all_terms"]["reliability"]
    assert sum(one["count"] for side in bins.values() for one in side) == could_be_said < 2 * (CLIPS // 3)


def test_names_have_baselines_and_significance(result: dict[str, Any]) -> None:
    for baseline in ("plain_svm", "most_frequent"):
        assert set(result["baselines"][baseline]["names"]["4qaed"]["first"]) == {"value", "low", "high"}
    assert result["baselines"]["chance"]["names"]["mirex"]["macro_recall"] == 0.125
    assert {"4qaed.first", "mirex.one", "emotify.first"} <= {one["figure"] for one in result["significance"]}


def test_the_rules_of_the_report_are_those_that_serving_reads(result: dict[str, Any]) -> None:
    for view in VIEWS:
        naming = Naming.from_card({"near_synonyms": result["near_synonyms"], **result["naming"][view]})
        assert naming.to_card() == result["naming"][view]
        assert 0 <= Calibration.from_card(result["calibration"][view]).threshold <= 1
        assert Reference.from_card(result["reference"][view]).rank("valence", 9.5) == 1.0
    assert Combination.from_card(result).readout is not None
    assert set(result["mood_readout"]) == set(VIEWS)


def test_the_limitations_are_those_of_the_names(result: dict[str, Any]) -> None:
    assert set(name_limitations(result["names"])) < set(result["limitations"])


def test_written_names_give_the_figures_of_the_report(runs: Path, result: dict[str, Any], tmp_path: Path) -> None:
    oof = OutOfFoldScores.read(PACK, runs, runs / "svm.npz")
    written = write_names(oof, answers_of(oof), tmp_path / "names")
    assert len(written) == 5 * 4
    with (tmp_path / "names" / "mirex-cnn2d.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    clips = {clip.file: clip for clip in PACK.clips if clip.collection == "mirex"}
    right = np.mean([row["primary"] in clips[row["file"]].terms for row in rows])
    assert right == pytest.approx(result["names"]["cnn2d"]["mirex"]["figures"]["first"]["value"], abs=1e-4)


def test_the_first_clips_are_listed_with_words_and_name(
    runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    PACK.save(tmp_path / "pack")
    arguments = ["--pack", str(tmp_path / "pack"), "--runs", str(runs), "--songs", "4"]
    assert names_command.main([*arguments, "--out", str(tmp_path / "names.md")]) == 0
    text = (tmp_path / "names.md").read_text()
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## 4qaed", "## mirex", "## emotify"]
    assert text.count(".wav |") == 3 * 4
    assert names_command.main([*arguments, "--out", str(tmp_path / "names.csv")]) == 0
    with (tmp_path / "names.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    clips = {clip.file: clip for clip in PACK.clips}
    for row in rows:
        right = sum(MOODS_BY_ADJECTIVE[word] in clips[row["file"]].terms for word in words_of(row["name"]))
        assert row["right"] == ("-", "one", "both")[right]


def test_each_genre_has_up_to_three_examples_by_different_artists(result: dict[str, Any]) -> None:
    assert set(result["genres"]["examples"]) == set(GENRES)
    for genre, examples in result["genres"]["examples"].items():
        count = round(result["genres"]["shares"]["all"][genre] * CLIPS)
        assert len(examples) == min(3, count)
        assert len({one["file"] for one in examples}) == len(examples)
        assert genre not in result["genres"]["confused_with"].get(genre, {})


def test_calibration_errors_come_with_those_of_a_perfect_model(result: dict[str, Any]) -> None:
    errors = result["names"]["both"]["4qaed"]["calibration_error"]
    assert set(errors) == {"first", "second", "first_expected", "second_expected"}


def test_tables_of_a_new_card_have_more_than_those_of_an_older_card(result: dict[str, Any]) -> None:
    new = card_tables(Card(Path(), result | {"calibration": {"both": {"threshold": 0.4}}}))
    older = {"metrics": result["metrics"], "genres": {"shares": result["genres"]["shares"]}}
    old = card_tables(Card(Path(), older))
    for head in (
        "label ↓",
        "difference, interval by artist",
        "the first side contradicts the quadrant",
        "highest-scoring clips",
        "said instead, where it is missing",
        "Below a confidence of 0.40",
    ):
        assert head in new
        assert head not in old
    assert all(line.startswith("|") for line in new.splitlines() if line and not line.startswith("Below"))


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
        "reliability-first_side-both.png",
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
