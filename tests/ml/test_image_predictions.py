"""Spectrogram images of songs, and mood predictions from them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.errors import MoodError
from ml.models.standardisation import Scaler
from ml.spec import SPEC
from ml.training import spectrogram_image
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks import Architecture, architecture
from ml.training.own.run import FORMAT, VERSION
from ml.training.spectrogram_image import generate_spectrogram, predict_mood, read_image
from tests import sounds

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),  # TensorFlow's and Keras's own
]
MOODS = ("calm", "stormy", "sunny")
RATE = 16_000


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return sounds.write(tmp_path / "song.wav", sounds.music(21.0, RATE), sample_rate=RATE)


def finished_run(folder: Path, chosen: Architecture) -> Path:
    """A run as the training leaves it; its network knows nothing, but always the same nothing."""
    import keras

    keras.utils.set_random_seed(1)
    folder.mkdir(parents=True)
    chosen.network(len(MOODS)).save(folder / "network.keras")
    Scaler(np.float32([[[0.4]]]), np.float32([[[0.2]]])).save(folder / "scaler.json")
    card = {
        "format": FORMAT,
        "version": VERSION,
        "architecture": {"name": chosen.name, "shape": list(chosen.shape)},
        "moods": list(MOODS),
        "several_moods": False,
        "vote": chosen.vote,
        "spec": SPEC.to_card(),
    }
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def test_predictions_from_image_and_song_are_the_same(tmp_path: Path, song: Path) -> None:
    import keras

    from ml.training.own.training_loop import song_chances

    chosen = architecture("lenet5").scaled(32)
    run = finished_run(tmp_path / "run", chosen)
    prediction = predict_mood(generate_spectrogram(song, tmp_path / "song.png"), run)

    pieces = chosen.inputs(song, FeatureCache(tmp_path / "cache"))
    model = keras.models.load_model(run / "network.keras", compile=False)
    chances = song_chances(model, Scaler.load(run / "scaler.json"), [pieces])[0]
    assert prediction.mood == MOODS[chances.argmax()]
    assert [prediction.confidences[mood] for mood in MOODS] == pytest.approx(chances.tolist(), abs=1e-4)
    assert list(prediction.confidences.values()) == sorted(prediction.confidences.values(), reverse=True)


def test_an_image_has_a_row_for_each_band_and_a_column_for_each_step(tmp_path: Path, song: Path) -> None:
    with Image.open(generate_spectrogram(song, tmp_path / "a" / "song.png")) as image:
        assert image.size == (21 * SPEC.steps_per_s + 1, SPEC.n_mels)
        assert image.format == "PNG"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_image_saved_by_another_program_gives_the_same_levels(mode: str, tmp_path: Path, song: Path) -> None:
    image_path = generate_spectrogram(song, tmp_path / "song.png")
    with Image.open(image_path) as image:
        image.convert(mode).save(tmp_path / "again.png")
    assert np.abs(read_image(tmp_path / "again.png").astype(int) - read_image(image_path)).max() <= 1


def test_a_grey_image_is_read_by_brightness(tmp_path: Path) -> None:
    grey = np.arange(200, dtype=np.uint8).reshape(10, 20)
    Image.fromarray(grey).save(tmp_path / "grey.png")
    assert np.array_equal(read_image(tmp_path / "grey.png"), grey)


def test_images_of_any_size_are_accepted(tmp_path: Path, song: Path) -> None:
    run = finished_run(tmp_path / "run", architecture("lenet5").scaled(32))
    image_path = generate_spectrogram(song, tmp_path / "square.png", width=224, height=224)
    with Image.open(image_path) as image:
        assert image.size == (224, 224)
    assert sum(predict_mood(image_path, run).confidences.values()) == pytest.approx(1.0, abs=1e-3)


def test_default_run_is_the_newest_that_reads_mel_images(
    tmp_path: Path, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image_path = generate_spectrogram(song, tmp_path / "song.png")
    monkeypatch.setattr(spectrogram_image, "RUNS", tmp_path / "runs")
    with pytest.raises(MoodError, match=r"reads mel images\. Make one") as caught:
        predict_mood(image_path)
    assert caught.value.code == "run_missing"

    older = finished_run(tmp_path / "runs" / "older", architecture("lenet5").scaled(28))
    newer = finished_run(tmp_path / "runs" / "newer", architecture("lenet5").scaled(32))
    finished_run(tmp_path / "runs" / "newest", architecture("cnn1d4"))
    for seconds, run in enumerate((older, newer)):
        os.utime(run / "card.json", (1000 + seconds, 1000 + seconds))
    assert predict_mood(image_path) == predict_mood(image_path, newer)


def test_errors_have_codes_and_messages(tmp_path: Path, song: Path) -> None:
    (tmp_path / "text.png").write_text("no picture at all")
    features = finished_run(tmp_path / "features", architecture("cnn1d4"))
    attempts = {
        "picture_name": lambda: generate_spectrogram(song, tmp_path / "song.jpg"),
        "picture_missing": lambda: predict_mood(tmp_path / "nowhere.png"),
        "picture_unreadable": lambda: predict_mood(tmp_path / "text.png"),
        "run_reads_no_pictures": lambda: predict_mood(generate_spectrogram(song, tmp_path / "s.png"), features),
    }
    for code, attempt in attempts.items():
        with pytest.raises(MoodError) as caught:
            attempt()
        assert caught.value.code == code
