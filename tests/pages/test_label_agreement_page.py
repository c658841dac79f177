"""The page "Your corrections": what a user stated beside what the analysis says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.charts.library.agreement_rates import agreement_bar, agreement_rates
from classifier.library.label_agreement import (
    MIN_JUDGED,
    Agreement,
    either_mood_counts,
    judged_songs,
    judgements,
    main_mood_counts,
)
from classifier.ml_gateway import EMOTIONS, MoodError
from classifier.models import Analysis, Person, Song, Status, Verdict
from classifier.views.label_agreement import PER_PAGE
from tests.pages.test_result_page import words
from tests.shelf import shelve

NOW = timezone.now()
Judge = Callable[..., Song]


@pytest.fixture
def judge(anna: Person) -> Judge:
    """Adds a song of Anna's, analysed as calm but powerful, with these stated moods, or only disagreed with."""

    def judge(*moods: str, owner: Person = anna, **given: Any) -> Song:
        first, second = (*moods, "", "")[:2]
        verdict = Verdict.CORRECTED if moods else Verdict.DISAGREED
        judgement = {"verdict": verdict, "verdict_at": NOW, "actual_primary": first, "actual_secondary": second}
        return shelve(owner, created_at=NOW - timedelta(days=1), **judgement | given)

    return judge


def page(client: Client, **query: object) -> str:
    response = client.get(reverse("corrections"), query)
    assert response.status_code == 200
    return response.content.decode()


def matrix_links(html: str, key: str) -> dict[str, str]:
    """Where each non-empty cell of a matrix leads, by its text."""
    part = html.partition(f'id="{key}"')[2].partition("</figure>")[0]
    links = re.findall(r'<a href="([^"]*)" title="([^"]*)"', part)
    return {text: address.replace("&amp;", "&") for address, text in links}


def test_a_user_without_judgements_is_led_to_songs_to_judge(anna_client: Client, anna: Person) -> None:
    assert "You have no analysed songs yet" in page(anna_client)
    shelve(anna)
    html = page(anna_client)
    assert "You have not judged any songs yet" in html
    assert "/songs/?verdict=none&amp;status=done" in html


def test_judgements_of_songs_in_the_queue_are_mentioned(anna_client: Client, judge: Judge) -> None:
    judge("calmness", status=Status.QUEUED)
    html = page(anna_client)
    assert "Your judgements are saved" in html
    assert "/songs/?verdict=any" in html


def test_fewer_than_ten_judged_songs_give_no_statistics(anna_client: Client, judge: Judge) -> None:
    for _ in range(MIN_JUDGED - 1):
        judge("calmness", "power", title="Harbour")
    text = words(page(anna_client))
    assert "You have judged 9 of 10 songs." in text
    assert "Harbour" in text
    assert "%" not in text.replace("71 %", "")
    assert "Which moods are confused" not in text
    judge("calmness", "power")
    assert "Which moods are confused" in page(anna_client)


def test_the_agreement_of_a_song_follows_from_its_moods(judge: Judge, anna: Person) -> None:
    judge("calmness", "power", title="both")
    judge("power", "calmness", title="swapped")
    judge("calmness", title="only the main mood")
    judge("sadness", "power", title="the second")
    judge("sadness", "tension", title="neither")
    judge(title="disagreed")
    assert {song.title: song.label_agreement for song in judged_songs(anna)} == {
        "both": Agreement.FULL,
        "swapped": Agreement.FULL,
        "only the main mood": Agreement.PARTIAL,
        "the second": Agreement.PARTIAL,
        "neither": Agreement.NONE,
        "disagreed": Agreement.NONE,
    }


def test_a_disagreement_does_not_count_for_a_later_analysis(judge: Judge, anna: Person) -> None:
    song = judge()
    Analysis.objects.filter(song=song).update(created_at=NOW + timedelta(hours=1))
    [judgement] = judgements(anna)
    assert judgement.agreement == Agreement.OUTDATED
    assert agreement_bar([judgement]) == []
    assert agreement_rates([judgement], {}) == []


def test_only_songs_with_a_current_analysis_count(judge: Judge, anna: Person, boris: Person) -> None:
    judge("calmness")
    judge("calmness", status=Status.QUEUED)
    judge("calmness", owner=boris)
    shelve(anna)
    assert [judgement.songs for judgement in judgements(anna)] == [1]


def test_the_matrices_count_songs_by_label_and_prediction(judge: Judge, anna: Person) -> None:
    judge("calmness", "power")
    judge("power", "calmness")
    judge("sadness", "power")
    judge()
    groups = judgements(anna)
    assert main_mood_counts(groups) == {
        ("calmness", "calmness"): 1,
        ("power", "calmness"): 1,
        ("sadness", "calmness"): 1,
    }
    assert either_mood_counts(groups) == {
        ("calmness", "calmness"): 2,
        ("power", "power"): 3,
        ("sadness", "calmness"): 1,
    }


def test_every_matrix_cell_links_to_as_many_songs_as_it_shows(anna_client: Client, judge: Judge) -> None:
    pairs = [("calmness", "power"), ("power", "tension"), ("tension", "sadness"), ("sadness",), ("power", "calmness")]
    for i, moods in enumerate(pairs * 2):
        judge(*moods, primary=EMOTIONS[i % 4], secondary="power" if i % 4 != EMOTIONS.index("power") else "sadness")
    html = page(anna_client)
    main, either = matrix_links(html, "first"), matrix_links(html, "either")
    assert len(main) > 4
    assert len(either) > 4
    for text, address in main.items():
        assert address.startswith("/songs/?")
        listed = anna_client.get(address).content.decode()
        assert int(text.split(" ")[0]) == len(set(re.findall(r'data-song="([^"]+)"', listed))), text
    for text, address in either.items():
        shown = anna_client.get(reverse("corrections") + address).content.decode()
        assert int(text.split(" ")[0]) == shown.count('data-label="Your mood"'), text


def test_rates_come_with_intervals_and_the_models_own_evaluation(anna_client: Client, judge: Judge) -> None:
    for moods in (("calmness", "power"), ("calmness", "tension"), ("sadness",), ()) * 4:
        judge(*moods)
    text = words(page(anna_client))
    assert "Your moods for 16 songs, compared with the analysis." in text
    assert "Its main mood is one of yours 67 % 39 to 86 % 8 of 12 songs · in the model’s evaluation 66 %" in text
    assert "Both moods match 33 % 14 to 61 % 4 of 12 songs" in text
    assert "With 4 songs you only disagreed, without stating a mood; they count in the last rate only." in text


def test_without_a_model_card_only_the_reference_is_missing(
    anna_client: Client, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(version: str = "") -> None:
        raise MoodError("model_missing", "There is no model.")

    monkeypatch.setattr("classifier.ml_gateway.model_card", missing)
    for _ in range(MIN_JUDGED):
        judge("calmness", "power")
    text = words(page(anna_client))
    assert "Its main mood is one of yours" in text
    assert "in the model’s evaluation" not in text


def test_the_table_shows_both_moods(anna_client: Client, judge: Judge) -> None:
    judge("sadness", "power", title="Harbour <b>")
    html = page(anna_client)
    assert "Harbour &lt;b&gt;" in html
    row = words(html.partition("<tbody>")[2].rpartition("</tbody>")[0])
    assert "Sad but Powerful" in row
    assert "Calm but Powerful 71 % Partial match" in row


def test_the_table_can_be_filtered_by_agreement(anna_client: Client, judge: Judge) -> None:
    judge("calmness", "power", title="Right")
    judge("sadness", title="Wrong")
    only = page(anna_client, fit="miss")
    assert "Wrong" in only
    assert "Right" not in only
    for invalid in ({"fit": "perhaps"}, {"said": "hunger", "heard": "power"}, {"page": "x"}):
        assert "Right" in page(anna_client, **invalid)


def test_a_matrix_cell_without_songs_says_so(anna_client: Client, judge: Judge) -> None:
    judge("calmness")
    assert "No songs match this filter." in page(anna_client, said="tension", heard="sadness")


def test_pages_keep_the_filter(anna_client: Client, judge: Judge) -> None:
    for _ in range(PER_PAGE + 1):
        judge("sadness")
    html = page(anna_client, fit="miss")
    assert 'href="?fit=miss&amp;page=2#songs"' in html
    assert "Page 2 of 2" in page(anna_client, fit="miss", page=2)


@pytest.mark.parametrize("songs", [3, 40])
def test_the_page_takes_no_more_queries_for_more_songs(
    anna_client: Client, judge: Judge, songs: int, django_assert_num_queries: Callable
) -> None:
    for i in range(songs):
        judge(EMOTIONS[i % 9])
    # Session, user, all judgements, a page of songs, their analyses.
    with django_assert_num_queries(5):
        page(anna_client)


def test_users_see_only_their_own_corrections(boris_client: Client, judge: Judge) -> None:
    judge("calmness", title="Secret")
    assert "Secret" not in page(boris_client)


def test_the_page_follows_the_content_security_policy(anna_client: Client, judge: Judge) -> None:
    for _ in range(MIN_JUDGED):
        judge("calmness")
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", page(anna_client))
