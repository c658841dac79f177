"""Training data: packs, teachers, scalers, augmentation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.errors import MoodError
from ml.features.filterbanks import mel_weights
from ml.models.scalers import FeatureScaler, SpectrogramScaler
from ml.moods import EMOTION_NAMES, MOOD_NAMES
from ml.spec import SPEC
from ml.training.data.augmentation import (
    AugmentationRanges,
    equalised_with_noise,
    mel_positions,
    stretched_and_shifted,
    time_and_band_masked,
)
from ml.training.data.batches import TRUST, UNLABELLED_WEIGHT, Targets
from ml.training.data.clips import read_clips
from ml.training.data.packing import Pack
from ml.training.data.soft_targets import soft_targets
from ml.training.data.teachers import TeacherFrames
from ml.training.product.cross_validation import FOLDS
from ml.training.product.recipes import STARTS
from tests.ml.small_pack import small_pack

SHARES = "0.0,0.1,0.1,0.1,0.2,0.6,0.1,0.2,0.1"
"""Listeners' shares of the nine emotions: power leads, calmness and tension tie behind it."""


def write_terms(folder: Path) -> None:
    """A table of terms in which each term has one word: "sad word" for sad."""
    rows = "".join(f"{term},{term} word\n" for term in MOOD_NAMES)
    (folder / "mood_terms.csv").write_text(f"term,words\n{rows}")


def test_a_pack_survives_a_round_trip_to_disk(tmp_path: Path) -> None:
    pack = small_pack()
    pack.save(tmp_path)
    again = Pack.load(tmp_path)
    assert again.clips == pack.clips
    assert again.spec == pack.spec
    np.testing.assert_array_equal(again.mel_of(7), pack.mel_of(7))
    np.testing.assert_array_equal(again.frames_of(7), pack.frames_of(7))


def test_a_folder_without_labels_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(MoodError, match=r"4qaed/labels\.csv") as caught:
        read_clips(tmp_path)
    assert caught.value.code == "data_missing"


def test_labels_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "mirex"
    folder.mkdir()
    (folder / "labels.csv").write_text("file,cluster,mood,artist_key,fold\nb.opus,5,fiery,x,2\na.opus,1,rowdy,y,0\n")
    clips = read_clips(tmp_path, ("mirex",))
    assert [(clip.name, clip.cluster, clip.fold, clip.words) for clip in clips] == [
        ("mirex/b.opus", 4, 2, ("fiery",)),
        ("mirex/a.opus", 0, 0, ("rowdy",)),
    ]


def test_people_use_the_terms_of_their_words_and_of_the_emotions_that_most_of_them_name(tmp_path: Path) -> None:
    write_terms(tmp_path)
    for folder, table in (
        ("mirex", "file,cluster,mood,artist_key,fold\na.opus,5,joyful word,y,0\n"),
        ("emotify", f"file,genre,listeners,{','.join(EMOTION_NAMES)},artist_key,fold\nb.opus,rock,20,{SHARES},z,1\n"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "labels.csv").write_text(table)
    worded, heard = read_clips(tmp_path, ("mirex", "emotify"))
    assert worded.terms == ("joyful",)
    assert worded.term_targets == tuple(float(term == "joyful") for term in MOOD_NAMES)
    # Power .6, and calmness and tension that tie for the second place; a share of one half counts as certain.
    assert heard.terms == ("powerful", "tense", "calm")
    assert heard.term_targets is not None
    targets = dict(zip(MOOD_NAMES, heard.term_targets, strict=True))
    assert (targets["powerful"], targets["calm"], targets["sad"], targets["gritty"]) == (1.0, 0.4, 0.2, 0.0)


def test_a_table_with_other_terms_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "mood_terms.csv").write_text("term,words\ncheery,cheery\n")
    (tmp_path / "mirex").mkdir()
    (tmp_path / "mirex" / "labels.csv").write_text("file,cluster,mood,artist_key,fold\n")
    with pytest.raises(MoodError, match="must have the terms joyful, energetic") as caught:
        read_clips(tmp_path, ("mirex",))
    assert caught.value.code == "data_invalid"


def test_a_copy_has_the_labels_and_the_fold_of_its_original_but_is_not_measured(tmp_path: Path) -> None:
    write_terms(tmp_path)
    (tmp_path / "mirex").mkdir()
    (tmp_path / "mirex" / "labels.csv").write_text("file,cluster,mood,artist_key,fold\na.opus,5,sad word,y,3\n")
    (tmp_path / "augmented").mkdir()
    (tmp_path / "augmented" / "clips.csv").write_text("file,source\nx.wav,mirex/a.opus\ny.wav,mirex/missing.opus\n")
    _, copy = read_clips(tmp_path, ("mirex", "augmented"))
    assert (copy.name, copy.copy_of, copy.fold, copy.terms) == ("augmented/x.wav", 0, 3, ("sad",))
    pack = small_pack(4)
    with_copy = replace(pack, clips=[*pack.clips[:3], replace(pack.clips[1], collection="augmented", copy_of=1)])
    assert with_copy.measured.tolist() == [0, 1, 2]
    assert with_copy.copies().tolist() == [-1, 3, -1, -1]
    assert with_copy.training_clips("final").tolist() == [0, 1, 2]


def test_a_start_trains_without_the_folds_that_continue_it() -> None:
    pack = small_pack(20)
    for name, folds in STARTS.items():
        excluded = {int(fold) for fold in folds if fold != "final"}
        assert {pack.clips[clip].fold for clip in pack.training_clips(name)} == set(range(5)) - excluded
    assert sorted(fold for folds in STARTS.values() for fold in folds) == sorted(FOLDS)


def test_soft_targets_know_more_than_chance_about_clips_of_other_folds() -> None:
    pack = small_pack(120, teacher_mask=True)
    soft = soft_targets(pack, "0")
    held_out = pack.folds == 0
    assert np.isnan(soft["moods"][held_out]).all()
    calm = soft["moods"][~held_out, MOOD_NAMES.index("calm")]
    dark = np.array([index % 2 == 0 for index in np.flatnonzero(~held_out)])
    assert calm[dark].min() > calm[~dark].max()
    np.testing.assert_allclose(soft["quadrants"][~held_out].sum(axis=1), 1, atol=1e-5)


def test_labels_and_soft_targets_are_blended_and_a_clip_without_label_counts_less() -> None:
    pack = small_pack(120, teacher_mask=True)
    plain, blended = Targets.of(pack, []), Targets.of(pack, [], soft_targets(pack, "final"))
    worded = next(i for i, clip in enumerate(pack.clips) if clip.collection == "4qaed")
    heard = next(i for i, clip in enumerate(pack.clips) if clip.collection == "emotify")
    assert plain.arrays["quadrants_weight"][heard] == 0
    assert blended.arrays["quadrants_weight"][heard] == UNLABELLED_WEIGHT
    assert blended.arrays["quadrants_weight"][worded] == 1
    label, soft = plain.arrays["quadrants"][worded], soft_targets(pack, "final")["quadrants"][worded]
    np.testing.assert_allclose(blended.arrays["quadrants"][worded], TRUST * label + (1 - TRUST) * soft, atol=1e-6)


def test_a_teachers_frames_are_interpolated_between_their_middles() -> None:
    heard = TeacherFrames(np.arange(10.0, dtype=np.float32)[:, None], np.array([0, 10]), every_s=1.0, sees_s=1.0)
    np.testing.assert_allclose(heard.by_second(0, 12)[:, 0], [*range(10), 9, 9])


def test_features_are_standardised_by_training_clips_only() -> None:
    frames = np.abs(np.random.default_rng(0).normal(5, 2, (500, 57))).astype(np.float32)
    scaled = FeatureScaler.fit(frames)(frames)
    assert np.abs(scaled.mean(axis=0)).max() < 0.1
    assert np.abs(scaled.std(axis=0) - 1).max() < 0.15


def test_a_scaler_survives_a_round_trip_through_the_card() -> None:
    scaler = FeatureScaler.fit(small_pack().frames)
    again = FeatureScaler.from_card(scaler.to_card())
    frames = small_pack().frames_of(3)
    np.testing.assert_allclose(again(frames), scaler(frames), atol=1e-3)
    np.testing.assert_allclose(scaler.inverse(scaler(frames)), frames, rtol=1e-3)


def test_loudness_is_normalised() -> None:
    mel = small_pack().mel_of(0)[None, : SPEC.segment_steps]
    scaler = SpectrogramScaler(deviation_db=10.0)
    np.testing.assert_allclose(scaler(mel, SPEC), scaler(mel + 20, SPEC), atol=1e-5)


def test_a_pitch_shift_moves_the_band_of_a_tone() -> None:
    def band(hz: float) -> int:
        return int(np.argmax(mel_weights(SPEC)[:, round(hz * SPEC.n_fft / SPEC.sample_rate)]))

    before = np.full((1, SPEC.segment_steps + 32, SPEC.n_mels), -60.0, np.float32)
    before[:, :, band(1000)] = 0.0
    ratio = np.array([2 ** (4 / 12)])
    after = stretched_and_shifted(before, np.ones(1), ratio, SPEC)
    assert abs(int(after[0, 100].argmax()) - band(1000 * float(ratio[0]))) <= 1


def test_a_stretch_by_10_percent_reads_10_percent_more() -> None:
    ramp = np.tile(np.arange(400, dtype=np.float32)[None, :, None], (1, 1, SPEC.n_mels))
    read = stretched_and_shifted(ramp, np.array([1.1]), np.ones(1), SPEC)
    np.testing.assert_allclose(read[0, :, 5], 1.1 * np.arange(SPEC.segment_steps), atol=1e-3)


def test_no_shift_changes_no_band() -> None:
    np.testing.assert_allclose(
        mel_positions(np.ones(1), SPEC.n_mels, SPEC.mel_fmin_hz, SPEC.mel_fmax_hz)[0], np.arange(SPEC.n_mels), atol=1e-6
    )


def test_masks_and_equalisers_stay_within_their_ranges() -> None:
    random = np.random.default_rng(3)
    mel_db = random.normal(-30, 5, (4, SPEC.segment_steps, SPEC.n_mels)).astype(np.float32)
    assert np.abs(equalised_with_noise(mel_db, AugmentationRanges(), random) - mel_db).max() < 40
    hidden = time_and_band_masked(np.ones_like(mel_db), AugmentationRanges(), SPEC, random) == 0
    assert 0 < hidden.mean() < 0.5
