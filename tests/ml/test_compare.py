"""The comparison of networks on unseen artists, and the effect of data leakage."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.errors import MoodError
from ml.moods import QUADRANTS
from ml.training.compare import chosen_budgets, compare, load_results, tables
from ml.training.data.clips import Clip
from ml.training.data.feature_cache import FeatureCache
from ml.training.older_networks import ARCHITECTURES, architecture, leakage
from ml.training.older_networks.comparison_table import page_tables
from ml.training.older_networks.fold_measurement import VALIDATION_SHARE, split_by_artist
from ml.training.older_networks.leakage import LEAKAGE_CASES, LeakageCase, folds_of, measure_leakage
from ml.training.older_networks.trial_budget import BUDGETS, TrialBudget, with_budget
from ml.training.reports.markdown import replace_marked
from tests import sounds
from tests.architecture.sources import ROOT

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),  # TensorFlow's and Keras's own
]
RATE = 16_000
PITCHES_HZ = (3000.0, 1500.0, 600.0, 200.0)


def clip(number: int, artist: str = "", fold: int = 0, quadrant: int = 0) -> Clip:
    return Clip("4qaed", f"{number}.wav", fold, artist or f"artist {number}", "", quadrant=quadrant)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twenty clips of five artists, an artist a fold; each quadrant has a pitch of its own."""
    folder = tmp_path / "data" / "4qaed"
    folder.mkdir(parents=True)
    rows = ["file,quadrant,valence,arousal,moods,genres,artist_key,fold"]
    for number in range(20):
        quadrant, artist = number % 4, number // 4
        samples = sounds.tone(PITCHES_HZ[quadrant] + 20 * artist, 4.5, RATE) + sounds.noise(4.5, RATE, 0.01, number)
        sounds.write(folder / f"{number}.wav", samples, sample_rate=RATE)
        rows.append(f"{number}.wav,{QUADRANTS[quadrant]},5,5,word,Rock,a{artist},{artist}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    return tmp_path / "data"


def test_a_fold_is_tested_by_a_network_trained_without_it(data: Path, tmp_path: Path) -> None:
    out, cache = tmp_path / "out", FeatureCache(tmp_path / "cache")
    compare(data, cache, out, {"mfcc_mean_cnn": TrialBudget(folds=(0, 2), epochs=20)})
    result = json.loads((out / "mfcc_mean_cnn-2.json").read_text())
    assert result["files"] == ["8.wav", "9.wav", "10.wav", "11.wav"]
    assert result["labels"] == [0, 1, 2, 3]
    assert np.argmax(result["chances"], axis=1).tolist() == [0, 1, 2, 3]
    assert result["epochs"] <= result["epochs_allowed"] == 20

    pieces_list = (out / "mfcc_mean_cnn-2.json").stat().st_mtime_ns
    compare(data, cache, out, {"mfcc_mean_cnn": TrialBudget(folds=(2,), epochs=20)})
    assert (out / "mfcc_mean_cnn-2.json").stat().st_mtime_ns == pieces_list

    with pytest.raises(MoodError) as caught:
        compare(data, cache, out, {"mfcc_mean_cnn": TrialBudget(folds=(2,), epochs=30)})
    assert caught.value.code == "measured_otherwise"

    found = load_results(out)
    assert found["networks"]["mfcc_mean_cnn"]["songs"] == 8
    assert found["networks"]["mfcc_mean_cnn"]["accuracy"]["value"] == 1.0
    assert "| CNN on mean MFCC | `mfcc_mean_cnn` | 1.000 [1.000, 1.000] |" in tables(found)


def test_validation_sets_have_whole_artists() -> None:
    clips = [clip(number, f"artist {number // 3}") for number in range(60)]
    learn, watch = split_by_artist(clips, np.arange(6, 60), seed=0)
    assert {clips[song].artist for song in learn} & {clips[song].artist for song in watch} == set()
    assert sorted([*learn, *watch]) == list(range(6, 60))
    assert len(watch) / 54 == pytest.approx(VALIDATION_SHARE, abs=0.06)


def test_pieces_of_a_song_are_split_only_in_that_leakage_case() -> None:
    clips = [clip(number, f"artist {number // 2}", fold=number // 2 % 5) for number in range(40)]
    owner = np.repeat(np.arange(40), 6)
    split = {leak.unit: folds_of(leak.unit, clips, owner) for leak in LEAKAGE_CASES}
    assert set(split) == {"artist", "song", "piece"}
    in_folds = {unit: [len(set(folds[owner == song])) for song in range(40)] for unit, folds in split.items()}
    assert max(in_folds["artist"]) == max(in_folds["song"]) == 1
    assert max(in_folds["piece"]) > 1
    both = [set(split["song"][owner // 2 == artist]) for artist in range(20)]
    assert max(map(len, both)) == 2


def test_leakage_inflates_accuracy_on_random_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every song has a sound of its own and a mood drawn by lot: nobody could know it."""
    monkeypatch.setattr(leakage, "EPOCHS", 30)
    monkeypatch.setattr(leakage, "FOLDS", 2)
    random = np.random.default_rng(0)
    clips = [clip(number, fold=number % 2, quadrant=int(random.integers(4))) for number in range(60)]
    pieces = [
        (random.normal(0, 1, (1, 57, 1)) + random.normal(0, 0.1, (8, 57, 1))).astype(np.float32) for _ in range(60)
    ]
    small = replace(architecture("cnn1d4"), recipe=replace(architecture("cnn1d4").recipe, batch_size=16))
    right = {}
    for leak in (LeakageCase("artists", "artists", "artist"), LeakageCase("pieces", "nothing", "piece")):
        found = json.loads(measure_leakage(leak, small, clips, pieces, tmp_path).read_text())
        right[leak.name] = found["piece_accuracy"]["value"]
    assert right["artists"] < 0.5
    assert right["pieces"] > 0.9


def test_budgets_reduce_training_and_full_does_not() -> None:
    assert set(BUDGETS) == set(ARCHITECTURES)
    reduced = with_budget("residual_cnn", BUDGETS["residual_cnn"])
    assert reduced.shape < architecture("residual_cnn").shape
    assert reduced.recipe.epochs < architecture("residual_cnn").recipe.epochs
    for name, trial in chosen_budgets([], None, full=True).items():
        assert with_budget(name, trial) == architecture(name)


def test_an_unknown_network_is_rejected_before_training() -> None:
    with pytest.raises(MoodError, match="There is no network"):
        chosen_budgets(["lenet6"], None, full=False)


def test_the_docs_tables_match_the_stored_results() -> None:
    found = json.loads((ROOT / "docs/networks.json").read_text())
    page = (ROOT / "docs/networks.md").read_text()
    assert replace_marked(page, page_tables(found)) == page
    assert list(found["networks"]) == list(ARCHITECTURES)
    assert [one["apart"] for one in found["leaks"]] == [leak.apart for leak in LEAKAGE_CASES]


def test_the_docs_describe_every_network() -> None:
    page = (ROOT / "docs/networks.md").read_text().partition("## Comparison")[0]
    assert [name for name in ARCHITECTURES if f"`{name}`" not in page] == []


def test_a_page_without_marks_is_not_changed() -> None:
    with pytest.raises(MoodError) as caught:
        replace_marked("# Networks\n", page_tables({"networks": {}, "leaks": []}))
    assert caught.value.code == "page_unmarked"
