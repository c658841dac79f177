"""Agreeing and disagreeing with a song's mood, and correcting it, on the result page."""

import html
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import Song, Verdict
from classifier.services.song_verdict import song_verdict
from tests.classifier.fake_analysis import FakeAnalyser, mood
from tests.pages.conftest import Submit, full_result
from tests.pages.result_html import words


def post_verdict(client: Client, song: Song, **form: object) -> HttpResponse:
    return client.post(reverse("song-verdict", args=[song.id]), form)


def page_after(client: Client, response: HttpResponse) -> str:
    assert response.status_code == 302
    return client.get(response.headers["Location"]).content.decode()


def page(client: Client, song: Song) -> str:
    return client.get(reverse("song-detail", args=[song.id])).content.decode()


def verdict_part(content: str) -> str:
    return re.search(r'<div class="verdict" id="verdict">.*?</header>', content, re.DOTALL).group()


def test_the_page_asks_whether_the_mood_fits(anna_client: Client, analysed_song: Song) -> None:
    part = verdict_part(page(anna_client, analysed_song))
    assert "Does “Calm but Powerful” fit? Agree Disagree" in words(part)
    assert 'name="seen" value="calm"' in part
    assert "Undo" not in part


def test_of_an_uncertain_mood_it_asks_whether_both_candidates_are_right(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    uncertain = mood() | {"name": "Mixed: Calm or Powerful", "certain": False}
    analyser.result.answer = full_result() | {"mood": uncertain}
    song = analyse_song()
    part = verdict_part(page(anna_client, song))
    assert "“Mixed: Calm or Powerful”: are both right?" in words(part)
    after = page_after(anna_client, post_verdict(anna_client, song, verdict="agreed"))
    assert "Calm but Powerful" in words(verdict_part(after))


def test_agreement_is_shown_with_the_moods_and_the_day(anna_client: Client, analysed_song: Song) -> None:
    response = post_verdict(anna_client, analysed_song, verdict="agreed", seen=["calm", "powerful"])
    content = page_after(anna_client, response)
    assert "Confirmed by you" in words(content)
    part = verdict_part(content)
    assert 'value="agreed"' not in part
    assert "You agreed: Calm but Powerful" in words(part)
    analysed_song.refresh_from_db()
    assert f'<time datetime="{analysed_song.verdict_at:%Y-%m-%d}' in part


def test_disagreeing_asks_for_the_right_moods_in_place(anna_client: Client, analysed_song: Song) -> None:
    """Without JavaScript too: the summary of the folded form is the Disagree button."""
    part = verdict_part(page(anna_client, analysed_song))
    form = re.search(r'<details class="correction">.*?</details>', part, re.DOTALL).group()
    assert words(form).startswith("Disagree Which moods fit better? Main mood")
    assert "Save moods Only disagree" in words(form)


def test_a_user_who_only_disagrees_can_still_correct_the_mood(anna_client: Client, analysed_song: Song) -> None:
    content = page_after(anna_client, post_verdict(anna_client, analysed_song, verdict="disagreed"))
    assert "You disagree with this mood." in words(content)
    part = verdict_part(content)
    assert '<details class="correction" open>' in part
    assert "Correct the mood Which moods fit better?" in words(part)


def test_a_correction_is_shown_with_the_prediction_and_undone(anna_client: Client, analysed_song: Song) -> None:
    response = post_verdict(anna_client, analysed_song, verdict="corrected", primary="tense", secondary="sad")
    content = page_after(anna_client, response)
    assert "You set the moods: Tense and Sad" in words(verdict_part(content))
    assert '<option value="tense" selected>' in verdict_part(content)
    assert "The prediction is Calm but Powerful." in words(content)
    content = page_after(anna_client, post_verdict(anna_client, analysed_song, verdict="none"))
    assert "Your feedback is removed." in content
    assert "Tense and Sad" not in content


def test_a_second_mood_alone_becomes_the_main_mood(anna_client: Client, analysed_song: Song) -> None:
    post_verdict(anna_client, analysed_song, verdict="corrected", primary="", secondary="sad")
    analysed_song.refresh_from_db()
    assert (analysed_song.actual_primary, analysed_song.actual_secondary) == ("sad", "")


def rejection(song: Song, code: str, **form: object) -> str:
    """The message of the service for the same form."""
    seen = form.pop("seen", None)
    with pytest.raises(ProductError) as error:
        song_verdict(song=song, now=timezone.now(), seen=tuple(seen) if seen else None, **{"verdict": "", **form})
    assert error.value.code == code
    return error.value.message


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"primary": "bliss"}, "mood_unknown"),
        ({"primary": "tense", "secondary": "tense"}, "mood_twice"),
        ({}, "mood_missing"),
    ],
)
def test_a_rejected_correction_keeps_the_choices_and_says_why(
    anna_client: Client, analysed_song: Song, form: dict[str, str], code: str
) -> None:
    response = post_verdict(anna_client, analysed_song, verdict="corrected", **form)
    assert response.status_code == 400
    part = verdict_part(response.content.decode())
    assert '<details class="correction" open>' in part
    assert rejection(analysed_song, code, verdict="corrected", **form) in html.unescape(words(part))
    selected = re.findall(r'<option value="(\w+)" selected>', part)
    assert selected == [mood for mood in form.values() if mood != "bliss"]
    analysed_song.refresh_from_db()
    assert analysed_song.verdict == Verdict.NONE


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"verdict": "agreed", "seen": ["sad", "powerful"]}, "answer_changed"),
        ({"verdict": "perhaps"}, "verdict_unknown"),
        ({}, "verdict_unknown"),
    ],
)
def test_any_other_rejected_verdict_is_explained_and_changes_nothing(
    anna_client: Client, analysed_song: Song, form: dict[str, object], code: str
) -> None:
    text = page_after(anna_client, post_verdict(anna_client, analysed_song, **form))
    assert rejection(analysed_song, code, **form) in html.unescape(text)
    analysed_song.refresh_from_db()
    assert analysed_song.verdict == Verdict.NONE


def test_a_rejected_correction_keeps_the_view_of_the_page(anna_client: Client, analysed_song: Song) -> None:
    address = reverse("song-verdict", args=[analysed_song.id])
    content = anna_client.post(f"{address}?model=cnn2d", {"verdict": "corrected"}).content.decode()
    assert f'name="next" value="/songs/{analysed_song.id}/?model=cnn2d"' in content


def test_the_form_returns_to_the_page_it_was_on(anna_client: Client, analysed_song: Song) -> None:
    here = f"/songs/{analysed_song.id}/?model=cnn2d"
    assert post_verdict(anna_client, analysed_song, verdict="agreed", next=here).headers["Location"] == here
    away = post_verdict(anna_client, analysed_song, verdict="agreed", next="https://elsewhere.example/")
    assert away.headers["Location"] == f"/songs/{analysed_song.id}/"


def test_the_song_of_another_user_cannot_be_judged(boris_client: Client, analysed_song: Song) -> None:
    assert post_verdict(boris_client, analysed_song, verdict="agreed").status_code == 404
    analysed_song.refresh_from_db()
    assert analysed_song.verdict == Verdict.NONE
