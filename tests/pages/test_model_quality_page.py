"""The page "How accurate is it?": the metrics in a model's card."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from classifier import ml_gateway
from classifier.charts.metric_text import Metric, out_of_ten, wilson_interval
from classifier.charts.model_quality.headline_metrics import headline_metrics, summary_text
from classifier.charts.model_quality.metrics_table import differences
from classifier.charts.model_quality.reliability_diagram import coverage_curve, stated_share
from ml.moods import EMOTIONS, GENRES
from tests.pages.evaluated_card import NEVER_PREDICTED, TOO_RARE, evaluated_card
from tests.pages.test_result_page import words

NEW_KEYS = ("confusion", "reliability", "moods", "words", "baselines", "by_genre", "significance")


@pytest.fixture
def card() -> dict[str, Any]:
    return evaluated_card()


@pytest.fixture
def installed(card: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The test card as that of the model in use."""
    monkeypatch.setattr("classifier.ml_gateway.model_card", lambda version="": card)
    return card


def page(client: Client, **query: str) -> str:
    response = client.get(reverse("how-good"), query)
    assert response.status_code == 200
    return response.content.decode()


def of_id(html: str, name: str) -> str:
    """The text of the list entry or section with this anchor."""
    return words(re.search(rf'id="{name}".*?</(?:li|section)>', html, re.DOTALL).group())


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.674, "about seven"),
        (0.647, "six or seven"),
        (0.853, "eight or nine"),
        (0.0, "about none"),
        (1.0, "about ten"),
    ],
)
def test_a_share_is_expressed_in_songs_out_of_ten(share: float, text: str) -> None:
    assert out_of_ten(share) == text


def test_sentences_come_before_metrics_with_intervals_and_baselines(
    anna_client: Client, installed: dict[str, Any]
) -> None:
    text = words(page(anna_client))
    assert "gets the quadrant (happy, angry, sad or relaxed) right for about seven" in text
    assert "About seven of ten: the right quadrant" in text
    assert "71 % (68 to 75 %) · Random: 25 %. Support vector machine: 63 %." in text
    assert "Always the most frequent answer: 46 %." in text
    assert "Always “Calm and Nostalgic”: 21 %." in text
    assert text.index("About seven of ten") < text.index("All metrics ●")


def test_one_table_has_every_metric_for_networks_and_baselines(anna_client: Client, installed: dict[str, Any]) -> None:
    text = words(page(anna_client))
    assert "4Q macro-F1 0.713 [0.678, 0.748] 0.663 [0.628, 0.698] 0.693 [0.658, 0.728] 0.620 [0.585, 0.655] –" in text
    assert "4Q mood tags, both moods 0.310 [0.275, 0.345] – – 0.260 0.120 [0.085, 0.155]" in text
    assert "4Q mood tags unweighted, main mood 0.600 [0.565, 0.635] – – – 0.500 [0.465, 0.535]" in text


def test_a_metric_is_drawn_at_its_value(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    assert '<circle class="mark-both" cx="71.40%"' in html
    assert 'x1="67.90%" x2="74.90%"' in html
    assert '<line class="baseline plain_svm" x1="63.00%"' in html


def test_confusions_are_shown_as_matrix_table_and_sentence(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    assert "28 of 100 sad recordings are predicted as relaxed" in words(html)
    assert "Q3: sad, downcast 8 10 112 50 180" in words(html)
    assert html.count('class="cell-right"') == 4 + 5
    assert 'fill-opacity="0.77"' in html


def test_reliability_diagrams_show_the_calibration_error_and_the_error_by_chance(
    anna_client: Client, installed: dict[str, Any]
) -> None:
    html = page(anna_client)
    text = of_id(html, "calibration")
    assert "On average, confidence and accuracy differ by 3.8 points." in text
    assert "On so few songs, a perfectly calibrated model would show 4.7." in text
    assert "82 % 88 % 98" in text
    assert html.count("Confidence</th>") == 3


def test_the_threshold_for_mixed_is_on_the_coverage_curve(card: dict[str, Any]) -> None:
    curve = coverage_curve(card)
    assert curve.threshold == 55
    assert curve.stated == 88
    assert curve.points[0].right == 91
    assert stated_share([{"coverage": 0.5, "confidence": 0.7}, {"coverage": 1.0, "confidence": 0.5}], 0.6) == 0.75
    assert stated_share([{"coverage": 0.5, "confidence": 0.7}, {"coverage": 1.0, "confidence": 0.5}], 0.4) == 1.0


def test_each_mood_has_an_anchor_with_its_precision(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    for key in EMOTIONS:
        assert f'id="mood-{key.replace("_", "-")}"' in html
    text = of_id(html, "mood-calmness")
    assert "Predicted as the main mood of 48 songs, right for 71 % (59 to 81 %)." in text
    assert "Predicted as the second mood of 34 songs, right for 50 % (35 to 65 %)." in text


def test_a_mood_with_too_few_songs_says_so(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    assert "Predicted as the main mood of only 3 songs, right for 1: too few to judge." in of_id(
        html, f"mood-{TOO_RARE}"
    )
    assert "Never predicted as the second mood of these songs" in of_id(html, f"mood-{TOO_RARE}")
    assert "so its precision is unknown" in of_id(html, f"mood-{NEVER_PREDICTED}")
    assert "bar-fill" not in re.search(rf'id="mood-{TOO_RARE}".*?</li>', html, re.DOTALL).group()


def test_mood_genres_say_that_their_accuracy_is_unknown(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    assert "so their accuracy is unknown" in of_id(html, "genres")
    for name, genre in GENRES.items():
        assert genre.title in of_id(html, f"genre-{name}")
    text = of_id(html, "genre-CalmButWarm")
    assert "Assigned to 16.4 % of 4Q" in text
    assert "Second is Other ( 45 of 100)" in text
    assert "wistful, bitter" in text


def test_genres_of_music_with_low_accuracy_are_named(anna_client: Client, installed: dict[str, Any]) -> None:
    text = of_id(page(anna_client), "music")
    assert "Clearly below the overall accuracy: International." in text
    assert "International 41 recordings 51 % 36 to 66 % weak" in text


def test_a_difference_is_significant_if_its_interval_excludes_zero(card: dict[str, Any]) -> None:
    sure, unsure = differences(card)
    assert (sure.metric, sure.system, sure.compared_with, sure.is_significant) == (
        "4Q macro-F1",
        "Both",
        "2D network",
        True,
    )
    assert (unsure.interval, unsure.is_significant) == ("−0.009 to +0.034", False)


def test_the_terms_cover_code_weights_and_own_models(anna_client: Client, installed: dict[str, Any]) -> None:
    text = of_id(page(anna_client), "terms")
    assert "MIT License: you can use, change and share the code" in text
    assert "Not free for every use." in text
    assert "For research, at home." in text
    assert "train on your own music is yours" in text


def test_an_ensemble_shows_its_number_of_members(anna_client: Client, installed: dict[str, Any]) -> None:
    installed["networks"]["cnn1d"] |= {"parameters": 2_073_000, "members": 3}
    assert "the 1D network has 2.1 million weights (an ensemble of 3 members)" in words(page(anna_client))


def test_a_model_trained_on_own_music_has_no_warning_about_its_terms(
    anna_client: Client, installed: dict[str, Any]
) -> None:
    installed["training"] = {"clips": {"our archive": 4000}, "licence": "Ours."}
    html = page(anna_client)
    assert "our archive 4000" in words(html)
    assert "Ours." in of_id(html, "terms")
    assert "ot free for every use" not in words(html)


@pytest.mark.parametrize("missing", [*NEW_KEYS, "composite", "metrics", "genres", "training", "limitations"])
def test_a_card_without_one_part_is_shown_without_it(
    anna_client: Client, installed: dict[str, Any], missing: str
) -> None:
    del installed[missing]
    html = page(anna_client)
    assert html.count("<h1") == 1
    assert 'id="mood-calmness"' in html


def test_an_older_card_says_what_is_missing(anna_client: Client, installed: dict[str, Any]) -> None:
    for key in NEW_KEYS:
        del installed[key]
    installed["composite"]["both"]["calibration_error"] = {"first": 0.038, "second": 0.02}
    text = words(page(anna_client))
    assert "This model’s card has no precision for each mood." in text
    assert "This model’s card has no metrics by genre of music." in text
    assert "On average, confidence and accuracy differ by 3.8 points." in text
    assert "Support vector machine: " not in text


def test_a_card_without_metrics_says_that_the_model_was_not_evaluated(
    anna_client: Client, installed: dict[str, Any]
) -> None:
    for key in [key for key in installed if key != "version"]:
        del installed[key]
    assert "This model has not been evaluated" in words(page(anna_client))


@pytest.mark.parametrize(
    ("key", "damage"),
    [
        ("confusion", {"both": {"4qaed": {"labels": ["Q1", "Q2"], "counts": [[1]]}}}),
        ("significance", [{"figure": "x"}]),
    ],
)
def test_a_damaged_card_is_rejected_with_an_explanation(
    anna_client: Client, installed: dict[str, Any], key: str, damage: object
) -> None:
    installed[key] = damage
    response = anna_client.get(reverse("how-good"))
    assert response.status_code == 503
    assert "install the bundle again" in response.content.decode()


def test_the_bundled_model_is_shown_with_all_metrics(anna_client: Client) -> None:
    html = page(anna_client)
    figures = ml_gateway.model_card()["composite"]["both"]["figures"]["first_side_right"]
    assert f"{figures['value']:.3f} [{figures['low']:.3f}, {figures['high']:.3f}]" in words(html)
    assert "not free for every use" in words(html)


@pytest.mark.parametrize("version", ["mood-404", "../bundles/mood-1", ".", "..", "mood-1/", "mood\0", "x" * 999])
def test_a_model_that_is_not_installed_is_not_found(anna_client: Client, version: str) -> None:
    assert anna_client.get(reverse("how-good"), {"version": version}).status_code == 404
    assert anna_client.get(reverse("model"), {"version": version}).json()["error"]["code"] == "version_unknown"


def test_the_page_complies_with_the_content_security_policy(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", html)


def test_every_chart_is_hidden_from_screen_readers_or_has_a_label(
    anna_client: Client, installed: dict[str, Any]
) -> None:
    outermost = re.findall(r"<svg (?![^>]*overflow=\"visible\")[^>]*>", page(anna_client))
    assert outermost
    assert all('aria-hidden="true"' in tag or ('role="img"' in tag and "aria-label=" in tag) for tag in outermost)


def test_anchors_are_unique_and_links_to_them_work(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    names = re.findall(r'\sid="([^"]+)"', html)
    assert len(names) == len(set(names))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(names)


def test_the_page_queries_only_session_and_user(
    anna_client: Client, installed: dict[str, Any], django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(2):
        page(anna_client)


def test_the_api_returns_the_metrics_with_null_for_missing_ones(anna_client: Client, installed: dict[str, Any]) -> None:
    whole = copy.deepcopy(installed)
    del installed["words"]
    body = anna_client.get(reverse("model")).json()
    assert body["moods"] == whole["moods"]
    assert body["parameters"] == {"cnn1d": 647637, "cnn2d": 1310821}
    assert body["thresholds"] == {"both": 0.546}
    assert body["training"]["licence"] == "For research, at home."
    assert body["words"] is None


def test_the_api_needs_authentication(client: Client, db: None) -> None:
    assert client.get(reverse("model")).status_code == 401


@pytest.mark.parametrize(("right", "count"), [(0.0, 4), (1.0, 4), (0.5, 30), (0.7, 300)])
def test_a_wilson_interval_stays_between_0_and_1(right: float, count: int) -> None:
    low, high = wilson_interval(right, count)
    assert 0 <= low <= right + 1e-9
    assert right - 1e-9 <= high <= 1
    assert (
        wilson_interval(0.5, 10)[1] - wilson_interval(0.5, 10)[0]
        > wilson_interval(0.5, 100)[1] - wilson_interval(0.5, 100)[0]
    )


def test_negative_metrics_have_a_minus_sign_and_stay_on_the_axis() -> None:
    figure = Metric.from_card({"value": -0.12, "low": -0.2, "high": 0.01}, as_percent=False)
    assert (figure.text, figure.interval, figure.x) == ("−0.12", "−0.20 to 0.01", "0.00%")


def test_circles_are_filled_up_to_the_share(card: dict[str, Any]) -> None:
    quadrant = headline_metrics(card)[0]
    ends = [x + 8 for x in quadrant.circles]
    assert ends[6] < quadrant.filled_width < ends[7]
    assert summary_text({}) == ""
