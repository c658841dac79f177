"""From held-out scores to a card's values, and from these to the tables of the model card."""

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
from ml.training.evaluation import card_report as quality
from ml.training.evaluation import metrics, significance
from ml.training.evaluation.genre_breakdown import classes_by_genre, members
from ml.training.evaluation.genre_examples import labels_in_short
from ml.training.evaluation.held_out import HeldOut
from ml.training.evaluation.out_of_fold import Heard
from ml.training.figures import tables
from tests.ml.small_pack import small_pack
from tests.ml.test_evaluation_combination import vectors

CLIPS = 60
WORDS = {0: ("calm/peaceful", "sad", "lonely"), 1: ("joyous", "angry", "strong")}
PLAIN_WORDS = small_pack(CLIPS)
PACK = replace(
    PLAIN_WORDS, clips=[replace(clip, words=WORDS[number % 2]) for number, clip in enumerate(PLAIN_WORDS.clips)]
)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Two networks' held-out scores, two segments a clip."""
    folds = np.array([clip.fold for clip in PACK.clips])
    for seed, network in enumerate(("cnn1d", "cnn2d")):
        scores = vectors(CLIPS, seed).astype(np.float32)
        for fold in range(5):
            clips = np.repeat(np.flatnonzero(folds == fold), 2)
            place = tmp_path / f"{network}-{fold}" / "heldout.npz"
            place.parent.mkdir()
            HeldOut(clips, scores[clips]).save(place)
    HeldOut(np.arange(CLIPS), vectors(CLIPS, 9).astype(np.float32)).save(tmp_path / "svm.npz")
    return tmp_path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few draws: what is tested does not depend on them."""
    monkeypatch.setattr(metrics, "DRAWS", 10)
    monkeypatch.setattr(significance, "DRAWS", 10)


@pytest.fixture
def found(runs: Path, quick: None) -> dict[str, Any]:
    return json.loads(json.dumps(quality.report(Heard.read(PACK, runs, runs / "svm.npz"))))


def test_the_plain_combination_is_the_mean_of_both_networks(runs: Path) -> None:
    heard = Heard.read(PACK, runs, combination=Combination.plain())
    assert np.allclose(heard.vectors["both"], (heard.vectors["cnn1d"] + heard.vectors["cnn2d"]) / 2, atol=1e-6)
    assert set(heard.vectors) == set(VIEWS)


def test_scores_of_another_pack_are_refused(runs: Path) -> None:
    with pytest.raises(ValueError, match="2 of 62 clips have no held-out scores"):
        Heard.read(small_pack(CLIPS + 2), runs)


def test_the_confusion_of_each_view_counts_every_clip_once(found: dict[str, Any]) -> None:
    for view in VIEWS:
        assert np.sum(found["confusion"][view]["4qaed"]["counts"]) == CLIPS // 3
        assert sum(one["count"] for one in found["reliability"][view]["first_side"]) == CLIPS // 3


def test_every_gain_names_who_is_compared_on_how_many_artists(found: dict[str, Any]) -> None:
    pairs = {(one["a"], one["b"]) for one in found["significance"]}
    assert pairs == {
        ("both", "cnn1d"), ("both", "cnn2d"), ("both", "plain_svm"), ("cnn1d", "plain_svm"), ("cnn2d", "plain_svm"),
    }  # fmt: skip
    assert {one["artists"] for one in found["significance"]} == {CLIPS // 3}


def test_without_the_plain_method_the_rest_is_still_told(runs: Path, quick: None) -> None:
    alone = quality.report(Heard.read(PACK, runs, runs / "nothing.npz"))
    assert set(alone["baselines"]) == {"most_frequent"}
    assert {one["b"] for one in alone["significance"]} == {"cnn1d", "cnn2d"}


def test_words_that_name_no_emotion_leave_their_table_out(runs: Path, quick: None) -> None:
    silent = quality.report(Heard.read(PLAIN_WORDS, runs))
    assert silent["words"] == {}
    assert "the words of" not in tables(Card(Path(), silent))


def test_each_given_genre_has_up_to_three_examples_by_different_artists(found: dict[str, Any]) -> None:
    assert set(found["genres"]["examples"]) == set(GENRES)
    for genre, examples in found["genres"]["examples"].items():
        given = round(found["genres"]["shares"]["all"][genre] * CLIPS)
        assert len(examples) == min(3, given)
        assert len({one["file"] for one in examples}) == len(examples)
        assert genre not in found["genres"]["confused_with"].get(genre, {})


def test_calibration_is_told_beside_what_a_perfect_model_would_show(found: dict[str, Any]) -> None:
    errors = found["composite"]["both"]["calibration_error"]
    assert set(errors) == {"first", "second", "first_expected", "second_expected"}
    assert errors["first_expected"] == found["reliability"]["both"]["expected"]["first_side"]


def test_a_new_cards_tables_hold_what_an_older_cards_lack(found: dict[str, Any]) -> None:
    new = tables(Card(Path(), found))
    older = {name: found[name] for name in ("metrics", "composite", "calibration")}
    older["genres"] = {"shares": found["genres"]["shares"]}
    old = tables(Card(Path(), older))
    for head in ("people say ↓", "who less whom", "right as first side", "clearest clips", "the words of"):
        assert head in new
        assert head not in old
    assert all(line.startswith("|") for line in new.splitlines() if line and not line.startswith(("Always", "Below")))


def test_the_command_writes_the_report_and_predictions_that_any_scorer_reads(
    runs: Path, quick: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    PACK.save(tmp_path / "pack")
    arguments = ["--pack", str(tmp_path / "pack"), "--runs", str(runs), "--baseline", str(runs / "svm.npz")]
    monkeypatch.setattr(sys, "argv", ["evaluate", *arguments])
    evaluate.main()
    assert "4qaed.macro_f1: both less cnn1d is" in capsys.readouterr().out
    assert set(json.loads((runs / "report.json").read_text())["combination"]) >= {"quadrants", "affect"}
    with (runs / "predictions" / "4qaed-both.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == CLIPS // 3
    assert {"file", *LABELS} <= set(rows[0])
    assert sum(float(rows[0][name]) for name in ("Q1", "Q2", "Q3", "Q4")) == pytest.approx(1, abs=1e-3)


def test_a_run_on_own_data_is_reported_by_its_own_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reported: list[Path] = []
    monkeypatch.setitem(sys.modules, "ml.training.own.run_report", SimpleNamespace(report_run=reported.append))
    monkeypatch.setattr(sys, "argv", ["evaluate", "--run", str(tmp_path)])
    evaluate.main()
    assert reported == [tmp_path]


def test_a_run_that_is_not_there_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", "--run", str(tmp_path / "nowhere")])
    assert evaluate.main() == 1
    assert "There is no finished run in" in capsys.readouterr().err


def test_networks_that_are_not_trained_yet_are_told_in_a_sentence(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    PACK.save(runs / "pack")
    (runs / "cnn2d-4" / "heldout.npz").unlink()
    monkeypatch.setattr(sys, "argv", ["evaluate", "--pack", str(runs / "pack"), "--runs", str(runs)])
    assert evaluate.main() == 1
    assert f"There is no {runs / 'cnn2d-4' / 'heldout.npz'}" in capsys.readouterr().err


def test_the_report_is_drawn(found: dict[str, Any], runs: Path, tmp_path: Path) -> None:
    from ml.training.reports.product_plots import draw_report

    member = runs / "cnn1d-3" / "member-0"
    member.mkdir()
    for place in (runs / "cnn1d-2", member):
        (place / "epochs.csv").write_text("epoch,loss,quadrants,val_loss\n0,9,2,NA\n1,5,1,NA\n")
    drawn = draw_report(PACK, found, tmp_path / "pictures", runs)
    assert "history-cnn2d.png" not in {path.name for path in drawn}  # nothing was logged of it
    assert {
        "history-cnn1d.png",
        "confusion-4qaed-both.png",
        "coverage-cnn1d.png",
        "spectrograms.png",
        "summary.csv",
    } <= {path.name for path in drawn}
    assert all(path.stat().st_size > 0 for path in drawn)


def test_a_genre_with_few_clips_is_left_out_and_a_clip_may_be_in_two() -> None:
    found = members(["Jazz;Latin"] * 3 + ["Latin"], least=4)
    assert {name: rows.tolist() for name, rows in found.items()} == {"Latin": [0, 1, 2, 3]}


def test_a_genre_without_one_of_the_classes_can_still_be_heard_perfectly(quick: None) -> None:
    labels = np.array([0, 1, 2] * 6)
    found = classes_by_genre(np.eye(4)[labels], labels, ["Rap"] * 18)["Rap"]
    assert (found["count"], found["accuracy"]["value"], found["macro_f1"]["value"]) == (18, 1.0, 1.0)


def test_peoples_labels_are_told_in_short() -> None:
    words = ("harsh", "hostile", "menacing", "angry", "bleak")
    assert (
        labels_in_short(Clip("4qaed", "a", 0, "x", "", quadrant=1, words=words))
        == "Q2: harsh, hostile, menacing, angry"
    )
    shares = tuple(0.63 if emotion == "calmness" else 0.31 if emotion == "sadness" else 0.1 for emotion in EMOTIONS)
    assert labels_in_short(Clip("emotify", "b", 0, "x", "", emotions=shares)).startswith("Calm 63 %, Sad 31 %")
