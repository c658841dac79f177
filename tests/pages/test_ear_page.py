"""What a person said of songs beside what was heard in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.charts.library.agreement_rates import questions, shares
from classifier.library.label_agreement import Fit, either_sides, first_sides, judged_songs, judgements
from classifier.ml_gateway import EMOTIONS, MoodError
from classifier.models import Analysis, Person, Song, Status, Verdict
from classifier.views.label_agreement import PER_PAGE
from tests.pages.test_result_page import words
from tests.shelf import shelve

NOW = timezone.now()
Judge = Callable[..., Song]


@pytest.fixture
def judge(anna: Person) -> Judge:
    """Shelves a song of Anna's, heard as calm but powerful, of which she says these moods, or that it does not fit."""

    def judge(*said: str, owner: Person = anna, **given: Any) -> Song:
        first, second = (*said, "", "")[:2]
        verdict = Verdict.CORRECTED if said else Verdict.DISAGREED
        about = {"verdict": verdict, "verdict_at": NOW, "actual_primary": first, "actual_secondary": second}
        return shelve(owner, created_at=NOW - timedelta(days=1), **about | given)

    return judge


def page(client: Client, **query: object) -> str:
    response = client.get(reverse("ear"), query)
    assert response.status_code == 200
    return response.content.decode()


def squares(html: str, key: str) -> dict[str, str]:
    """Of a matrix: where each filled square leads, by what it tells."""
    part = html.partition(f'id="{key}"')[2].partition("</figure>")[0]
    found = re.findall(r'<a href="([^"]*)" title="([^"]*)"', part)
    return {told: address.replace("&amp;", "&") for address, told in found}


def test_nothing_said_yet_leads_to_songs_that_wait_for_a_word(anna_client: Client, anna: Person) -> None:
    assert "Let it hear some songs first" in page(anna_client)
    shelve(anna)
    html = page(anna_client)
    assert "You have not said of any song yet" in html
    assert "/songs/?verdict=none&amp;status=done" in html


def test_words_of_songs_that_are_being_heard_anew_are_not_forgotten(anna_client: Client, judge: Judge) -> None:
    judge("calmness", status=Status.QUEUED)
    html = page(anna_client)
    assert "What you said is kept" in html
    assert "/songs/?verdict=any" in html


def test_each_song_fits_as_far_as_its_moods_are_those_that_were_said(judge: Judge, anna: Person) -> None:
    judge("calmness", "power", title="both")
    judge("power", "calmness", title="exchanged")
    judge("calmness", title="the first alone")
    judge("sadness", "power", title="the second")
    judge("sadness", "tension", title="neither")
    judge(title="not that")
    assert {song.title: song.fit for song in judged_songs(anna)} == {
        "both": Fit.WHOLE,
        "exchanged": Fit.WHOLE,
        "the first alone": Fit.HALF,
        "the second": Fit.HALF,
        "neither": Fit.MISS,
        "not that": Fit.MISS,
    }


def test_who_only_disagreed_has_said_nothing_of_a_later_answer(judge: Judge, anna: Person) -> None:
    song = judge()
    Analysis.objects.filter(song=song).update(created_at=NOW + timedelta(hours=1))
    [found] = judgements(anna)
    assert found.fit == Fit.OPEN
    assert shares([found]) == []
    assert questions([found], {}) == []


def test_only_what_has_an_answer_now_is_counted(judge: Judge, anna: Person, boris: Person) -> None:
    judge("calmness")
    judge("calmness", status=Status.QUEUED)
    judge("calmness", owner=boris)
    shelve(anna)
    assert [one.songs for one in judgements(anna)] == [1]


def test_the_matrices_count_what_was_heard_in_place_of_what_was_said(judge: Judge, anna: Person) -> None:
    judge("calmness", "power")
    judge("power", "calmness")
    judge("sadness", "power")
    judge()
    found = judgements(anna)
    assert first_sides(found) == {
        ("calmness", "calmness"): 1,
        ("power", "calmness"): 1,
        ("sadness", "calmness"): 1,
    }
    assert either_sides(found) == {
        ("calmness", "calmness"): 2,
        ("power", "power"): 3,
        ("sadness", "calmness"): 1,
    }


def test_every_square_leads_to_as_many_songs_as_it_tells(anna_client: Client, judge: Judge) -> None:
    pairs = [("calmness", "power"), ("power", "tension"), ("tension", "sadness"), ("sadness",), ("power", "calmness")]
    for i, said in enumerate(pairs * 2):
        judge(*said, primary=EMOTIONS[i % 4], secondary="power" if i % 4 != EMOTIONS.index("power") else "sadness")
    html = page(anna_client)
    first, either = squares(html, "first"), squares(html, "either")
    assert len(first) > 4
    assert len(either) > 4
    for told, address in first.items():
        assert address.startswith("/songs/?")
        listed = anna_client.get(address).content.decode()
        assert int(told.split(" ")[0]) == len(set(re.findall(r'data-song="([^"]+)"', listed))), told
    for told, address in either.items():
        shown = anna_client.get(reverse("ear") + address).content.decode()
        assert int(told.split(" ")[0]) == shown.count('data-label="You say"'), told


def test_the_figures_come_with_their_intervals_and_the_models_own(anna_client: Client, judge: Judge) -> None:
    for said in (("calmness", "power"), ("calmness", "tension"), ("sadness",), ()):
        judge(*said)
    text = words(page(anna_client))
    assert "What you say of 4 songs, beside what was heard in them." in text
    assert "Its first mood is one of yours 67 % 21 to 94 % 2 of 3 songs · where it was measured 66 %" in text
    assert "Both of its moods are 33 % 6 to 79 % 1 of 3 songs" in text
    assert "Of 1 song you said only that the mood does not fit; it counts in the last line alone." in text


def test_without_the_model_s_card_only_the_comparison_is_missing(
    anna_client: Client, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(version: str = "") -> None:
        raise MoodError("model_missing", "There is no model.")

    monkeypatch.setattr("classifier.ml_gateway.model_card", missing)
    judge("calmness", "power")
    text = words(page(anna_client))
    assert "Its first mood is one of yours" in text
    assert "where it was measured" not in text


def test_the_table_sets_both_beside_each_other(anna_client: Client, judge: Judge) -> None:
    judge("sadness", "power", title="Harbour <b>")
    html = page(anna_client)
    assert "Harbour &lt;b&gt;" in html
    row = words(html.partition("<tbody>")[2].rpartition("<tbody>")[2])
    assert "Powerful but Sad" in row or "Sad but Powerful" in row
    assert "Calm but Powerful 71 % Half fits" in row


def test_songs_are_chosen_by_how_they_fit(anna_client: Client, judge: Judge) -> None:
    judge("calmness", "power", title="Right")
    judge("sadness", title="Wrong")
    only = page(anna_client, fit="miss")
    assert "Wrong" in only
    assert "Right" not in only
    for nonsense in ({"fit": "perhaps"}, {"said": "hunger", "heard": "power"}, {"page": "x"}):
        assert "Right" in page(anna_client, **nonsense)


def test_a_square_without_songs_says_so(anna_client: Client, judge: Judge) -> None:
    judge("calmness")
    assert "No song of this kind." in page(anna_client, said="tension", heard="sadness")


def test_pages_keep_the_question(anna_client: Client, judge: Judge) -> None:
    for _ in range(PER_PAGE + 1):
        judge("sadness")
    html = page(anna_client, fit="miss")
    assert 'href="?fit=miss&amp;page=2#songs"' in html
    assert "Page 2 of 2" in page(anna_client, fit="miss", page=2)


@pytest.mark.parametrize("songs", [3, 40])
def test_the_page_asks_the_database_no_more_often_for_more_songs(
    anna_client: Client, judge: Judge, songs: int, django_assert_num_queries: Callable
) -> None:
    for i in range(songs):
        judge(EMOTIONS[i % 9])
    # Session, person, all judgements, a page of songs, their analyses.
    with django_assert_num_queries(5):
        page(anna_client)


def test_nobody_sees_the_ear_of_another(boris_client: Client, judge: Judge) -> None:
    judge("calmness", title="Secret")
    assert "Secret" not in page(boris_client)


def test_the_page_keeps_to_the_content_security_policy(anna_client: Client, judge: Judge) -> None:
    judge("calmness")
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", page(anna_client))
