"""Saying of a song what one hears, on its page."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from classifier.models import Song, Verdict
from tests.classifier.fake_analysis import FakeAnalyser, mood
from tests.pages.conftest import Submit, whole_answer
from tests.pages.test_result_page import words


def say(client: Client, song: Song, **form: object) -> HttpResponse:
    return client.post(reverse("song-verdict", args=[song.id]), form)


def page_after(client: Client, response: HttpResponse) -> str:
    assert response.status_code == 302
    return client.get(response.headers["Location"]).content.decode()


def own_part(html: str) -> str:
    return re.search(r'<section id="your-ear".*?</section>', html, re.DOTALL).group()


def test_the_page_asks_whether_the_mood_fits(anna_client: Client, heard: Song) -> None:
    part = own_part(anna_client.get(reverse("song-detail", args=[heard.id])).content.decode())
    assert "Does “Calm but Powerful” fit?" in words(part)
    assert 'name="seen" value="calmness"' in part
    assert 'aria-pressed="true"' not in part
    assert "Take it back" not in part


def test_of_an_unsure_answer_it_asks_whether_both_candidates_are_right(
    anna_client: Client, analyser: FakeAnalyser, hear: Submit
) -> None:
    unsure = mood() | {"name": "Mixed: Calm or Powerful", "certain": False}
    analyser.result.answer = whole_answer() | {"mood": unsure}
    song = hear()
    part = own_part(anna_client.get(reverse("song-detail", args=[song.id])).content.decode())
    assert "“Mixed: Calm or Powerful”: are both right?" in words(part)
    assert "Calm but Powerful" in words(own_part(page_after(anna_client, say(anna_client, song, verdict="agreed"))))


def test_agreeing_is_shown_with_the_moods_and_the_day(anna_client: Client, heard: Song) -> None:
    part = own_part(page_after(anna_client, say(anna_client, heard, verdict="agreed", seen=["calmness", "power"])))
    assert re.search(r'value="agreed"[^>]*aria-pressed="true"', part)
    assert "You said that it fits: Calm but Powerful" in words(part)
    heard.refresh_from_db()
    assert f'<time datetime="{heard.verdict_at:%Y-%m-%d}' in part


def test_who_disagrees_is_asked_which_moods_would_be_right(anna_client: Client, heard: Song) -> None:
    text = words(own_part(page_after(anna_client, say(anna_client, heard, verdict="disagreed"))))
    assert "You said that it does not fit" in text
    assert "Which moods would be right?" in text


def test_moods_are_set_shown_beside_the_answer_and_taken_back(anna_client: Client, heard: Song) -> None:
    html = page_after(anna_client, say(anna_client, heard, verdict="corrected", primary="tension", secondary="sadness"))
    assert "You set the moods yourself: Tense and Sad" in words(own_part(html))
    assert '<option value="tension" selected>' in own_part(html)
    assert "Calm but Powerful" in words(html)
    html = page_after(anna_client, say(anna_client, heard, verdict="none"))
    assert "Your word is taken back." in html
    assert "Tense and Sad" not in html


def test_a_second_mood_alone_is_the_first(anna_client: Client, heard: Song) -> None:
    say(anna_client, heard, verdict="corrected", primary="", secondary="sadness")
    heard.refresh_from_db()
    assert (heard.actual_primary, heard.actual_secondary) == ("sadness", "")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"verdict": "corrected", "primary": "bliss"}, "is not a mood of this application"),
        ({"verdict": "corrected", "primary": "tension", "secondary": "tension"}, "Main and second mood are the same"),
        ({"verdict": "corrected"}, "No mood is chosen"),
        ({"verdict": "agreed", "seen": ["sadness", "power"]}, "was analysed again in the meantime"),
        ({"verdict": "perhaps"}, "and agreed, disagreed, corrected, none are allowed"),
        ({}, "and agreed, disagreed, corrected, none are allowed"),
    ],
)
def test_what_cannot_be_said_is_refused_in_a_sentence(
    anna_client: Client, heard: Song, form: dict[str, object], sentence: str
) -> None:
    assert sentence in page_after(anna_client, say(anna_client, heard, **form))
    heard.refresh_from_db()
    assert heard.verdict == Verdict.NONE


def test_the_form_leads_back_to_the_view_that_it_was_on(anna_client: Client, heard: Song) -> None:
    here = f"/songs/{heard.id}/?model=cnn2d"
    assert say(anna_client, heard, verdict="agreed", next=here).headers["Location"] == here
    away = say(anna_client, heard, verdict="agreed", next="https://elsewhere.example/")
    assert away.headers["Location"] == f"/songs/{heard.id}/"


def test_nobody_judges_what_is_another_s(boris_client: Client, heard: Song) -> None:
    assert say(boris_client, heard, verdict="agreed").status_code == 404
    heard.refresh_from_db()
    assert heard.verdict == Verdict.NONE
