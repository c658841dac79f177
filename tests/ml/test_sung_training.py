"""Networks for sung emotion are tested on unseen actors; the docs have their results."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.errors import MoodError
from ml.training.reports.markdown import replace_marked
from ml.training.sung import fold_scores
from ml.training.sung.comparison_networks import OLDER_NETWORKS, evaluate_svm, validation_split
from ml.training.sung.fold_scores import NETWORKS, TrainingRun, measure, variants_of
from ml.training.sung.measure import runs
from ml.training.sung.network_training import VariantBatches, chances_of, train_network
from ml.training.sung.phrases import EMOTIONS, FOLDS, Phrase
from ml.training.sung.result_tables import tables
from ml.training.sung.results import BOTH, collect_results
from ml.training.sung.voice import voice_of
from ml.training.sung.voice_augmentation import VoiceAugmentationRanges
from ml.training.sung.voice_columns import variants
from ml.training.sung.voice_recipe import Recipe
from ml.training.sung.voice_spec import SUNG_SPEC as SPEC
from tests import sounds
from tests.architecture.sources import ROOT
from tests.ml.sung_phrases import phrase, sung

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),  # TensorFlow's and Keras's own
]


@pytest.fixture(scope="module")
def phrases() -> list[Phrase]:
    """Of twenty actors, each sings one phrase dully and one brightly; the latter is meant to be angry."""
    return [phrase(number, emotion=4 * (number % 2), actor=1 + number // 2) for number in range(40)]


@pytest.fixture(scope="module")
def made(phrases: list[Phrase]) -> np.ndarray:
    brightness = {0: 0.3, 4: 0.8}
    tune = [0.0, 4.0, 0.0, 2.0]
    voices = [
        voice_of(sung([50 + one.actor / 2 + note for note in tune], brightness=brightness[one.emotion]), SPEC)
        for one in phrases
    ]
    return variants(voices, VoiceAugmentationRanges(), 2, SPEC)


@pytest.mark.parametrize("network", NETWORKS)
def test_networks_generalise_to_unseen_actors(network: str, phrases: list[Phrase], made: np.ndarray) -> None:
    train, test = TrainingRun("actors", network, 0).split_indices(phrases)
    recipe = Recipe(epochs=25, batch_size=8, mixup=0.0, averaging=0.5)
    model = train_network(network, made[:, train], [phrases[number] for number in train], recipe, SPEC, seed=0)
    chances = chances_of(model, made[0, test])
    assert chances.shape == (8, len(EMOTIONS))
    assert chances.sum(axis=1) == pytest.approx(1.0, abs=1e-4)
    angry = np.array([phrases[number].emotion == 4 for number in test])
    assert chances[angry, 4].min() > chances[~angry, 4].max()


def test_the_svm_generalises_to_unseen_actors(phrases: list[Phrase], made: np.ndarray) -> None:
    run = TrainingRun("actors", "svm", 0)
    chances, _ = evaluate_svm(run, with_third(phrases), made, SPEC)
    assert chances[:, [0, 2]].argmax(axis=1).tolist() == [0, 1] * 4


def with_third(phrases: list[Phrase]) -> list[Phrase]:
    """One phrase of another emotion among those that are learned from: machines of two classes answer otherwise."""
    return [*phrases[:-1], replace(phrases[-1], emotion=2)]


def test_mixup_mixes_inputs_and_targets(phrases: list[Phrase], made: np.ndarray) -> None:
    batches = VariantBatches(made[:1], phrases, Recipe(batch_size=40, smoothing=0.0), seed=1)
    columns, answers = batches[0]
    assert answers["emotion"].sum(axis=1) == pytest.approx(1.0)
    order = batches.order
    share = np.linspace(0.5, 1.0, 501)
    alone = made[0].astype(np.float32)
    mixed = next(row for row in range(40) if 0 < answers["emotion"][row, 4] < 1)
    first, second = order[mixed], order[mixed - 1]
    result = share[
        np.argmin([np.abs(columns[mixed] - s * alone[first] - (1 - s) * alone[second]).sum() for s in share])
    ]
    assert answers["emotion"][mixed, phrases[first].emotion] == pytest.approx(result, abs=0.01)


def test_finished_folds_are_not_trained_again(tmp_path: Path) -> None:
    calls = []

    def evaluate() -> tuple[np.ndarray, int]:
        calls.append(1)
        return np.full((2, 6), 1 / 6), 7

    places = {measure(TrainingRun("actors", "cnn1d", 0), evaluate, tmp_path) for _ in range(2)}
    assert len(calls) == 1
    assert json.loads(places.pop().read_text())["parameters"] == 7


def test_voices_are_extracted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phrases = [phrase(0), phrase(1, emotion=4)]
    for number in range(2):
        sounds.write(tmp_path / f"{number}.wav", sung([57.0, 60.0 + number], note_s=2.0), sample_rate=16_000)
    first = variants_of(phrases, tmp_path, tmp_path)
    monkeypatch.setattr(fold_scores, "read_voice", None)
    assert np.array_equal(variants_of(phrases, tmp_path, tmp_path), first)


def test_validation_sets_have_whole_actors(phrases: list[Phrase]) -> None:
    for split in ("actors", "random"):
        run = TrainingRun(split, OLDER_NETWORKS[0], 1)
        train, test = run.split_indices(phrases)
        learned, validation = validation_split(run, phrases, train)
        assert sorted([*learned, *validation]) == sorted(train)
        assert set(validation).isdisjoint(test)
        if split == "actors":
            actors = [{phrases[number].actor for number in side} for side in (learned, validation, test)]
            assert actors[0].isdisjoint(actors[1] | actors[2])


def test_only_the_packages_own_networks_use_several_seeds() -> None:
    planned = runs(("actors",), ("mfcc_lstm", "cnn1d"), seeds=2)
    assert [(run.network, run.seed) for run in planned[::FOLDS]] == [("mfcc_lstm", 0), ("cnn1d", 0), ("cnn1d", 1)]


def test_results_average_seeds_and_networks(tmp_path: Path, phrases: list[Phrase]) -> None:
    """One network is right and fairly sure, the other wrong and unsure: together they are right."""
    for network, certain, right in (("cnn1d", 0.7, True), ("cnn2d", 0.4, False)):
        for fold in range(FOLDS):
            run = TrainingRun("actors", network, fold)
            chances = np.full((8, len(EMOTIONS)), (1 - certain) / 5)
            for place, number in enumerate(run.split_indices(phrases)[1]):
                chances[place, phrases[number].emotion if right else 1] = certain
            measure(run, lambda chances=chances: (chances, 10), tmp_path)
    result = collect_results(phrases, tmp_path)
    assert list(result["splits"]) == ["actors"]
    actors = result["splits"]["actors"]
    assert [actors[name]["accuracy"]["value"] for name in ("cnn1d", "cnn2d", BOTH)] == [1.0, 0.0, 1.0]
    assert actors["cnn2d"]["confusion"][4][1] == 20
    assert actors[BOTH]["recall"]["angry"]["value"] == 1.0
    assert actors[BOTH]["recall"]["sad"]["value"] is None


def test_the_docs_tables_match_the_stored_results() -> None:
    result = json.loads((ROOT / "docs/sung-emotion.json").read_text())
    page = (ROOT / "docs/sung-emotion.md").read_text()
    assert replace_marked(page, tables(result)) == page


def test_a_page_without_marks_is_not_changed() -> None:
    with pytest.raises(MoodError) as caught:
        replace_marked("# Sung\n", tables({"splits": {}}))
    assert caught.value.code == "page_unmarked"
