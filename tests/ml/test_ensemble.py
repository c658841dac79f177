"""An ensemble is the mean of its members' scores with a ridge readout of their timelines."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from ml.models.cnn1d import cnn1d
from ml.models.ensemble import READOUT_HEADS, ensemble, input_lengths, temporal_statistics
from ml.models.scalers import FeatureScaler
from ml.models.score_vector import HEAD, HEADS, LABELS
from ml.spec import SPEC
from ml.training.data.batches import Targets
from ml.training.networks.ridge_readout import fit_ridge_readout
from tests.ml.small_pack import small_pack

pytestmark = [pytest.mark.timeout(300), pytest.mark.filterwarnings("ignore")]

READOUT_WIDTH = sum(len(head.labels) for head in HEADS if head.name in READOUT_HEADS)


def member(number: int) -> keras.Model:
    keras.utils.set_random_seed(number)
    made = cnn1d(SPEC, spread=bool(number % 2))
    made.name = f"member_{number}"
    return made


def frames(count: int = 3) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (count, SPEC.segment_frames, 57)).astype(np.float32)


def constant_readout(members: list[keras.Model], bias: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    width = sum(2 * member.output["timeline"].shape[-1] for member in members)
    return np.zeros((width, READOUT_WIDTH), np.float32), np.full(READOUT_WIDTH, bias, np.float32)


def scores_of(network: keras.Model, x: np.ndarray) -> np.ndarray:
    return np.asarray(network.predict(x, verbose=0)["scores"])


def test_heads_without_a_readout_are_the_mean_and_the_others_half_of_it_with_a_zero_readout() -> None:
    members = [member(0), member(1)]
    mean = np.mean([scores_of(one, frames()) for one in members], axis=0)
    whole = scores_of(ensemble(members, *constant_readout(members), name="both"), frames())
    for head in HEADS:
        part = 0.5 if head.name in READOUT_HEADS else 1.0
        np.testing.assert_allclose(whole[:, head.part], part * mean[:, head.part], atol=1e-6)


def test_a_readout_outside_the_range_of_shares_is_clipped() -> None:
    members = [member(0)]
    mean = scores_of(members[0], frames())
    whole = scores_of(ensemble(members, *constant_readout(members, bias=7.0), name="one"), frames())
    emotions, affect = HEAD["emotions"].part, HEAD["affect"].part
    np.testing.assert_allclose(whole[:, emotions], 0.5 * mean[:, emotions] + 0.5, atol=1e-6)
    np.testing.assert_allclose(whole[:, affect], 0.5 * mean[:, affect] + 3.5, atol=1e-6)


def test_an_ensemble_gives_the_same_scores_after_saving_and_loading(tmp_path: Path) -> None:
    members = [member(0), member(1)]
    kernel, bias = constant_readout(members, bias=0.3)
    whole = ensemble(members, kernel + 0.01, bias, name="both")
    whole.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras", compile=False)
    np.testing.assert_allclose(scores_of(again, frames()), scores_of(whole, frames()), atol=1e-6)


def test_a_member_with_a_wider_view_reads_the_second_part_of_the_input() -> None:
    near, wide = member(0), cnn1d(SPEC, wide=True)
    wide.name = "member_1"
    members = [near, wide]
    assert input_lengths(members) == (8, 28)
    random = np.random.default_rng(1).normal(0, 1, (2, 36, 57)).astype(np.float32)
    whole = scores_of(ensemble(members, *constant_readout(members), name="both"), random)
    quadrants = HEADS[1].part
    mean = (scores_of(near, random[:, :8]) + scores_of(wide, random[:, 8:])) / 2
    np.testing.assert_allclose(whole[:, quadrants], mean[:, quadrants], atol=1e-6)


def test_temporal_statistics_are_mean_and_deviation_of_each_member() -> None:
    first, second = np.full((1, 4, 2), 3.0, np.float32), np.array([[[0.0], [2.0]]], np.float32)
    np.testing.assert_allclose(np.asarray(temporal_statistics([first, second])), [[3, 3, 0, 0, 1, 1]])


def test_the_ridge_readout_fits_the_labels_of_the_clips() -> None:
    pack, members = small_pack(30), [member(0)]
    clips = np.arange(30)
    scaler = FeatureScaler.fit(pack.frames)
    whole = ensemble(members, *fit_ridge_readout(members, pack, clips, scaler, Targets.of(pack, [])), name="one")
    alone = np.stack([scores_of(members[0], scaler(pack.frames_of(clip)[None, :8]))[0] for clip in clips])
    read = np.stack([scores_of(whole, scaler(pack.frames_of(clip)[None, :8]))[0] for clip in clips])
    power = LABELS.index("power")
    bright, felt = clips % 2 == 1, np.array([clip.emotions is not None for clip in pack.clips])
    anew = 2 * read[:, power] - alone[:, power]
    assert anew[bright & felt].min() > anew[~bright & felt].max() + 0.3
