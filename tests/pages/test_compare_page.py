"""The comparison of two songs, and the candidates for it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from classifier.models import Analysis, Person, Song, Status
from classifier.views.comparison_candidates import title_without_version
from ml.features.names import NAMES
from tests.classifier.fake_analysis import mood, scores
from tests.pages.result_html import words
from tests.shelf import shelve


def open_page(client: Client, **query: object) -> HttpResponse:
    return client.get(reverse("song-compare"), {name: str(value) for name, value in query.items()})


def page(client: Client, **query: object) -> str:
    response = open_page(client, **query)
    assert response.status_code == 200
    return response.content.decode()


def with_result(song: Song, **changes: Any) -> Song:
    """The same song with some values of its result replaced."""
    detail = song.analysis.detail
    detail.answer |= changes
    detail.save()
    return song


@pytest.fixture
def calm(anna: Person) -> Song:
    features = dict.fromkeys(NAMES, 0.5) | {"tempo_bpm": 80.0, "key": 9.0, "mode": 0.0, "rms_mean": 0.1}
    return with_result(shelve(anna, "Harbour (rough mix)", artist="Anna"), features=features)


@pytest.fixture
def tense(anna: Person) -> Song:
    song = shelve(anna, "Harbour (final mix)", valence=3.1, arousal=6.4)
    features = dict.fromkeys(NAMES, 0.5) | {"tempo_bpm": 150.0, "key": 0.0, "mode": 1.0, "rms_mean": 0.2}
    tense_mood = mood("tense") | {"name": "Tense and Powerful", "joined_by": "and"}
    return with_result(
        song, mood=tense_mood, scores=scores("tense") | {"valence": 3.1, "arousal": 6.4}, features=features
    )


def test_two_songs_are_compared_with_a_summary(anna_client: Client, calm: Song, tense: Song) -> None:
    text = words(page(anna_client, a=calm.id, b=tense.id))
    assert "Both are Powerful; A is also Calm, B is also Tense." in text
    assert "B is livelier (arousal 6.4 versus 3.4) and less pleasant (valence 3.1 versus 6.1)." in text
    for expected in ("Harbour (rough mix)", "Harbour (final mix)", "Tense and Powerful", "A minor", "C major"):
        assert expected in text
    assert "B is faster Tempo" in text
    assert "80 and 150 BPM" in text
    assert "B is 6.0 dB louder" in text


def test_swapped_songs_are_compared_the_other_way_round(anna_client: Client, calm: Song, tense: Song) -> None:
    text = words(page(anna_client, a=tense.id, b=calm.id))
    assert "Both are Powerful; A is also Tense, B is also Calm." in text
    assert "B is slower" in text
    assert "A is 6.0 dB louder" in text


def test_the_mood_with_the_largest_difference_comes_first(anna_client: Client, calm: Song, tense: Song) -> None:
    listed = words(page(anna_client, a=calm.id, b=tense.id).partition('"compare-moods"')[2])
    first, second = re.findall(r"(\w+) A (\d+) · %, B (\d+) %", listed)[:2]
    assert {first, second} == {("Calm", "70", "10"), ("Tense", "10", "70")}


def test_a_song_with_an_older_result_is_compared_by_the_nine_emotions(
    anna_client: Client, anna: Person, calm: Song
) -> None:
    older = shelve(anna, "Long ago", model_version="mood-3")
    text = words(page(anna_client, a=calm.id, b=older.id))
    assert "analysed by different models" in text
    assert "Nine emotions How many of a hundred listeners" in text
    assert "Both are Calm but Powerful." in text


def test_songs_are_aligned_by_time_or_stretched(anna_client: Client, calm: Song, tense: Song) -> None:
    Song.objects.filter(id=tense.id).update(duration_s=30.0)
    by_clock = page(anna_client, a=calm.id, b=tense.id)
    assert 'data-length="60.0">' in by_clock
    assert "0:30" in by_clock
    by_part = page(anna_client, a=calm.id, b=tense.id, align="part")
    assert 'data-length="60.0" data-stretched>' in by_part
    assert "75 %" in words(by_part)


def test_songs_of_two_models_are_compared_with_a_warning(anna_client: Client, calm: Song, tense: Song) -> None:
    assert "analysed by different models" not in page(anna_client, a=calm.id, b=tense.id)
    Analysis.objects.filter(song=tense).update(model_version="mood-1")
    assert "analysed by different models" in page(anna_client, a=calm.id, b=tense.id)


def test_songs_without_stored_features_are_compared_without_them(anna_client: Client, anna: Person) -> None:
    one, other = (with_result(shelve(anna), features={}, reasons=[]) for _ in range(2))
    text = words(page(anna_client, a=one.id, b=other.id))
    assert "Both are Calm but Powerful. They are about equally lively and equally pleasant." in text
    assert "dB louder" not in text


def test_other_versions_and_similar_songs_are_suggested(
    anna_client: Client, anna: Person, calm: Song, tense: Song
) -> None:
    shelve(anna, "Far Away", valence=2.0)
    shelve(anna, "Nearby", valence=6.0)
    text = words(page(anna_client, a=calm.id))
    assert "Compare with which song?" in text
    version, _, rest = text.partition("Similar songs")
    assert "Other versions Harbour (final mix)" in version
    assert rest.index("Nearby") < rest.index("Far Away")
    assert f"?a={calm.id}&amp;b={tense.id}" in page(anna_client, a=calm.id)
    assert f"?b={calm.id}&amp;a={tense.id}" in page(anna_client, b=calm.id)


def test_the_second_song_can_be_searched(anna_client: Client, calm: Song, tense: Song, anna: Person) -> None:
    shelve(anna, "Something Else")
    html = page(anna_client, a=calm.id, q="final")
    assert "Harbour (final mix)" in html
    assert "Something Else" not in html
    assert "No analysed song matches “xyz”." in page(anna_client, a=calm.id, q="xyz")


def test_without_songs_the_page_says_that_two_are_needed(anna_client: Client, anna: Person) -> None:
    assert "You have no analysed songs yet. A comparison needs two." in words(page(anna_client))
    only = shelve(anna)
    assert "This is your only analysed song." in page(anna_client, a=only.id)


def test_choosing_a_song_twice_or_an_unfinished_song_is_explained(
    anna_client: Client, anna: Person, calm: Song
) -> None:
    assert "You chose the same song twice" in page(anna_client, a=calm.id, b=calm.id)
    waiting = shelve(anna, "Soon", status=Status.QUEUED)
    html = page(anna_client, a=calm.id, b=waiting.id)
    assert "“Soon” has not been analysed yet" in html
    assert "Compare with which song?" in html


@pytest.mark.parametrize("wrong", ["x", uuid.uuid4(), "7"])
def test_an_unknown_song_is_not_found(anna_client: Client, calm: Song, wrong: object) -> None:
    assert open_page(anna_client, a=calm.id, b=wrong).status_code == 404


def test_the_song_of_another_user_cannot_be_compared(boris_client: Client, calm: Song, tense: Song) -> None:
    assert open_page(boris_client, a=calm.id, b=tense.id).status_code == 404
    assert open_page(boris_client, a=calm.id).status_code == 404


@pytest.mark.parametrize("segments", [3, 900])
def test_long_songs_need_no_more_queries_and_the_page_stays_small(
    anna_client: Client, calm: Song, tense: Song, segments: int, django_assert_num_queries: Callable
) -> None:
    for song in (calm, tense):
        detail = song.analysis.detail
        [one, *_] = detail.segments
        detail.segments = [one | {"start_s": 5.0 * i, "end_s": 5.0 * i + 10} for i in range(segments)]
        detail.save()
        Song.objects.filter(id=song.id).update(duration_s=5.0 * segments + 5)
    # Session, person; of each song: itself, its analysis with the detail, its segments.
    with django_assert_num_queries(8):
        html = page(anna_client, a=calm.id, b=tense.id)
    assert len(html) < 120_000


def test_titles_are_escaped_and_the_page_complies_with_the_content_security_policy(
    anna_client: Client, calm: Song, tense: Song
) -> None:
    Song.objects.filter(id=calm.id).update(title="<script>alert(1)</script>")
    for html in (page(anna_client, a=calm.id, b=tense.id), page(anna_client, a=calm.id)):
        assert "<script>alert" not in html
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", html)


@pytest.mark.parametrize(
    ("title", "file_name", "plain"),
    [
        ("Harbour (rough mix)", "a.wav", "Harbour"),
        ("Harbour - Live at Home", "a.wav", "Harbour"),
        ("Harbour v2", "a.wav", "Harbour"),
        ("", "harbour_master_final.flac", "harbour"),
        ("Night Train", "a.wav", "Night Train"),
        ("Alive", "a.wav", "Alive"),
        ("[untitled]", "a.wav", ""),
    ],
)
def test_the_version_is_removed_from_a_title(title: str, file_name: str, plain: str) -> None:
    assert title_without_version(Song(title=title, file_name=file_name)) == plain
