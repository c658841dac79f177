"""Training of the product's networks by fold, with interruption."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ml.models.score_vector import LABELS
from ml.training.evaluation.held_out import HeldOutScores
from ml.training.networks.student import Student
from ml.training.product.cross_validation import build_network, train_fold, train_start
from ml.training.product.recipes import Recipe
from tests.ml.small_pack import small_pack

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),  # TensorFlow's and Keras's own, on import and on saving
]


def test_the_1d_network_separates_two_kinds_of_clips(tmp_path: Path) -> None:
    pack = small_pack(40)
    train_fold(pack, "cnn1d", "0", [Recipe(epochs=12, learning_rate=3e-3)], tmp_path)
    held = HeldOutScores.load(tmp_path / "heldout.npz")
    assert {pack.clips[clip].fold for clip in held.clips} == {0}
    power = {clip: held.song_scores(clip)[LABELS.index("power")] for clip in set(held.clips.tolist())}
    bright = [share for clip, share in power.items() if clip % 2]
    dark = [share for clip, share in power.items() if not clip % 2]
    assert min(bright) > max(dark)


def test_the_2d_network_trains_and_a_finished_fold_is_not_trained_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = small_pack(10)
    train_fold(pack, "cnn2d", "final", [Recipe(epochs=1)], tmp_path)
    path = (tmp_path / "network.keras").stat().st_mtime_ns
    assert json.loads((tmp_path / "done.json").read_text())["clips"] == 10
    train_fold(pack, "cnn2d", "final", [Recipe(epochs=1)], tmp_path)
    assert "already done" in capsys.readouterr().out
    assert (tmp_path / "network.keras").stat().st_mtime_ns == path


def test_an_interrupted_fold_resumes_from_its_last_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ml.training.product import cross_validation

    class Interrupted(cross_validation.Progress):
        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            if epoch == 6:
                raise KeyboardInterrupt

    pack = small_pack(10)
    with monkeypatch.context() as patched:
        patched.setattr(cross_validation, "Progress", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_fold(pack, "cnn1d", "1", [Recipe(epochs=8)], tmp_path)
    train_fold(pack, "cnn1d", "1", [Recipe(epochs=8)], tmp_path)
    epochs = [line.split(",")[0] for line in (tmp_path / "member-0" / "epochs.csv").read_text().splitlines()]
    assert [epoch for epoch in epochs if epoch != "epoch"] == list("0123456567")
    assert np.isfinite(HeldOutScores.load(tmp_path / "heldout.npz").scores).all()


def test_two_folds_continue_one_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = small_pack(20)
    for fold in ("0", "1"):
        train_fold(pack, "cnn2d", fold, [Recipe(epochs=1, start_steps=2)], tmp_path / f"cnn2d-{fold}")
    start = tmp_path / "cnn2d-start-01"
    assert len((start / "epochs.csv").read_text().splitlines()) == 1 + 2
    assert f"{start}: already done" in capsys.readouterr().out
    for fold in (0, 1):
        held = HeldOutScores.load(tmp_path / f"cnn2d-{fold}" / "heldout.npz")
        assert {pack.clips[clip].fold for clip in held.clips} == {fold}


def test_a_member_begins_with_the_weights_of_its_start(tmp_path: Path) -> None:
    import keras

    pack = small_pack(20)
    start = train_start(pack, "cnn1d", "start-01", Recipe(epochs=1, start_steps=3, learning_rate=3e-3), tmp_path)
    still = Recipe(epochs=1, start_steps=3, learning_rate=1e-9, averaging=0.0)
    train_fold(pack, "cnn1d", "0", [still], tmp_path / "cnn1d-0", only=0)
    begun = keras.saving.load_model(tmp_path / "cnn1d-0" / "member-0" / "network.keras", compile=False)
    other = build_network("cnn1d", still, pack.spec)
    student = Student(other, pack.teacher.shape[1], len(json.loads((start / "words.json").read_text())))
    student(np.zeros((1, *other.input_shape[1:]), np.float32))
    student.load_weights(start / "student.weights.h5")
    for name, ours, theirs in zip(
        [w.path for w in begun.trainable_weights], begun.trainable_weights, other.trainable_weights, strict=True
    ):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-5, err_msg=name)


def test_members_are_trained_separately_and_joined(tmp_path: Path) -> None:
    pack = small_pack(20)
    members = [Recipe(epochs=1), Recipe(epochs=1, spread=True, wide=True, seed=1)]
    for number in (1, 0):
        train_fold(pack, "cnn1d", "0", members, tmp_path, only=number)
        assert not (tmp_path / "network.keras").exists()
    path = [(tmp_path / f"member-{number}" / "network.keras").stat().st_mtime_ns for number in (0, 1)]
    train_fold(pack, "cnn1d", "0", members, tmp_path)
    assert path == [(tmp_path / f"member-{number}" / "network.keras").stat().st_mtime_ns for number in (0, 1)]
    done = json.loads((tmp_path / "done.json").read_text())
    assert [member["recipe"]["seed"] for member in done["members"]] == [0, 1]
    assert (tmp_path / "heldout.npz").exists()
