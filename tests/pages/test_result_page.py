"""The result page of a song."""

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from classifier.models import Song, Verdict
from ml.moods import MOODS
from tests.classifier.fake_analysis import FakeAnalyser, mood
from tests.pages.conftest import Submit, full_result
from tests.pages.result_html import headline, page, words


def test_the_headline_is_the_composite_mood_with_the_confidence_of_each_side(
    anna_client: Client, analysed_song: Song
) -> None:
    html = page(anna_client, analysed_song)
    headline = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL).group(1)
    assert words(headline) == "Calm but Powerful"
    assert "71 % likely" in words(html)
    assert "44 % possible" in words(html)
    assert "<title>Calm but Powerful: Nocturne" in html


def test_the_page_shows_alternatives_and_tags(anna_client: Client, analysed_song: Song) -> None:
    text = words(page(anna_client, analysed_song))
    assert "Calm and Tender 12 %" in text
    assert "Nocturne by Field" in text


def test_each_side_has_an_explanation_and_its_strongest_passage_beside_its_confidence(
    anna_client: Client, analysed_song: Song
) -> None:
    html = page(anna_client, analysed_song)
    calm, powerful = (words(part) for part in re.findall(r"<dt>.*?</dd>", headline(html), re.DOTALL))
    assert "71 % likely Calm, since it is slow and quiet. Strongest at 0:00–0:10" in calm
    assert "44 % possible Powerful, since it is dense. Strongest at 0:00–0:10" in powerful
    one_network = headline(page(anna_client, analysed_song, model="cnn1d"))
    assert "since it is slow" not in one_network
    assert "Strongest at" in one_network


def test_genres_are_at_the_end_and_not_beside_the_name(anna_client: Client, analysed_song: Song) -> None:
    html = page(anna_client, analysed_song)
    before, _, genres = html.partition('id="genres"')
    assert "No listener has judged these rules" in words(genres)
    assert "Calm but Epic matches best." in words(genres)
    assert "Epic" not in words(before)


def test_the_sixteen_terms_come_before_what_listeners_feel(anna_client: Client, analysed_song: Song) -> None:
    moods = words(page(anna_client, analysed_song).partition('id="moods"')[2].partition("</section>")[0])
    terms, _, emotions = moods.partition("What listeners feel")
    assert "The chance that people use such a word for the song." in terms
    assert re.findall(r"([A-Z]\w+) (\d+) % \(1D", terms)[:2] == [("Calm", "70"), ("Powerful", "40")]
    assert terms.count("(1D network") == len(MOODS)
    assert re.findall(r"([A-Z]\w+) (\d+) %", emotions)[:2] == [("Calmness", "70"), ("Power", "40")]


def test_an_uncertain_mood_is_called_mixed_with_candidates(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    analyser.result.answer = full_result() | {
        "mood": mood() | {"name": "Mixed: Calm or Powerful", "confidence": 0.31, "certain": False}
    }
    text = words(page(anna_client, analyse_song()))
    assert "Mixed: Calm or Powerful" in text
    assert "No mood is clear enough to be stated" in text
    assert "Why it is mixed Calm, the best candidate, reaches 31 %. Below" in text
    assert "What supports each candidate" in text


def test_song_and_passages_can_be_played_without_javascript(anna_client: Client, analysed_song: Song) -> None:
    html = page(anna_client, analysed_song)
    assert f'<audio controls preload="metadata" src="{reverse("song-audio", args=[analysed_song.id])}"' in html
    assert f'href="{reverse("song-passage", args=[analysed_song.id])}?start=0.00&amp;end=20.00"' in html


def test_the_users_own_mood_is_the_headline_with_the_prediction_beside_it(
    anna_client: Client, analysed_song: Song
) -> None:
    Song.objects.filter(id=analysed_song.id).update(
        verdict=Verdict.CORRECTED, actual_primary="tense", actual_secondary="sad"
    )
    html = page(anna_client, analysed_song)
    assert words(re.search(r"<h1>(.*?)</h1>", html, re.DOTALL).group(1)) == "Tense and Sad"
    assert "<title>Tense and Sad: Nocturne" in html
    assert "Set by you. The prediction is Calm but Powerful." in words(html)


def test_titles_in_any_script_keep_their_direction(anna_client: Client, analysed_song: Song) -> None:
    Song.objects.filter(id=analysed_song.id).update(title="ليلة هادئة 🌙", artist="青葉市子")
    html = page(anna_client, analysed_song)
    assert re.search(r'<strong class="clamped" dir="auto"[^>]*>ليلة هادئة 🌙</strong>', html)
    assert "<bdi>青葉市子</bdi>" in html


def test_a_warning_about_the_file_is_shown(anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit) -> None:
    analyser.result.warnings = [{"code": "audio_truncated", "message": "The file broke off after 93 s."}]
    assert "The file broke off after 93 s." in page(anna_client, analyse_song())


def test_title_and_artist_are_escaped(anna_client: Client, analysed_song: Song) -> None:
    Song.objects.filter(id=analysed_song.id).update(title="<script>alert(1)</script>", artist='"><img src=x>')
    html = page(anna_client, analysed_song)
    assert "<script>alert" not in html
    assert "<img src=x>" not in html


def test_the_page_complies_with_the_content_security_policy(anna_client: Client, analysed_song: Song) -> None:
    html = page(anna_client, analysed_song)
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", html)


def test_each_side_has_its_own_reasons_and_passages(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    reasons = [
        {
            "mood": "calm",
            "trait": "tempo",
            "feature": "tempo_bpm",
            "text": "slower than 80 % of songs",
            "effect": 0.05,
        },
        {
            "mood": "powerful",
            "trait": "loudness",
            "feature": "rms_mean",
            "text": "louder than 70 % of songs",
            "effect": 0.03,
        },
        {"mood": "powerful", "trait": "key", "feature": "mode", "text": "in A minor", "effect": -0.02},
    ]
    analyser.result.answer = full_result() | {"reasons": reasons}
    html = page(anna_client, analyse_song())
    calm, powerful = (words(part) for part in re.findall(r"<article class=\"mood-side(.*?)</article>", html, re.DOTALL))
    assert "What supports it percentage points Slower than 80 % of songs +5.0" in calm
    assert "Louder" not in calm
    assert "What supports it percentage points Louder than 70 % of songs +3.0" in powerful
    assert "What speaks against it percentage points In A minor −2.0" in powerful
    assert "Strongest at 0:00–0:10" in calm
    assert "Main or second mood throughout" in powerful


def test_the_waveform_has_the_colours_of_both_sides(anna_client: Client, analysed_song: Song) -> None:
    wave = re.search(r"<svg class=\"waveform.*?</svg>", page(anna_client, analysed_song), re.DOTALL).group()
    assert re.findall(r"<g class=\"(mood-\w+)\">", wave) == ["mood-calm", "mood-powerful"]


def test_the_strongest_passage_of_each_side_can_be_played_or_downloaded(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    answer = full_result()
    answer["segments"][2]["scores"]["moods"] |= {"powerful": 0.9}
    analyser.result.answer = answer
    song = analyse_song()
    html = page(anna_client, song)
    strongest = re.search(r"<ul class=\"strongest.*?</ul>", html, re.DOTALL).group()
    assert words(strongest) == "Most Calm 0:00–0:10 Most Powerful 0:10–0:20"
    assert f'href="{reverse("song-passage", args=[song.id])}?start=10.00&amp;end=20.00" data-passage' in strongest


def test_the_page_links_to_the_report_and_to_a_comparison(anna_client: Client, analysed_song: Song) -> None:
    html = page(anna_client, analysed_song)
    assert f'href="{reverse("song-report", args=[analysed_song.id])}"' in html
    assert f'href="{reverse("song-compare")}?a={analysed_song.id}"' in html


def test_every_image_has_its_size_before_it_loads(anna_client: Client, analysed_song: Song) -> None:
    for picture in re.findall(r"<img[^>]*>", page(anna_client, analysed_song)):
        assert re.search(r'width="\d+" height="\d+"', picture), picture


def test_the_page_of_a_song_of_two_hours_stays_small(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    analyser.result.answer = full_result(segments=1439)
    for i, segment in enumerate(analyser.result.answer["segments"]):
        # A mood that never stays: as many passages as there can be.
        segment["mood"] = mood() | {"name": f"Mood {i // 12 % 2}", "certain": i // 12 % 2 == 0}
    analyser.result.duration_s = 7200.0
    analyser.result.waveform = [i % 100 for i in range(600)]
    html = page(anna_client, analyse_song())
    assert html.count('class="number"><a href') > 100
    assert len(html.encode()) < 300_000


def test_a_long_song_needs_no_more_queries(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit, django_assert_num_queries: Callable
) -> None:
    analyser.result.answer = full_result(segments=400)
    analyser.result.duration_s = 2005.0
    address = reverse("song-detail", args=[analyse_song().id])
    # Session, person, song, analysis with its detail, segments, places.
    with django_assert_num_queries(6):
        anna_client.get(address)


def test_the_song_of_another_user_is_not_found(boris_client: Client, analysed_song: Song) -> None:
    assert boris_client.get(reverse("song-detail", args=[analysed_song.id])).status_code == 404


def test_silence_is_marked_and_has_no_mood(anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit) -> None:
    answer = full_result(segments=5)
    silence = {"silent": True, "mood": None, "scores": None, "models": None}
    answer["segments"][2] = answer["segments"][2] | silence
    analyser.result.answer = answer
    song = analyse_song()
    start_s, end_s = (answer["segments"][2][name] for name in ("start_s", "end_s"))

    html = page(anna_client, song)

    assert f"Silent: 0:{start_s:02.0f}–0:{end_s:02.0f}." in words(html)
    assert 'class="silence"' in html
    assert anna_client.get(reverse("song-report", args=[song.id])).status_code == 200
    segments = anna_client.get(f"/api/predictions/{song.id}/").json()["segments"]
    assert [segment["silent"] for segment in segments] == [False, False, True, False, False]
