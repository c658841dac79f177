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
from ml.moods import GENRES, MOODS
from tests.pages.evaluated_card import NEVER_GIVEN, TOO_RARE, evaluated_card
from tests.pages.result_html import words

NEW_KEYS = ("names", "name_examples", "confusion", "reliability", "baselines", "by_genre", "significance")


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


def section(html: str, name: str) -> str:
    """The text of the section with this anchor."""
    return words(re.search(rf'<section id="{name}".*?</section>', html, re.DOTALL).group())


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


def test_the_page_leads_with_the_names_that_people_used(anna_client: Client, installed: dict[str, Any]) -> None:
    text = words(page(anna_client))
    assert "about six get a main mood that people used for them, and about eight at least one such mood" in text
    assert "the quadrant (happy, angry, sad or relaxed) is right for about seven" in text
    assert "Of ten songs, how many get a name that people used?" in text
    assert "About six of ten: the main mood" in text
    assert "63 % (59 to 66 %) · Support vector machine: 48 %. Always the two most frequent: 26 %. Random: 19 %." in text
    assert "About three of ten: both moods" in text
    assert text.index("About six of ten") < text.index("Mood by mood Songs of 4Q") < text.index("All metrics ●")


def test_names_are_compared_with_the_people_of_each_collection(anna_client: Client, installed: dict[str, Any]) -> None:
    text = section(page(anna_client), "names")
    assert "4Q 707 63 % 59 to 66 % 80 % 77 to 84 % 28 % 25 to 32 %" in text
    assert "MIREX-like: Each song has one mood word" in text
    assert "Emotify 320 69 %" in text


def test_contradictions_and_mixed_names_are_counted(anna_client: Client, installed: dict[str, Any]) -> None:
    text = section(page(anna_client), "names")
    assert (
        "16 % The main mood is pleasant where editors describe an unpleasant song, or the reverse. (13 to 20 %)" in text
    )
    assert "Random: 38 %." in text
    assert "19 % No mood is certain" in text


def test_one_table_has_every_metric_for_networks_and_baselines(anna_client: Client, installed: dict[str, Any]) -> None:
    text = words(page(anna_client))
    assert "4Q macro-F1 0.713 [0.678, 0.748] 0.663 [0.628, 0.698] 0.693 [0.658, 0.728] 0.620 [0.585, 0.655] –" in text
    assert "4Q names, both moods 0.283 [0.248, 0.318] 0.233 [0.198, 0.268] 0.263 [0.228, 0.298] – 0.070" in text
    assert "4Q contradictory 0.163 [0.128, 0.198]" in text


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
    assert html.count("Confidence</th>") == 4


def test_the_threshold_for_mixed_is_on_the_coverage_curve(card: dict[str, Any]) -> None:
    curve = coverage_curve(card)
    assert curve.threshold == 55
    assert curve.stated == 88
    assert curve.points[0].right == 91
    assert stated_share([{"coverage": 0.5, "confidence": 0.7}, {"coverage": 1.0, "confidence": 0.5}], 0.6) == 0.75
    assert stated_share([{"coverage": 0.5, "confidence": 0.7}, {"coverage": 1.0, "confidence": 0.5}], 0.4) == 1.0


def test_each_term_has_an_anchor_with_its_precision_and_recall(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    for key in MOODS:
        assert f'id="mood-{key}"' in html
    text = of_id(html, "mood-calm")
    assert "Given to 61 songs. Editors used a word of it for 68 % (56 to 78 %)." in text
    assert "Editors described 111 songs so. It is given to 38 % (28 to 48 %)." in text
    assert "Given to 61 songs that listeners judged: it is one of the two they chose most for 68 %" in text


def test_each_term_names_its_confusions_and_examples(anna_client: Client, installed: dict[str, Any]) -> None:
    text = words(re.search(r'id="mood-sad".*?id="mood-', page(anna_client), re.DOTALL).group())
    assert "Where it is missing, the name says: Dark, Tense." in text
    assert "Where it is wrong, editors say: Angry." in text
    assert "4Q MT-sad-True.opus: “Sad and Solemn”. Right: people say Sad, Calm." in text
    assert "4Q MT-sad-False.opus: “Sad and Solemn”. Wrong: people say Angry." in text


def test_a_term_without_an_emotion_has_no_figure_of_listeners(anna_client: Client, installed: dict[str, Any]) -> None:
    assert "listeners judged" not in of_id(page(anna_client), "mood-angry")


def test_a_term_that_is_rarely_given_says_so(anna_client: Client, installed: dict[str, Any]) -> None:
    html = page(anna_client)
    assert "Given to 3 songs. Editors used a word of it for 1 of 3: too few to judge." in of_id(
        html, f"mood-{TOO_RARE}"
    )
    assert "Never given to these songs." in of_id(html, f"mood-{NEVER_GIVEN}")
    assert html.index(f'id="mood-{NEVER_GIVEN}"') > html.index('id="mood-calm"')
    drawn = re.search(rf'id="mood-{TOO_RARE}".*?</svg>', html, re.DOTALL).group()
    assert drawn.count("bar-fill") == 1  # of its recall


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
    sure, names, unsure = differences(card)
    assert names.metric == "4Q names, main mood"
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


@pytest.mark.parametrize("missing", [*NEW_KEYS, "metrics", "genres", "training", "limitations"])
def test_a_card_without_one_part_is_shown_without_it(
    anna_client: Client, installed: dict[str, Any], missing: str
) -> None:
    del installed[missing]
    html = page(anna_client)
    assert html.count("<h1") == 1
    assert ('id="mood-calm"' in html) == (missing != "names")


def test_an_older_card_says_what_is_missing(anna_client: Client, installed: dict[str, Any]) -> None:
    for key in NEW_KEYS:
        del installed[key]
    text = words(page(anna_client))
    assert "This model’s card has no figures for its names." in text
    assert "This model’s card has no metrics by genre of music." in text
    assert "Support vector machine: " not in text


def test_a_card_with_calibration_errors_but_no_bins_shows_the_errors(
    anna_client: Client, installed: dict[str, Any]
) -> None:
    del installed["reliability"]
    for naming in ("4qaed", "emotify_all_terms"):
        del installed["names"]["both"][naming]["reliability"]
    assert "On average, confidence and accuracy differ by 3.8 points." in of_id(page(anna_client), "calibration")


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
    macro_f1 = ml_gateway.model_card()["metrics"]["both"]["4qaed"]["macro_f1"]
    assert f"{macro_f1['value']:.3f} [{macro_f1['low']:.3f}, {macro_f1['high']:.3f}]" in words(html)
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
    del installed["by_genre"]
    body = anna_client.get(reverse("model")).json()
    assert body["names"] == whole["names"]
    assert body["name_examples"]["sad"][0]["file"] == "MT-sad-True.opus"
    assert body["parameters"] == {"cnn1d": 647637, "cnn2d": 1310821}
    assert body["thresholds"] == {"both": 0.546}
    assert body["training"]["licence"] == "For research, at home."
    assert body["by_genre"] is None
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
    main_mood = headline_metrics(card)[0]
    ends = [x + 8 for x in main_mood.circles]
    assert ends[5] < main_mood.filled_width < ends[6]
    assert summary_text({}) == ""
