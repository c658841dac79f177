"""Features of sung phrases: pitch, level, columns, augmented copies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.errors import MoodError
from ml.training.sung.phrases import EMOTIONS, FOLDS, folds_of, read_phrases
from ml.training.sung.voice import pitch_image, voice_of
from ml.training.sung.voice_augmentation import VoiceAugmentationRanges
from ml.training.sung.voice_columns import columns_of, unchanged_columns, variants
from ml.training.sung.voice_spec import SUNG_SPEC as SPEC
from tests.ml.sung_phrases import labels, phrase, row, sung
from tests.synthesis import silence

MAJOR, MINOR = [57.0, 61.0, 57.0], [57.0, 60.0, 57.0]


def test_pitch_is_in_semitones_from_the_median() -> None:
    voice = voice_of(sung(MAJOR), SPEC)
    second = round(0.75 * SPEC.steps_per_s)
    assert voice.pitch[round(0.25 * SPEC.steps_per_s)] == pytest.approx(0.0, abs=0.15)
    assert voice.pitch[second] == pytest.approx(4.0, abs=0.15)
    assert voice_of(sung(MINOR), SPEC).pitch[second] == pytest.approx(3.0, abs=0.15)


def test_a_deeper_voice_has_the_same_tune() -> None:
    high, low = (voice_of(sung([note - down for note in MAJOR]), SPEC).pitch for down in (0, 7))
    assert np.nanmedian(np.abs(high - low)) < 0.1


def test_twice_the_amplitude_adds_six_decibels_and_keeps_the_image() -> None:
    soft, loud = (voice_of(sung(MAJOR, amplitude=amplitude), SPEC) for amplitude in (0.2, 0.4))
    assert loud.floor_db - soft.floor_db == pytest.approx(6.02, abs=0.05)
    assert np.abs(loud.mel.astype(int) - soft.mel.astype(int)).max() <= 1


def test_silence_around_a_phrase_is_trimmed() -> None:
    alone = voice_of(sung(MAJOR), SPEC)
    around = voice_of(np.concatenate([silence(1.0, 16_000), sung(MAJOR), silence(2.0, 16_000)]), SPEC)
    assert abs(len(around) - len(alone)) <= 2 * SPEC.margin_steps + 4


def test_a_pitch_between_two_bins_is_in_both() -> None:
    width = 2 * SPEC.pitch_reach / (SPEC.pitch_bins - 1)
    image = pitch_image(np.array([0.0, width / 2, np.nan, 20.0]), SPEC)
    middle = SPEC.pitch_bins // 2
    assert image[0, middle] == pytest.approx(1.0)
    assert image[1, [middle, middle + 1]] == pytest.approx([0.5, 0.5], abs=1e-3)
    assert image[2:].sum() == 0.0


def test_a_column_has_level_tune_and_voicing() -> None:
    voice = voice_of(sung(MAJOR * 4, amplitude=0.4), SPEC)
    columns = unchanged_columns([voice], SPEC)
    assert columns.shape == (1, SPEC.columns, SPEC.width)
    louder = unchanged_columns([voice_of(sung(MAJOR * 4, amplitude=0.8), SPEC)], SPEC)
    level, sung_rows = SPEC.rows["level"], SPEC.rows["sung"]
    middle = slice(5, -5)
    assert np.median((louder - columns)[0, middle, level]) == pytest.approx(6.02, abs=0.2)
    assert columns[0, middle, sung_rows][:, 1].min() > 0.5
    assert columns[0, middle, SPEC.rows["tune"]].sum(axis=1) == pytest.approx(1.0, abs=0.5)


def test_only_a_changing_sound_has_movement() -> None:
    steps = np.arange(SPEC.crop_steps)
    pitch, floor_db = np.zeros((1, len(steps))), np.zeros(1)
    steady = np.full((1, len(steps), SPEC.n_mels), 40.0)
    trembling = steady + 5 * np.sin(2 * np.pi * 7 * steps / SPEC.steps_per_s)[None, :, None]
    still, moving = (columns_of(mel, pitch, floor_db, SPEC)[0, 1:-1, SPEC.rows["move"]] for mel in (steady, trembling))
    assert still.max() < 1e-3
    assert moving.max() > 1.0


def test_an_augmented_copy_keeps_the_tune() -> None:
    voices = [voice_of(sung(MAJOR * 2), SPEC), voice_of(sung(MINOR * 2), SPEC)]
    ranges = VoiceAugmentationRanges(tuning_semitones=0.0, stretch=0.02)
    made = variants(voices, ranges, 3, SPEC).astype(np.float32)
    assert made.shape == (4, 2, SPEC.columns, SPEC.width)
    tunes = made[..., SPEC.rows["tune"]].mean(axis=2)
    for copy in tunes[1:]:
        apart = np.abs(copy[:, None] - tunes[0][None]).sum(axis=2)
        assert apart.argmin(axis=1).tolist() == [0, 1]
    assert np.abs(made[1:, ..., SPEC.rows["mel"]] - made[0, ..., SPEC.rows["mel"]]).mean() > 0.5
    assert np.array_equal(variants(voices, ranges, 3, SPEC), made.astype(np.float16))


def test_actors_are_kept_apart_unless_the_split_is_random() -> None:
    phrases = [phrase(number, actor=1 + number // 10) for number in range(200)]
    actors = np.array([one.actor for one in phrases])
    apart, mixed = (folds_of(phrases, split) for split in ("actors", "random"))
    assert [sorted(set(actors[apart == fold])) for fold in (0, 4)] == [[1, 2, 3, 4], [17, 18, 19, 20]]
    assert all(len(set(mixed[actors == actor])) > 1 for actor in range(1, 21))
    assert sorted(np.bincount(mixed)) == [200 // FOLDS] * FOLDS


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (row(1, emotion="bored"), "row 3: emotion is 'bored'; allowed are neutral"),
        (row(1, actor="Ann"), "row 3: actor is 'Ann'"),
        (row(1, actor=0), "row 3: actor is '0'"),
    ],
)
def test_a_wrong_row_is_reported(tmp_path: Path, bad: tuple[object, ...], message: str) -> None:
    with pytest.raises(MoodError, match=message) as caught:
        read_phrases(labels(tmp_path, [row(0), bad]))
    assert caught.value.code == "data_unreadable"


def test_missing_labels_and_columns_are_reported(tmp_path: Path) -> None:
    with pytest.raises(MoodError, match=r"labels\.csv does not exist"):
        read_phrases(tmp_path)
    (tmp_path / "labels.csv").write_text("file,emotion\n1.wav,sad\n")
    with pytest.raises(MoodError, match="no column intensity"):
        read_phrases(tmp_path)


def test_phrases_keep_the_order_of_their_rows(tmp_path: Path) -> None:
    rows = [row(2, EMOTIONS[4], 7), row(1, EMOTIONS[1], 8)]
    assert [(one.file, one.emotion, one.actor) for one in read_phrases(labels(tmp_path, rows))] == [
        ("2.wav", 4, 7),
        ("1.wav", 1, 8),
    ]
