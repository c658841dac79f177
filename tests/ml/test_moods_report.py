"""The report on genre frequencies."""

from __future__ import annotations

import json

import pytest

from ml.moods import GENRES, OTHER
from ml.moods.older_genres import genre_scores
from ml.training.evaluation.genre_frequency import count_genres
from tests.ml.mood_tables import EVEN
from tests.ml.test_moods_older_genres import SONGS

STRENGTHS = {name: genre_scores(song, EVEN) for name, song in SONGS.items()}


def test_each_collection_and_all_songs_are_counted():
    report = count_genres(list(STRENGTHS.values()), ["rock"] * 4 + ["folk"] * 6)
    assert report.songs == {"all": 10, "rock": 4, "folk": 6}
    assert all(report.share(name) == 0.1 for name in GENRES)
    assert report.share("NegativeButHopeful", "rock") == 0.25
    assert report.share("NegativeButHopeful", "folk") == 0.0


def test_ten_songs_of_ten_genres_violate_nothing():
    assert count_genres(list(STRENGTHS.values()), ["any"] * 10).violations() == []


def test_a_genre_that_never_occurs_is_reported():
    songs = [song for name, song in STRENGTHS.items() if name != "CalmButWarm"]
    assert count_genres(songs, ["any"] * 9).violations() == [
        "CalmButWarm is predicted for 0.0% of the songs, expected at least 1%."
    ]


def test_too_frequent_other_is_reported():
    songs = [*STRENGTHS.values(), *[STRENGTHS[OTHER]] * 5]
    assert count_genres(songs, ["any"] * 15).violations() == [
        "Other is predicted for 40.0% of the songs, expected at most 35%."
    ]


def test_a_runner_up_is_never_the_genre_itself():
    rivals = count_genres(list(STRENGTHS.values()), ["any"] * 10).rivals
    assert all(rivals[name] != name for name in GENRES)


def test_the_table_has_a_row_for_each_genre():
    text = count_genres(list(STRENGTHS.values()), ["rock"] * 10).to_markdown()
    assert text.splitlines()[0] == "| genre | all (10) | rock (10) | runner-up |"
    assert [line.split(" | ")[0] for line in text.splitlines()[2:]] == [f"| {name}" for name in GENRES]
    assert "| 10.0% | 10.0% |" in text


def test_the_report_is_json():
    report = count_genres(list(STRENGTHS.values()), ["rock"] * 10)
    assert json.loads(json.dumps(report.to_json()))["shares"]["rock"][OTHER] == 0.1


@pytest.mark.parametrize(("songs", "sets"), [(0, 0), (2, 1)])
def test_songs_without_collections_are_rejected(songs, sets):
    with pytest.raises(ValueError, match="give each song's collection"):
        count_genres([STRENGTHS[OTHER]] * songs, ["any"] * sets)
