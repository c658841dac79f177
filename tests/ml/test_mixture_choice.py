"""Of the songs that are chosen for a mixture, how many carry people's words for both moods."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from ml.moods import EMOTION_NAMES, MOOD_NAMES, MOODS
from ml.training import mixtures
from ml.training.data.clips import MUSIC_SETS, TERMS_FILE, Clip, read_clips
from ml.training.data.teachers import CLIP_WIDTH
from ml.training.evaluation.mixture_choice import (
    CHANCE,
    CHOSEN,
    FITTED_WAY,
    MEAN,
    MIXTURES,
    MOODS_WAY,
    PLANE_WAY,
    ScoredSongs,
    precision_metrics,
    ranks,
)
from ml.training.evaluation.teacher_scores import teacher_scores

SONGS = 200


def scored(knows: bool = True, seed: int = 1) -> ScoredSongs:
    """Each song carries each term with a chance of .3; the scores know that, or are random."""
    random = np.random.default_rng(seed)
    terms = random.random((SONGS, len(MOOD_NAMES))) < 0.3
    moods = np.where(terms, 0.8, 0.1) if knows else random.random(terms.shape)
    plane = random.normal(5, 1, (SONGS, 2))
    return ScoredSongs(
        moods + 0.01 * random.random(terms.shape), plane, terms, np.arange(SONGS) % 5,
        np.array([f"artist {number // 2}" for number in range(SONGS)]),
    )  # fmt: skip


def precision(songs: ScoredSongs, way: str) -> float:
    return float(precision_metrics(songs)[way](np.arange(SONGS))[MEAN])


def test_scores_that_know_the_words_find_songs_with_both() -> None:
    songs = scored()
    both = [min(CHOSEN, int(songs.with_both(mixture).sum())) / CHOSEN for mixture in MIXTURES]

    assert precision(songs, MOODS_WAY) == pytest.approx(np.mean(both))
    assert precision(songs, PLANE_WAY) < 0.3


def test_random_scores_find_as_many_as_chance() -> None:
    songs = scored(knows=False)
    expected = precision(songs, CHANCE)

    assert expected == pytest.approx(0.09, abs=0.03)
    for way in (MOODS_WAY, PLANE_WAY, FITTED_WAY):
        assert abs(precision(songs, way) - expected) < 0.1


def test_the_plane_chooses_the_songs_in_the_middle_of_both_moods() -> None:
    songs = scored()
    mixture = ("sad", "calm")
    middle = [(MOODS["sad"].valence + MOODS["calm"].valence) / 2, (MOODS["sad"].arousal + MOODS["calm"].arousal) / 2]
    songs.plane[7] = middle

    assert ranks(songs, mixture)[PLANE_WAY][7] == 0


def test_the_fitted_place_of_a_song_comes_from_other_folds() -> None:
    """Songs with both words lie far out in their own fold alone: no song of that fold is chosen for it."""
    songs = scored()
    mixture = ("sad", "tender")
    both = songs.with_both(mixture)
    songs.plane[:] = 5.0
    far = both & (songs.folds == 0)
    songs.plane[far] = 9.0

    placed = ranks(songs, mixture)[FITTED_WAY]

    others = ~far & (songs.folds == 0)
    assert placed[others].max() < placed[far].min()


def test_a_song_that_is_drawn_twice_counts_twice() -> None:
    songs = scored()
    best = int(np.argmin(ranks(songs, MIXTURES[0])[MOODS_WAY]))

    metrics = precision_metrics(songs)[MOODS_WAY](np.full(SONGS, best))

    assert metrics[" ".join(MIXTURES[0])] == 1.0


# --- The command --------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Labels as of 4qaed, and one word for each term."""
    with (tmp_path / TERMS_FILE).open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerows([("term", "words"), *((term, f"{term} word") for term in MOOD_NAMES)])
    random = np.random.default_rng(2)
    for collection in ("4qaed", "mirex", "emotify"):
        (tmp_path / collection).mkdir()
    with (tmp_path / "4qaed" / "labels.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("file", "fold", "artist_key", "quadrant", "valence", "arousal", "moods", "genres"))
        for number in range(120):
            terms = [term for term in MOOD_NAMES if random.random() < 0.4] or ["sad"]
            words = ";".join(f"{term} word" for term in terms)
            writer.writerow(
                (f"{number}.opus", number % 5, f"artist {number}", f"Q{number % 4 + 1}", 5.0, 5.0, words, "Rock")
            )
    return tmp_path


def test_the_command_prints_the_ten_mixtures(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(3)
    scores = {
        f"{number}.opus": dict.fromkeys(MOOD_NAMES, 0.0)
        | {name: float(random.random()) for name in mixtures.COLUMNS[1:]}
        for number in range(120)
    }
    mixtures.write_scores(scores, tmp_path / "scores.csv")

    assert mixtures.main(["--data", str(data), "--scores", str(tmp_path / "scores.csv")]) == 0

    text = capsys.readouterr().out
    assert "| Sad but Tender |" in text
    assert text.count("\n| ") == 12
    assert "By moods minus by chance:" in text


def test_scores_that_are_missing_or_of_other_clips_are_reported(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mixtures.main(["--data", str(data), "--scores", str(tmp_path / "none.csv")]) == 1
    assert "ml.training.evaluate writes it" in capsys.readouterr().err

    mixtures.write_scores({"other.opus": dict.fromkeys(mixtures.COLUMNS[1:], 0.5)}, tmp_path / "other.csv")
    assert mixtures.main(["--data", str(data), "--scores", str(tmp_path / "other.csv")]) == 1
    assert "The scores lack '0.opus'" in capsys.readouterr().err


def test_the_teachers_regressions_never_see_the_fold_that_they_score(data: Path) -> None:
    """The descriptions say which clips are sad in four folds, and the opposite in the fifth: a regression that saw the
    fifth would not score it the wrong way round."""
    add_other_collections(data)
    clips = read_clips(data)
    write_descriptions(data, clips)

    scored_clips, scores = teacher_scores(data)

    assert scored_clips == clips
    own = [i for i, clip in enumerate(clips) if clip.collection == "4qaed" and clip.fold == 4]
    sad = np.array(["sad" in clips[i].terms for i in own])
    chances = np.array([scores[i]["sad"] for i in own])
    assert chances[sad].mean() < chances[~sad].mean()


def add_other_collections(data: Path) -> None:
    columns = {"mirex": ("cluster", "mood"), "emotify": ("listeners", *EMOTION_NAMES)}
    for collection, names in columns.items():
        with (data / collection / "labels.csv").open("w", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(("file", "fold", "artist_key", *names))
            for number in range(20):
                shares = [(number + i) % 9 / 9 for i in range(len(EMOTION_NAMES))]
                labels = (number % 5 + 1, "sad word") if collection == "mirex" else (20, *shares)
                writer.writerow((f"{number}.opus", number % 5, f"{collection} {number}", *labels))


def write_descriptions(data: Path, clips: list[Clip]) -> None:
    (data / "teacher").mkdir()
    random = np.random.default_rng(4)
    for collection in MUSIC_SETS:
        own = [clip for clip in clips if clip.collection == collection]
        signs = np.array([[(1 if "sad" in clip.terms else -1) * (-1 if clip.fold == 4 else 1)] for clip in own])
        whole = {
            name: np.clip(24 * (signs + 0.1 * random.normal(size=(len(own), width))), -127, 127).astype(np.int8)
            for name, width in CLIP_WIDTH.items()
        }
        ones, frames = np.ones(len(own), np.int8), np.zeros((len(own), 1), np.int8)
        common = {"hidden": frames, "variance": np.ones(1), "frames": ones}
        mn04 = {"embedding": frames, "hidden_variance": np.ones(1), "windows": ones, "clip": whole["mn04"]}
        musicnn = {"tag_logits": frames, "pooled": whole["musicnn"]}
        for name, arrays in {"mn04": mn04, "musicnn": musicnn}.items():
            np.savez(data / "teacher" / f"{name}-{collection}.npz", **common, **arrays)
