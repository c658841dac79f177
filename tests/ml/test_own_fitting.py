"""The training loop: early stopping, resumption, checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ml.inference.song_votes import song_probabilities
from ml.models.standardisation import Scaler
from ml.training.older_networks import Architecture, FitRecipe
from ml.training.own import training_loop
from ml.training.own.epoch_log import best_epoch, read_epochs
from ml.training.own.piece_batches import PieceBatches, piece_weights

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),  # TensorFlow's and Keras's own, on import and on saving
]
MOODS = ("calm", "sad")


class Little(Architecture):
    """A network that is trained in a second."""

    def build(self, shape: tuple[int, ...], classes: int) -> keras.Model:
        pieces = keras.Input(shape)
        x = keras.layers.Dense(8, activation="relu")(keras.layers.Flatten()(pieces))
        return keras.Model(pieces, keras.layers.Dense(classes, activation="softmax")(x))


def small(**settings: Any) -> Architecture:
    recipe = FitRecipe(batch_size=16, **settings)
    return Little("little", "Little", "nobody", "", "feature_vector", (57, 1), recipe)


def songs(count: int = 24) -> tuple[list[np.ndarray], np.ndarray]:
    """Pieces of songs with easily separable moods, of different length, not standardised."""
    random = np.random.default_rng(0)
    labels = np.arange(count) % 2
    pieces = [
        (500 + 40 * random.normal(size=(3 + number % 4, 57, 1)) + 30 * label).astype(np.float32)
        for number, label in enumerate(labels)
    ]
    return pieces, labels


def fit(out: Path, epochs: int = 6, **recipe: Any) -> list[np.ndarray]:
    """Trains on all songs but the last eight, and returns the chances of these."""
    pieces, labels = songs()
    model = training_loop.fit(
        small(**recipe), pieces, labels, np.arange(12), np.arange(12, 16), MOODS, out, epochs=epochs, quiet=True
    )
    return list(training_loop.song_chances(model, Scaler.load(out / "scaler.json"), pieces[16:]))


def test_training_separates_two_moods(tmp_path: Path) -> None:
    chances = np.stack(fit(tmp_path, epochs=25, early_stopping_patience=0, learning_rate=3e-3))
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)
    assert np.mean(chances.argmax(axis=1) == songs()[1][16:]) >= 0.75


def test_a_finished_training_leaves_no_temporary_files(tmp_path: Path) -> None:
    fit(tmp_path, epochs=2)
    assert {path.name for path in tmp_path.iterdir()} == {"network.keras", "scaler.json", "epochs.csv", "done.json"}
    facts = json.loads((tmp_path / "done.json").read_text())
    assert (facts["moods"], facts["epochs"]) == (list(MOODS), 2)


def test_a_finished_network_is_loaded_and_not_trained_again(tmp_path: Path) -> None:
    first = fit(tmp_path, epochs=2)
    run = (tmp_path / "network.keras").stat().st_mtime_ns
    np.testing.assert_allclose(fit(tmp_path, epochs=2), first, atol=1e-6)
    assert (tmp_path / "network.keras").stat().st_mtime_ns == run


def test_the_same_seed_gives_the_same_network(tmp_path: Path) -> None:
    np.testing.assert_allclose(fit(tmp_path / "one", epochs=2), fit(tmp_path / "other", epochs=2), atol=1e-4)


def test_an_interrupted_run_gives_the_same_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: PieceBatches, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if self.epoch == 3 and self.seed is not None:
            raise KeyboardInterrupt
        return whole(self, number)

    whole = PieceBatches.__getitem__
    uninterrupted = fit(tmp_path / "whole", epochs=5, early_stopping_patience=0)
    with monkeypatch.context() as patched:
        patched.setattr(PieceBatches, "__getitem__", interrupted)
        with pytest.raises(BaseException):  # noqa: B017 - TensorFlow may wrap what its generator raised
            fit(tmp_path / "cut", epochs=5, early_stopping_patience=0)
    assert len(read_epochs(tmp_path / "cut" / "epochs.csv")["loss"]) == 3
    assert not (tmp_path / "cut" / "network.keras").exists()
    again = fit(tmp_path / "cut", epochs=5, early_stopping_patience=0)
    assert read_epochs(tmp_path / "cut" / "epochs.csv")["epoch"].tolist() == [0, 1, 2, 3, 4]
    losses = [read_epochs(tmp_path / name / "epochs.csv")["val_loss"] for name in ("whole", "cut")]
    np.testing.assert_allclose(losses[0][:4], losses[1][:4], rtol=0.02)
    assert np.isfinite(again).all()
    assert np.isfinite(uninterrupted).all()


def test_early_stopping_restores_the_best_epoch(tmp_path: Path) -> None:
    pieces, _ = songs()
    noise = np.random.default_rng(1).integers(0, 2, len(pieces))  # nothing to learn: it soon gets worse
    network = small(early_stopping_patience=2, reduce_lr_patience=1, learning_rate=1e-2)
    training_loop.fit(network, pieces, noise, np.arange(16), np.arange(16, 24), MOODS, tmp_path, epochs=60, quiet=True)
    facts = json.loads((tmp_path / "done.json").read_text())
    log = read_epochs(tmp_path / "epochs.csv")
    assert facts["epochs"] < 60
    assert facts["best_epoch"] == int(np.argmin(log["val_loss"])) + 1
    assert facts["epochs"] - facts["best_epoch"] >= 2
    assert log["learning_rate"][-1] < log["learning_rate"][0]


def test_songs_may_have_several_moods(tmp_path: Path) -> None:
    pieces, labels = songs()
    carried = np.stack([np.ones(len(labels)), labels], axis=1).astype(np.float32)  # all are calm, some are sad too
    network = small(learning_rate=3e-3, early_stopping_patience=0)
    arguments = (network, pieces, carried, np.arange(16), np.array([], int), MOODS, tmp_path)
    model = training_loop.fit(*arguments, epochs=25, quiet=True)
    chances = training_loop.song_chances(model, Scaler.load(tmp_path / "scaler.json"), pieces[16:])
    assert (chances[:, 0] > 0.5).all()
    assert chances[labels[16:] == 1, 1].mean() > chances[labels[16:] == 0, 1].mean() + 0.2
    read = training_loop.fit(*arguments, quiet=True)  # a sigmoid on disk, too
    assert read.layers[-1].activation.__name__ == "sigmoid"


def test_the_scaler_is_fitted_on_training_songs_only(tmp_path: Path) -> None:
    pieces, labels = songs()
    pieces[20] = pieces[20] + 1e6
    training_loop.fit(small(), pieces, labels, np.arange(12), np.arange(12, 16), MOODS, tmp_path, epochs=1, quiet=True)
    expected = Scaler.fit(pieces[:12], (0,))
    np.testing.assert_allclose(Scaler.load(tmp_path / "scaler.json").mean, expected.mean, rtol=1e-5)
    assert expected.mean.max() < 1000


def test_a_scaler_standardises_and_clips_outliers() -> None:
    pieces, _ = songs()
    together = np.concatenate(pieces)
    scaled = Scaler.fit(pieces, (0,))(together)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(scaled.std(axis=0), 1, atol=1e-2)
    assert Scaler.fit(pieces, (0,))(together + 1e9).max() == 8.0


def test_shared_axes_have_one_mean() -> None:
    image = np.random.default_rng(0).normal(5, 2, (4, 6, 8, 1)).astype(np.float32)
    assert Scaler.fit([image], (0, 1, 2, 3)).mean.shape == (1, 1, 1)
    assert Scaler.fit([image], (0, 2, 3)).mean.shape == (6, 1, 1)


def test_a_mean_and_a_majority_may_disagree() -> None:
    class Stated:
        """Says of each piece what the piece holds."""

        def predict_on_batch(self, pieces: np.ndarray) -> np.ndarray:
            return pieces

    one = np.array([[0.55, 0.45], [0.55, 0.45], [0.0, 1.0]], np.float32)
    as_it_is = Scaler(np.zeros(2, np.float32), np.ones(2, np.float32))
    mean = training_loop.song_chances(Stated(), as_it_is, [one])  # type: ignore[arg-type]
    votes = training_loop.song_chances(Stated(), as_it_is, [one], "majority")  # type: ignore[arg-type]
    assert (mean.argmax(), votes.argmax()) == (1, 0)
    np.testing.assert_allclose(votes, [[2 / 3, 1 / 3]], atol=1e-3)
    np.testing.assert_allclose(votes.sum(), 1, atol=1e-6)


def test_the_mean_breaks_ties_of_votes_only() -> None:
    tied = np.array([[0.6, 0.3, 0.1], [0.3, 0.7, 0.0], [0.2, 0.0, 0.8]], np.float32)  # three pieces, three moods
    assert song_probabilities(tied, "majority").argmax() == 0  # 0.37 on the mean, beside 0.33 and 0.30
    assert song_probabilities(tied[:, ::-1], "majority").argmax() == 2  # whatever the order of the moods
    narrow = np.concatenate([np.tile([0.51, 0.49], (40, 1)), np.tile([0.0, 1.0], (39, 1))])
    assert song_probabilities(narrow, "majority").argmax() == 0  # one vote more outweighs any mean
    assert song_probabilities(np.array([[1.0, 0.0], [0.0, 1.0]]), "majority").argmax() == 0


def test_songs_have_equal_weight_and_balanced_moods_too() -> None:
    targets = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    counts = [2, 4, 2, 8]
    plain = piece_weights(counts, targets, balanced=False) * counts
    np.testing.assert_allclose(plain, plain[0])
    balanced = piece_weights(counts, targets, balanced=True) * counts
    np.testing.assert_allclose(balanced[:3].sum(), balanced[3])
    np.testing.assert_allclose(balanced.sum(), sum(counts), rtol=1e-5)


def test_an_epoch_that_was_logged_twice_counts_once(tmp_path: Path) -> None:
    log = tmp_path / "epochs.csv"
    log.write_text("epoch,loss\n0,3\n1,2\n1,1.5\n2,1\n")
    assert read_epochs(log)["loss"].tolist() == [3, 1.5, 1]
    log.write_text("epoch,loss,val_loss\n0,3,NA\n1,2,2.5\n2,1,3\n3,")  # went on with a validation, and was cut off
    assert read_epochs(log)["loss"].tolist() == [3, 2, 1]
    assert best_epoch(read_epochs(log)) == 1
    log.write_text("epoch,loss,val_loss\n0,3,NA\n1,2,NA\n")
    assert set(read_epochs(log)) == {"epoch", "loss"}
    assert read_epochs(tmp_path / "none.csv") == {}
