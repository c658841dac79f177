"""The registry of networks of earlier projects."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ml.errors import MoodError
from ml.training.older_networks import ARCHITECTURES, architecture
from ml.training.older_networks.input_views import INPUT_VIEWS
from tests.architecture.sources import ROOT

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),  # TensorFlow's and Keras's own
]

NAMED = {
    "lenet5", "cnn64", "cnn1d4", "cnn1d5", "spectrogram_cnn", "mfcc_cnn2d", "mel_cnn", "advanced_cnn",
    "residual_cnn", "mfcc_mean_cnn", "mfcc_lstm", "vgg16", "cnn1d", "cnn2d",
}  # fmt: skip


def filters(name: str) -> list[tuple[int, tuple[int, ...]]]:
    """(filters, kernel) of a network's convolutions in order."""
    layers = architecture(name).network(4).layers
    return [(layer.filters, tuple(layer.kernel_size)) for layer in layers if hasattr(layer, "kernel_size")]


def test_every_published_network_is_in_the_registry() -> None:
    assert set(ARCHITECTURES) == NAMED


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_network_outputs_probabilities_for_each_mood(name: str) -> None:
    chosen = architecture(name)
    if INPUT_VIEWS[chosen.view].image:
        chosen = chosen.scaled(32)
    pieces = np.random.default_rng(0).normal(size=(2, *chosen.shape)).astype(np.float32)
    chances = np.asarray(chosen.network(3).predict_on_batch(pieces))
    assert chances.shape == (2, 3)
    assert chances.sum(axis=1) == pytest.approx([1, 1], abs=1e-4)


def test_images_have_the_published_sizes() -> None:
    sizes = {name: architecture(name).shape[1::-1] for name in ("spectrogram_cnn", "mfcc_cnn2d", "mel_cnn")}
    assert sizes == {"spectrogram_cnn": (300, 300), "mfcc_cnn2d": (600, 120), "mel_cnn": (400, 300)}
    assert {architecture(name).vote for name in sizes} == {"majority"}
    assert architecture("residual_cnn").shape == architecture("advanced_cnn").shape == (224, 224, 1)


def test_the_advanced_cnn_has_a_stem_three_pairs_and_two_dense_layers() -> None:
    assert filters("advanced_cnn") == [(64, (7, 7)), *((width, (3, 3)) for width in (128, 128, 256, 256, 512, 512))]
    dense = [layer.units for layer in architecture("advanced_cnn").network(4).layers if hasattr(layer, "units")]
    assert dense == [512, 256, 4]


def test_the_residual_cnn_has_three_residual_stages() -> None:
    added = [layer.output.shape[-1] for layer in architecture("residual_cnn").network(4).layers if "add" in layer.name]
    assert added == [64, 128, 256]
    recipe = architecture("residual_cnn").recipe
    assert recipe.class_weights
    assert recipe.label_smoothing > 0
    assert recipe.early_stopping_patience
    assert recipe.reduce_lr_patience


@pytest.mark.parametrize(("name", "layers"), [("cnn1d4", 4), ("cnn1d5", 5)])
def test_the_1d_networks_differ_by_one_layer(name: str, layers: int) -> None:
    assert len(filters(name)) == layers


@pytest.mark.parametrize("name", ["mel_cnn", "residual_cnn"])
def test_batch_normalisation_adapts_within_thirty_steps(name: str) -> None:
    """Its running means must not lag behind its weights: a small collection has few steps."""
    chosen = architecture(name).scaled(32)
    random = np.random.default_rng(0)
    moods = np.arange(64) % 2
    sign = np.where(moods, 0.5, -0.5).reshape(-1, 1, 1, 1)
    pieces = random.normal(size=(64, *chosen.shape)) + sign * random.normal(size=chosen.shape)
    model = chosen.network(2)
    model.compile("adam", "sparse_categorical_crossentropy")
    for _ in range(30):
        trained = model.train_on_batch(pieces, moods)
    assert trained < 0.1
    assert model.test_on_batch(pieces, moods) < 0.1


def test_an_unknown_network_error_lists_all_networks() -> None:
    with pytest.raises(MoodError) as caught:
        architecture("lenet6")
    assert caught.value.code == "architecture_unknown"
    assert all(name in caught.value.message for name in NAMED)


def test_only_image_networks_can_be_scaled() -> None:
    assert architecture("mel_cnn").scaled(60).shape == (60, 80, 1)
    for name in ("cnn1d4", "cnn2d"):
        with pytest.raises(MoodError, match="only images can be scaled"):
            architecture(name).scaled(32)


def test_the_products_networks_have_a_fixed_size() -> None:
    with pytest.raises(MoodError) as caught:
        architecture("cnn2d").build((64, 64), 4)
    assert caught.value.code == "architecture_fixed"


def test_vgg16_starts_from_a_local_weights_file_and_reports_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    chosen = architecture("vgg16").scaled(32)
    assert chosen.start() == "from scratch, without ImageNet's weights"

    given = keras.applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 3))
    (tmp_path / "var/weights").mkdir(parents=True)
    given.save_weights(tmp_path / "var/weights/vgg16_notop.weights.h5")
    assert chosen.start() == "from ImageNet's weights in vgg16_notop.weights.h5"
    base = chosen.network(4).get_layer("vgg16")
    assert "vgg16 starts from ImageNet's weights in vgg16_notop.weights.h5." in capsys.readouterr().out
    for ours, theirs in zip(base.get_weights(), given.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
    assert [layer.name for layer in base.layers if layer.trainable and layer.weights] == [
        "block5_conv1", "block5_conv2", "block5_conv3",
    ]  # fmt: skip


def test_an_image_too_small_for_vgg16_is_rejected() -> None:
    with pytest.raises(MoodError, match="at least 32x32; this one is 16x16"):
        architecture("vgg16").scaled(16).network(2)


def test_the_registry_does_not_load_keras() -> None:
    script = "import sys; from ml.training.older_networks import ARCHITECTURES; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False).returncode == 0
