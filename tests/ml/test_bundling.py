"""Bundles are made from finished runs, agree with them, and are never overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.errors import MoodError
from ml.models.bundle import Bundle
from ml.models.runtime import KerasRuntime
from ml.training.data.packing import Pack
from ml.training.product.bundling import make_bundle
from ml.training.product.cross_validation import train_fold
from ml.training.product.recipes import Recipe
from tests.ml.small_pack import small_pack

pytestmark = [pytest.mark.timeout(300), pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def bundle_path(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, Path, dict[str, Any], Path]:
    """Two members a network, trained for an epoch; and the report of the product's own bundle, which any will do."""
    place, pack = tmp_path_factory.mktemp("runs"), small_pack(10)
    two = [Recipe(epochs=1), Recipe(epochs=1, wide=True, seed=1)]
    for network in ("cnn1d", "cnn2d"):
        train_fold(pack, network, "final", two, place / f"{network}-final")
    own = Path(__file__).resolve().parents[2] / "ml" / "bundles" / "mood-5" / "card.json"
    needed = (
        "calibration", "reference", "feature_reference", "combination", "naming", "near_synonyms", "genre_rules",
    )  # fmt: skip
    report = {name: value for name, value in json.loads(own.read_text()).items() if name in needed}
    make_bundle(pack, place, report, place / "mood-9")
    return pack, place, report, place / "mood-9"


def test_exported_and_trained_networks_agree(bundle_path: tuple[Pack, Path, dict[str, Any], Path]) -> None:
    pack, runs, _, target = bundle_path
    bundle = Bundle.open(target)
    frames, mel = pack.frames[None, :36], pack.mel[None, : pack.spec.segment_steps]
    trained1d = KerasRuntime(runs / "cnn1d-final" / "network.keras")
    trained2d = KerasRuntime(runs / "cnn2d-final" / "network.keras")
    np.testing.assert_allclose(bundle.predict_cnn1d(frames), trained1d.scores(bundle.feature_scaler(frames)), atol=1e-4)
    np.testing.assert_allclose(
        bundle.predict_cnn2d(mel), trained2d.scores(bundle.spectrogram_scaler(mel, pack.spec)), atol=1e-4
    )


def test_the_card_has_the_number_of_members_and_their_views(
    bundle_path: tuple[Pack, Path, dict[str, Any], Path],
) -> None:
    networks = json.loads((bundle_path[3] / "card.json").read_text())["networks"]
    assert {name: about["members"] for name, about in networks.items()} == {"cnn1d": 2, "cnn2d": 2}
    assert networks["cnn1d"]["views"] == [8, 28]


def test_a_bundle_is_never_edited(bundle_path: tuple[Pack, Path, dict[str, Any], Path]) -> None:
    pack, runs, report, target = bundle_path
    before = sorted((path.name, path.stat().st_mtime_ns) for path in target.iterdir())
    with pytest.raises(MoodError, match="never edited"):
        make_bundle(pack, runs, report, target)
    assert sorted((path.name, path.stat().st_mtime_ns) for path in target.iterdir()) == before
