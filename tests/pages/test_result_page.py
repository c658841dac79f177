"""The result page of a song."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from classifier.ml_gateway import MoodError
from classifier.models import Analysis, AnalysisDetail, Song, Verdict
from ml.features.names import FEATURES
from ml.moods import EMOTIONS, MOODS
from tests.classifier.fake_analysis import FakeAnalyser, mood, older_answer, older_mood, older_scores
from tests.pages.conftest import Submit, full_result


def page(client: Client, song: Song, **query: str) -> str:
    response = client.get(reverse("song-detail", args=[song.id]), query)
    assert response.status_code == 200
    return response.content.decode()


def headline(html: str) -> str:
    return html.partition('data-refresh="headline"')[2].partition("</header>")[0]


def words(html: str) -> str:
    """The text of a page on one line, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


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


@pytest.fixture
def older_song(analyser: FakeAnalyser, analyse_song: Submit) -> Song:
    """Analysed by a model that knew the nine emotions only."""
    scores = older_scores("amazement")
    one = older_mood("amazement") | {"name": "Wondrous and Powerful", "joined_by": "and"}
    networks = {"models": {"cnn1d": scores, "cnn2d": older_scores("sadness")}}
    analyser.result.model_version = "mood-3"
    analyser.result.answer = older_answer() | {"mood": one, "scores": scores} | networks
    for segment in analyser.result.answer["segments"]:
        segment |= {"mood": one, "scores": scores} | networks
    return analyse_song()


def test_an_older_result_keeps_its_name_and_offers_a_new_analysis(anna_client: Client, older_song: Song) -> None:
    html = page(anna_client, older_song)
    assert words(re.search(r"<h1>(.*?)</h1>", html, re.DOTALL).group(1)) == "Wondrous and Powerful"
    assert "Analysed by mood-3, which knew nine moods. Analyse again for the sixteen." in words(html)
    again = reverse("song-again", args=[older_song.id])
    assert f'action="{again}"' in headline(html)
    assert "have it among the two moods that listeners chose most often" in words(html)


def test_the_charts_of_an_older_result_are_its_nine_emotions_under_their_terms(
    anna_client: Client, older_song: Song
) -> None:
    html = page(anna_client, older_song)
    moods = words(html.partition('id="moods"')[2].partition("</section>")[0])
    assert "How many of a hundred listeners are expected to feel each." in moods
    assert re.findall(r"([A-Z]\w+) (\d+) % \(1D", moods)[:2] == [("Dreamy", "70"), ("Powerful", "40")]
    assert moods.count("(1D network") == len(EMOTIONS)
    assert "What listeners feel" not in moods
    assert "70 in a hundred listeners are expected to feel it" in words(html)
    wave = re.search(r"<svg class=\"waveform.*?</svg>", html, re.DOTALL).group()
    assert re.findall(r"<g class=\"mood-(\w+)\">", wave) == ["dreamy", "powerful"]


def test_an_older_result_has_no_saliency_maps_since_its_networks_are_gone(
    anna_client: Client, older_song: Song
) -> None:
    html = page(anna_client, older_song)
    assert "data-saliency-side" not in html
    assert '<img class="spectrogram"' in html


def test_a_current_result_offers_no_new_analysis_in_its_headline(anna_client: Client, analysed_song: Song) -> None:
    assert "Analyse again" not in words(headline(page(anna_client, analysed_song)))


def test_both_networks_are_shown_with_their_agreement(anna_client: Client, analysed_song: Song) -> None:
    text = words(page(anna_client, analysed_song))
    assert "83 % agreement The networks mostly agree." in text
    assert "1D network Reads the sequence of 57 features" in text
    assert "Calm and Sad" in text


def test_the_result_of_one_network_can_be_shown(anna_client: Client, analysed_song: Song) -> None:
    headline = re.search(r"<h1>(.*?)</h1>", page(anna_client, analysed_song, model="cnn2d"), re.DOTALL).group(1)
    assert words(headline) == "Calm and Sad"


def test_an_unknown_network_is_rejected_with_its_name(anna_client: Client, analysed_song: Song) -> None:
    response = anna_client.get(reverse("song-detail", args=[analysed_song.id]), {"model": "cnn3d"})
    assert response.status_code == 400
    assert "“cnn3d”" in response.content.decode()


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


def test_features_are_shown_in_tables_with_their_units(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    analyser.result.answer = full_result() | {"features": {feature.name: 0.5 for feature in FEATURES}}
    html = page(anna_client, analyse_song())
    for name in {feature.name.removesuffix("_mean").removesuffix("_var") for feature in FEATURES}:
        assert f"<code>{name}</code>" in html
    assert "beats/min" in html


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


def test_a_single_networks_result_keeps_its_own_headline(anna_client: Client, analysed_song: Song) -> None:
    Song.objects.filter(id=analysed_song.id).update(
        verdict=Verdict.CORRECTED, actual_primary="tense", actual_secondary="sad"
    )
    html = page(anna_client, analysed_song, model="cnn2d")
    assert words(re.search(r"<h1>(.*?)</h1>", html, re.DOTALL).group(1)) == "Calm and Sad"
    assert "2D network only. Show the combined result" in words(html)


def test_titles_in_any_script_keep_their_direction(anna_client: Client, analysed_song: Song) -> None:
    Song.objects.filter(id=analysed_song.id).update(title="ليلة هادئة 🌙", artist="青葉市子")
    html = page(anna_client, analysed_song)
    assert re.search(r'<strong class="clamped" dir="auto"[^>]*>ليلة هادئة 🌙</strong>', html)
    assert "<bdi>青葉市子</bdi>" in html


@pytest.mark.parametrize("name", ["networks", "vocabularies", "genres", "features", "song"])
def test_details_are_folded_and_have_an_anchor_inside(anna_client: Client, analysed_song: Song, name: str) -> None:
    html = page(anna_client, analysed_song)
    folded = next(
        part
        for part in re.findall(r"<details class=\"disclosure\".*?id=\"\w+\"", html, re.DOTALL)
        if f'id="{name}"' in part
    )
    assert " open" not in folded.partition(">")[0]


def test_a_warning_about_the_file_is_shown(anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit) -> None:
    analyser.result.warnings = [{"code": "audio_truncated", "message": "The file broke off after 93 s."}]
    assert "The file broke off after 93 s." in page(anna_client, analyse_song())


def test_a_result_is_shown_after_its_model_was_removed(
    anna_client: Client, analysed_song: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(network: str, answer: object, version: str) -> None:
        raise MoodError("model_missing", "The model mood-1 is not installed.")

    monkeypatch.setattr("classifier.ml_gateway.network_view", missing)
    text = words(page(anna_client, analysed_song))
    assert "Calm but Powerful" in text
    assert "is no longer installed" in text
    assert anna_client.get(reverse("song-detail", args=[analysed_song.id]), {"model": "cnn1d"}).status_code == 503


def test_without_its_model_only_dependent_parts_are_missing(anna_client: Client, analysed_song: Song) -> None:
    Analysis.objects.update(model_version="mood-0")
    html = page(anna_client, analysed_song)
    assert "Compared with the reference library:" in words(html)
    assert "data-vocabulary" not in html
    assert anna_client.get(reverse("song-detail", args=[analysed_song.id]), {"words": "energy"}).status_code == 503


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


def test_an_older_analysis_says_which_parts_are_missing(anna_client: Client, older_song: Song) -> None:
    AnalysisDetail.objects.update(waveform=[])
    html = page(anna_client, older_song)
    first, second = (words(part) for part in re.findall(r"<article class=\"mood-side(.*?)</article>", html, re.DOTALL))
    assert "A slow beat" in first
    assert "analysed before the second mood had reasons" in second
    assert 'class="waveform"' not in html
    assert 'class="mood-timeline"' in html


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


def test_another_vocabulary_is_shown_without_javascript_with_its_accuracy(
    anna_client: Client, analysed_song: Song
) -> None:
    html = page(anna_client, analysed_song, words="occasions", model="cnn1d")
    shown = re.search(r'<div class="vocabulary" data-panel="occasions">(.*?)</div>', html, re.DOTALL).group(1)
    assert "In this vocabulary the song is" in words(shown)
    assert "Not measured: there are no recordings with these labels." in words(shown)
    assert 'data-panel="energy" hidden' in html
    assert re.search(r"<details [^>]*data-vocabularies open>", html)
    assert 'href="?model=cnn1d&amp;words=energy#vocabularies"' in html


def test_an_unknown_vocabulary_is_rejected_with_its_name(anna_client: Client, analysed_song: Song) -> None:
    response = anna_client.get(reverse("song-detail", args=[analysed_song.id]), {"words": "weather"})
    assert response.status_code == 400
    assert "“weather”" in response.content.decode()


def test_each_genre_rule_shows_which_conditions_are_met(anna_client: Client, analysed_song: Song) -> None:
    html = page(anna_client, analysed_song)
    rules = re.search(r'<ul class="rules">(.*?)</section>', html, re.DOTALL).group(1)
    condition = r"(Met|Not met): Power and solemnity together in the upper half ; this song: (higher|lower) than \d+ %"
    assert re.search(condition, words(rules))
    assert re.search(r"Met: Only for a name where [^;]* ; this song: Calm but Powerful", words(rules))
    assert "Not met: " in words(rules)
    assert "None of the other rules holds." in words(rules)


def test_the_networks_are_compared_by_mood_and_by_passage(anna_client: Client, analysed_song: Song) -> None:
    text = words(page(anna_client, analysed_song))
    assert "They differ most on Sad (10 and 70 %), Calm (70 and 10 %)" in text
    assert "The same mood never has the highest score of both." in text
    assert "0:00–0:20 ○ Calm , ◆ Sad" in text
    assert "and both put Calm first. This supports the result." in text


def test_a_disagreement_of_the_networks_is_explained(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    analyser.result.answer = full_result() | {"agreement": 0.41}
    text = words(page(anna_client, analyse_song()))
    assert "41 % agreement The networks disagree: treat this result with care." in text
    assert "The networks disagree on this song. They use different inputs" in text
    assert "rely on your own judgement" in text


def test_saliency_maps_are_offered_for_the_sides_of_the_combined_result(
    anna_client: Client, analysed_song: Song
) -> None:
    html = page(anna_client, analysed_song, model="cnn2d")
    assert reverse("song-saliency", args=[analysed_song.id, "primary"]) in html
    assert "Saliency for Calm" in html
    assert "Saliency for Powerful" in html


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
    # Session, person, song, analysis with its detail, segments.
    with django_assert_num_queries(5):
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
