"""The page "Your corrections": what a user stated beside what the analysis says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from classifier.charts.library.agreement_rates import agreement_bar, agreement_rates
from classifier.library.label_agreement import (
    MIN_JUDGED,
    Agreement,
    either_mood_counts,
    judged_songs,
    judgements,
    main_mood_counts,
)
from classifier.ml_gateway import MOOD_NAMES, MoodError
from classifier.models import Analysis, Person, Status
from classifier.views.label_agreement import PER_PAGE
from tests.pages.conftest import NOW, Judge
from tests.pages.evaluated_card import evaluated_card
from tests.pages.result_html import words
from tests.shelf import shelve


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
    judge("calm", status=Status.QUEUED)
    html = page(anna_client)
    assert "Your judgements are saved" in html
    assert "/songs/?verdict=any" in html


def test_fewer_than_ten_judged_songs_give_no_statistics(anna_client: Client, judge: Judge) -> None:
    for _ in range(MIN_JUDGED - 1):
        judge("calm", "powerful", title="Harbour")
    text = words(page(anna_client))
    assert "You have judged 9 of 10 songs." in text
    assert "Harbour" in text
    assert "%" not in text.replace("71 %", "")
    assert "Which moods are confused" not in text
    judge("calm", "powerful")
    assert "Which moods are confused" in page(anna_client)


def test_the_agreement_of_a_song_follows_from_its_moods(judge: Judge, anna: Person) -> None:
    judge("calm", "powerful", title="both")
    judge("powerful", "calm", title="swapped")
    judge("calm", title="only the main mood")
    judge("sad", "powerful", title="the second")
    judge("sad", "tense", title="neither")
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
    judge("calm")
    judge("calm", status=Status.QUEUED)
    judge("calm", owner=boris)
    shelve(anna)
    assert [judgement.songs for judgement in judgements(anna)] == [1]


def test_the_matrices_count_songs_by_label_and_prediction(judge: Judge, anna: Person) -> None:
    judge("calm", "powerful")
    judge("powerful", "calm")
    judge("sad", "powerful")
    judge()
    groups = judgements(anna)
    assert main_mood_counts(groups) == {
        ("calm", "calm"): 1,
        ("powerful", "calm"): 1,
        ("sad", "calm"): 1,
    }
    assert either_mood_counts(groups) == {
        ("calm", "calm"): 2,
        ("powerful", "powerful"): 3,
        ("sad", "calm"): 1,
    }


def test_every_matrix_cell_links_to_as_many_songs_as_it_shows(anna_client: Client, judge: Judge) -> None:
    pairs = [("calm", "powerful"), ("powerful", "tense"), ("tense", "sad"), ("sad",), ("powerful", "calm")]
    for i, moods in enumerate(pairs * 2):
        judge(*moods, primary=MOOD_NAMES[i % 4], secondary="powerful" if MOOD_NAMES[i % 4] != "powerful" else "sad")
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


def test_the_matrices_leave_out_moods_that_do_not_occur(anna_client: Client, judge: Judge) -> None:
    for _ in range(MIN_JUDGED):
        judge("sad", "gritty")
    html = page(anna_client)
    for key, moods in {"first": ["Calm", "Sad"], "either": ["Powerful", "Gritty", "Sad", "Calm"]}.items():
        part = html.partition(f'id="{key}"')[2].partition("</figure>")[0]
        assert sorted(re.findall(r'<th scope="row"[^>]*>(\w+)<', part)) == sorted(moods)
        assert sorted(re.findall(r'<th scope="col"[^>]*><span>(\w+)<', part)) == sorted(moods)
        assert 'class="wide"' not in part


def test_a_matrix_of_all_moods_scrolls_on_a_phone(anna_client: Client, judge: Judge) -> None:
    for mood in MOOD_NAMES:
        judge(mood)
    html = page(anna_client)
    assert html.count('<table class="wide">') == 2
    assert html.partition('id="first"')[2].partition("</figure>")[0].count("<td class=") == 16 * 16


def test_only_disagreements_give_no_table(anna_client: Client, judge: Judge) -> None:
    for _ in range(MIN_JUDGED):
        judge()
    html = page(anna_client)
    assert "You have not stated a mood yet." in words(html)
    assert 'scope="colgroup"' not in html


def test_addresses_with_emotions_select_their_terms(anna_client: Client, judge: Judge) -> None:
    judge("sad", title="Rain")
    judge("tense", title="Wires")
    html = page(anna_client, said="sadness", heard="calmness")
    assert "Rain" in html
    assert "Wires" not in html


def test_rates_come_with_intervals_and_the_models_own_evaluation(
    anna_client: Client, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.ml_gateway.model_card", lambda version="": evaluated_card())
    for moods in (("calm", "powerful"), ("calm", "tense"), ("sad",), ()) * 4:
        judge(*moods)
    text = words(page(anna_client))
    assert "Your moods for 16 songs, compared with the analysis." in text
    assert "Its main mood is one of yours 67 % 39 to 86 % 8 of 12 songs · in the model’s evaluation 63 %" in text
    assert "Both moods match 33 % 14 to 61 % 4 of 12 songs · in the model’s evaluation 28 %" in text
    assert "With 4 songs you only disagreed, without stating a mood; they count in the last rate only." in text


def test_without_a_model_card_only_the_reference_is_missing(
    anna_client: Client, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(version: str = "") -> None:
        raise MoodError("model_missing", "There is no model.")

    monkeypatch.setattr("classifier.ml_gateway.model_card", missing)
    for _ in range(MIN_JUDGED):
        judge("calm", "powerful")
    text = words(page(anna_client))
    assert "Its main mood is one of yours" in text
    assert "in the model’s evaluation" not in text


def test_the_table_shows_both_moods(anna_client: Client, judge: Judge) -> None:
    judge("sad", "powerful", title="Harbour <b>")
    html = page(anna_client)
    assert "Harbour &lt;b&gt;" in html
    row = words(html.partition("<tbody>")[2].rpartition("</tbody>")[0])
    assert "Sad but Powerful" in row
    assert "Calm but Powerful 71 % Partial match" in row


def test_the_table_can_be_filtered_by_agreement(anna_client: Client, judge: Judge) -> None:
    judge("calm", "powerful", title="Right")
    judge("sad", title="Wrong")
    only = page(anna_client, fit="miss")
    assert "Wrong" in only
    assert "Right" not in only
    for invalid in ({"fit": "perhaps"}, {"said": "hunger", "heard": "powerful"}, {"page": "x"}):
        assert "Right" in page(anna_client, **invalid)


def test_a_matrix_cell_without_songs_says_so(anna_client: Client, judge: Judge) -> None:
    judge("calm")
    assert "No songs match this filter." in page(anna_client, said="tense", heard="sad")


def test_pages_keep_the_filter(anna_client: Client, judge: Judge) -> None:
    for _ in range(PER_PAGE + 1):
        judge("sad")
    html = page(anna_client, fit="miss")
    assert 'href="?fit=miss&amp;page=2#songs"' in html
    assert "Page 2 of 2" in page(anna_client, fit="miss", page=2)


@pytest.mark.parametrize("songs", [3, 40])
def test_the_page_takes_no_more_queries_for_more_songs(
    anna_client: Client, judge: Judge, songs: int, django_assert_num_queries: Callable
) -> None:
    for i in range(songs):
        judge(MOOD_NAMES[i % 16])
    # Session, user, all judgements, a page of songs, their analyses.
    with django_assert_num_queries(5):
        page(anna_client)


def test_users_see_only_their_own_corrections(boris_client: Client, judge: Judge) -> None:
    judge("calm", title="Secret")
    assert "Secret" not in page(boris_client)


def test_the_page_follows_the_content_security_policy(anna_client: Client, judge: Judge) -> None:
    for _ in range(MIN_JUDGED):
        judge("calm")
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", page(anna_client))
