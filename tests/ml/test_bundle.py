"""A bundle reproduces its golden example, and an error message says what is wrong with a damaged one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.errors import MoodError
from ml.models.bundle import Bundle
from ml.models.card import VIEWS, Card
from ml.models.score_vector import HEAD, LABELS, SCHEMES, agreement, as_scores
from ml.moods import NameRules
from ml.moods.older_rules import OlderRules
from ml.spec import SPEC
from ml.training.product.recipes import RECIPES, Recipe

BUNDLE = Path(__file__).resolve().parents[2] / "ml" / "bundles" / "mood-5"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(BUNDLE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUNDLE, tmp_path / "mood-5"))


def rewrite(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    place = directory / "card.json"
    values = json.loads(place.read_text())
    change(values)
    place.write_text(json.dumps(values))


def open_error(directory: Path) -> MoodError:
    with pytest.raises(MoodError) as caught:
        _listen(directory)
    return caught.value


def _listen(directory: Path) -> None:
    bundle = Bundle.open(directory)
    bundle.predict_cnn1d(np.ones((1, sum(bundle.frame_views), 57), np.float32))
    bundle.predict_cnn2d(np.ones((1, SPEC.segment_steps, SPEC.n_mels), np.uint8))


def test_the_networks_reproduce_the_golden_example(bundle: Bundle) -> None:
    golden = np.load(BUNDLE / "golden.npz")
    np.testing.assert_allclose(bundle.predict_cnn1d(golden["frames"]), golden["cnn1d"], atol=1e-3)
    np.testing.assert_allclose(bundle.predict_cnn2d(golden["mel"]), golden["cnn2d"], atol=1e-3)


def test_scores_do_not_depend_on_the_batch_size(bundle: Bundle) -> None:
    golden = np.load(BUNDLE / "golden.npz")
    one_by_one = np.concatenate([bundle.predict_cnn2d(mel[None]) for mel in golden["mel"]])
    np.testing.assert_allclose(one_by_one, bundle.predict_cnn2d(golden["mel"]), atol=1e-5)


def test_the_card_has_the_model_and_its_metrics(bundle: Bundle) -> None:
    card = bundle.card
    assert card.version == "mood-5"
    assert card.spec == SPEC
    assert card.values["limitations"]
    assert "non-commercial" in card.values["training"]["licence"]
    figure = card.values["metrics"]["both"]["4qaed"]["macro_f1"]
    assert figure["value"] >= 0.68
    assert figure["low"] < figure["value"] < figure["high"]


def test_the_bundle_is_small() -> None:
    assert sum(file.stat().st_size for file in BUNDLE.iterdir()) < 20e6


def test_a_missing_bundle_is_reported(tmp_path: Path) -> None:
    assert open_error(tmp_path / "mood-9").code == "model_missing"


def test_an_unreadable_card_is_corrupt(copy: Path) -> None:
    (copy / "card.json").write_text("{")
    assert open_error(copy).code == "model_corrupt"


@pytest.mark.parametrize("part", ["labels", "networks", "version"])
def test_a_card_without_a_required_part_is_corrupt_and_names_the_part(copy: Path, part: str) -> None:
    rewrite(copy, lambda values: values.pop(part))
    if part == "version":
        with pytest.raises(MoodError, match="version"):
            _ = Card.read(copy).version
        return
    error = open_error(copy)
    assert (error.code, part in error.message) == ("model_corrupt", True)


def test_a_card_of_another_format_is_incompatible(copy: Path) -> None:
    rewrite(copy, lambda values: values.update(format=3))
    assert open_error(copy).code == "model_incompatible"


def test_labels_in_another_order_are_incompatible(copy: Path) -> None:
    rewrite(copy, lambda values: values["labels"].reverse())
    assert open_error(copy).code == "model_incompatible"


def test_weights_that_do_not_match_the_checksum_are_rejected(copy: Path) -> None:
    weights = copy / "cnn1d.tflite"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    assert open_error(copy).code == "model_corrupt"


def test_missing_weights_are_reported_when_the_bundle_is_opened(copy: Path) -> None:
    (copy / "cnn2d.tflite").unlink()
    with pytest.raises(MoodError, match="cnn2d"):
        Card.read(copy)


def test_a_score_vector_becomes_named_scores_in_range() -> None:
    vector = np.linspace(0, 1, len(LABELS))
    vector[HEAD["affect"].part] = (-9.0, 0.5)
    scores = as_scores(vector)
    assert list(scores) == ["moods", "emotions", "quadrants", "clusters", "valence", "arousal"]
    assert [len(scores[name]) for name in SCHEMES] == [16, 9, 4, 5]
    assert (scores["valence"], scores["arousal"]) == (1.0, 6.0)


def test_agreement_is_1_for_equal_scores_and_low_for_opposite_ones() -> None:
    high, low = np.zeros(36), np.zeros(36)
    high[[4, 12, 13, 20]], low[[5, 10, 17, 28]] = 1.0, 1.0
    assert agreement(as_scores(high), as_scores(high)) == 1.0
    assert agreement(as_scores(high), as_scores(low)) == 0.0


def test_agreement_reads_only_the_schemes_that_both_networks_have() -> None:
    scores = as_scores(np.full(len(LABELS), 0.4))
    older = {name: value for name, value in scores.items() if name != "moods"}
    opposite = scores | {"moods": dict.fromkeys(scores["moods"], 0.0)}
    assert agreement(older, opposite) == 1.0
    assert agreement(scores, opposite) < 1.0


@pytest.mark.parametrize("views", ["half", [], [8, -28], [8, "28"]])
def test_unusable_views_of_the_1d_network_are_corrupt(copy: Path, views: object) -> None:
    rewrite(copy, lambda values: values["networks"]["cnn1d"].update(views=views))
    error = open_error(copy)
    assert (error.code, "views" in error.message) == ("model_corrupt", True)


OLDER = ("mood-1", "mood-2", "mood-3", "mood-4")


@pytest.mark.parametrize("version", OLDER)
def test_the_card_of_an_older_model_is_read_without_its_weights(version: str) -> None:
    card = Card.read(BUNDLE.parent / version)
    assert [file.name for file in card.directory.iterdir()] == ["card.json"]
    assert (card.version, card.names_emotions) == (version, version != "mood-4")
    assert isinstance(card.rules("cnn2d"), OlderRules if card.names_emotions else NameRules)


@pytest.mark.parametrize("version", OLDER)
def test_an_older_model_can_no_longer_run(version: str) -> None:
    with pytest.raises(MoodError, match=f"{version} is an older model that can no longer analyse songs") as caught:
        Bundle.open(BUNDLE.parent / version)
    assert caught.value.code == "model_incompatible"


def test_each_view_of_the_current_model_has_rules_of_its_own(bundle: Bundle) -> None:
    assert not bundle.card.names_emotions
    for view in VIEWS:
        rules = bundle.card.rules(view)
        assert isinstance(rules, NameRules)
        assert rules.calibration == bundle.card.calibration(view)


@pytest.mark.parametrize("part", ["naming", "near_synonyms", "genre_rules", "calibration", "reference"])
def test_a_card_without_a_rule_is_corrupt_and_names_the_part(copy: Path, part: str) -> None:
    rewrite(copy, lambda values: values.pop(part))
    with pytest.raises(MoodError, match=part) as caught:
        Card.read(copy).rules()
    assert caught.value.code == "model_corrupt"


def test_the_card_stores_the_training_recipes(bundle: Bundle) -> None:
    recipes = bundle.card.values["training"]["recipes"]
    stored = {name: [Recipe(**member["recipe"]) for member in facts["members"]] for name, facts in recipes.items()}
    assert stored == {name: list(members) for name, members in RECIPES.items()}
