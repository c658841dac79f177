"""Pages in German: how the language is chosen, what stays in English, and which numbers stay as they are."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Engine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from classifier.active_words import ActiveWords, use_words
from classifier.api.v1.schema import schema
from classifier.charts.model_quality.training_data import limitations
from classifier.charts.mood_names import Side
from classifier.charts.primitives import Point
from classifier.charts.song.feature_tables import number_text
from classifier.charts.song.valence_arousal_plane import mood_labels
from classifier.models import Song
from ml.moods import GENRES
from ml.moods.words import MoodWords, TermWords, mood_words
from tests.pages.conftest import Submit
from tests.pages.test_every_page import WHOLE

GERMAN_WORDS = mood_words("de")
GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}
# Attributes that browsers and scripts read, and elements whose text they read.
ATTRIBUTE = re.compile(r'\s([a-z][a-z0-9-]*)="([^"]*)"')
SHOWN = {"alt", "aria-description", "aria-label", "content", "data-label", "data-text", "placeholder", "title"}
DECIMAL_COMMA = re.compile(r"(?<![\w,.])-?\d+,\d+(?![\w,])")


@pytest.fixture
def german_client(anna_client: Client) -> Client:
    anna_client.cookies["language"] = "de"
    return anna_client


def test_a_page_is_in_the_language_of_the_browser(anna_client: Client) -> None:
    response = anna_client.get(reverse("home"), headers=GERMAN)
    html = response.content.decode()
    assert '<html lang="de"' in html
    assert "Wie fühlt sich deine Musik an?" in html
    assert response.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].replace(",", " ").split())


@pytest.mark.parametrize("asked_for", ["fr,it;q=0.8", "", "*", "en-GB,de;q=0.5"])
def test_a_page_is_in_english_if_the_browser_does_not_prefer_german(anna_client: Client, asked_for: str) -> None:
    response = anna_client.get(reverse("home"), headers={"accept-language": asked_for})
    assert '<html lang="en"' in response.content.decode()
    assert response.headers["Content-Language"] == "en"


def test_the_selected_language_comes_before_that_of_the_browser(anna_client: Client) -> None:
    response = anna_client.post(reverse("language"), {"language": "en", "next": "/songs/"}, headers=GERMAN)
    assert response.headers["Location"] == "/songs/"
    html = anna_client.get(reverse("home"), headers=GERMAN).content.decode()
    assert '<html lang="en"' in html
    assert '<button name="language" value="en" lang="en" aria-pressed="true">English</button>' in html
    assert '<button name="language" value="de" lang="de" aria-pressed="false">Deutsch</button>' in html
    anna_client.post(reverse("language"), {"language": "de"})
    assert '<html lang="de"' in anna_client.get(reverse("home")).content.decode()


def test_an_unknown_language_is_not_saved(client: Client, db: None) -> None:
    response = client.post(reverse("language"), {"language": '"><script>', "next": "https://elsewhere.example/"})
    assert response.cookies["language"].value == ""
    assert response.headers["Location"] == reverse("home")
    client.cookies["language"] = '"><script>'
    assert '<html lang="en"' in client.get(reverse("login"), follow=True).content.decode()


def test_signing_in_is_german_too(client: Client, db: None) -> None:
    assert "Seite nicht gefunden" in client.get("/nowhere/", headers=GERMAN).content.decode()


def test_the_language_ends_with_the_request(anna_client: Client) -> None:
    anna_client.get(reverse("home"), headers=GERMAN)
    assert translation.get_language() == "en"


@pytest.mark.parametrize(
    "path", ["/api/status/", "/api/predictions/", "/api/v1/songs/", "/songs/export.csv", "/health/"]
)
def test_programs_read_english(german_client: Client, path: str) -> None:
    response = german_client.get(path, headers=GERMAN)
    assert "Content-Language" not in response.headers
    assert "Accept-Language" not in response.headers.get("Vary", "")


def test_an_error_of_the_api_is_in_english(german_client: Client) -> None:
    german = german_client.get("/api/nothing/", headers=GERMAN).json()["error"]
    german_client.cookies["language"] = "en"
    english = german_client.get("/api/nothing/").json()["error"]
    assert (german["code"], german["message"]) == ("not_found", english["message"])


@pytest.fixture
def pages(analysed_song: Song, submit: Submit) -> list[str]:
    """Pages of Anna, with a song that has a result and one that waits."""
    waiting = submit(mark=7)
    lists = ("song-list", "mood-map", "mood-time", "artists", "albums", "bin", "corrections", "playlist-list")
    return [
        *(reverse(name) for name in lists),
        reverse("playlist-new"),
        reverse("playlist-sentence") + "?sentence=calm+under+100.5+bpm",
        reverse("song-detail", args=[analysed_song.id]),
        reverse("song-report", args=[analysed_song.id]),
        reverse("song-detail", args=[waiting.id]),
        reverse("song-compare") + f"?a={analysed_song.id}",
        *(reverse(name) for name in ("home", "how-good", "account", "tokens", "webhooks", "source-list")),
    ]


def test_numbers_for_machines_keep_the_decimal_point(german_client: Client, pages: list[str]) -> None:
    for page in pages:
        response = german_client.get(page)
        assert response.status_code == 200, page
        html = response.content.decode()
        assert '<html lang="de"' in html, page
        assert machine_decimals(html) == [], page


def machine_decimals(html: str) -> list[tuple[str, str]]:
    """Attributes with a decimal comma where a number stands alone; lists of numbers are separated by it."""
    found = []
    for name, value in ATTRIBUTE.findall(html):
        if name in SHOWN or name in ("value", "href") or name.startswith("aria-"):
            continue
        if DECIMAL_COMMA.search(value):
            found.append((name, value))
    return found


@pytest.mark.parametrize("name", sorted(set(WHOLE)))
def test_a_page_of_the_owner_renders_the_same_numbers_in_german(olga_client: Client, name: str) -> None:
    english = olga_client.get(reverse(name)).content.decode()
    olga_client.cookies["language"] = "de"
    german = olga_client.get(reverse(name)).content.decode()
    assert '<html lang="de"' in german
    assert geometry(german) == geometry(english)


def test_charts_are_drawn_alike_in_both_languages(anna_client: Client, pages: list[str]) -> None:
    for page in pages:
        anna_client.cookies["language"] = "en"
        english = geometry(anna_client.get(page).content.decode())
        anna_client.cookies["language"] = "de"
        german = geometry(anna_client.get(page).content.decode())
        assert german == english, page


GEOMETRY = {
    "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "points", "transform", "viewbox",
    "min", "max", "step", "data-start", "data-end", "data-duration", "data-x", "data-y", "datetime",
}  # fmt: skip


# Labels of the plane make room for each other, so that their places depend on the length of the words.
PLANE_LABELS = re.compile(r'<line class="leader"[^>]*/>|<text x="[^"]*" y="[^"]*" dy=".35em" text-anchor="[^"]*">')


def geometry(html: str) -> list[tuple[str, str]]:
    """All numbers that a browser or a script reads."""
    html = PLANE_LABELS.sub("", html)
    return [(name, value) for name, value in ATTRIBUTE.findall(html.lower()) if name in GEOMETRY]


def test_people_read_german_dates(german_client: Client, analysed_song: Song) -> None:
    html = german_client.get(reverse("song-list")).content.decode()
    day = analysed_song.created_at
    with translation.override("de"):
        shown = translation.gettext(day.strftime("%B"))[:3]
    assert f">{day.day}. {shown} {day.year}<" in html
    assert f'datetime="{day:%Y-%m-%d}T' in html


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "1,234.5 1,234 1.2\xa0KB 1234.5"), ("de", "1.234,5 1.234 1,2\xa0KB 1234.5")]
)
def test_numbers_for_people_and_numbers_for_machines(language: str, shown: str) -> None:
    page = "{% load humanize %}{{ value|grouped:1 }} {{ count|intcomma }} {{ count|filesizeformat }} {{ value }}"
    with translation.override(language):
        assert Engine.get_default().from_string(page).render(Context({"value": 1234.5, "count": 1234})) == shown


def test_features_have_the_decimal_separator_of_the_language() -> None:
    with translation.override("de"):
        assert [number_text(value) for value in (0.19164, 147.7, 2019.4, 0.00001)] == [
            "0,1916",
            "147,7",
            "2.019",
            "1,000e-05",
        ]


def test_the_mood_genre_of_a_song_is_german_wherever_it_is_shown(german_client: Client, analyse_song: Submit) -> None:
    a, b = analyse_song(mark=1), analyse_song(mark=2)
    titles = [genre.title for genre in GENRES.values() if " " in genre.title]
    german = [GERMAN_WORDS.genre_title(name) for name in GENRES]
    result, report = reverse("song-detail", args=[a.id]), reverse("song-report", args=[a.id])
    for page in (result, report, reverse("song-compare") + f"?a={a.id}&b={b.id}", reverse("how-good")):
        html = german_client.get(page).content.decode()
        assert [title for title in titles if title in html] == [], page
        assert any(title in html for title in german), page
    assert "Keine der anderen Regeln trifft zu." in german_client.get(result).content.decode()


def test_limitations_of_a_model_are_german_sentences_with_german_numbers(german_client: Client) -> None:
    card = {
        "limitations": [
            "Trained on 1,762 labelled clips of up to a minute, mostly Western pop, rock, jazz, electronic and "
            "classical music.",
            "Rarely given to songs that editors describe so: Dreamy (2 %), Sensual (14 %).",
            "Valence is predicted less accurately than arousal (R² 0.40 and 0.55).",
            "A sentence of another trainer: 1,000 clips, Sad.",
        ]
    }
    with translation.override("de"):
        clips, rare, axes, unknown = limitations(card)
    assert "1.762 beschrifteten Ausschnitten" in clips
    assert rare.endswith("so beschreiben: Verträumt (2 %), Sinnlich (14 %).")
    assert axes.endswith("(R² 0,40 und 0,55).")
    assert unknown == card["limitations"][-1]
    assert limitations(card) == card["limitations"]
    own = ActiveWords(MoodWords(GERMAN_WORDS.language, {"sensual": TermWords(r"\1 warm", "", "")}))
    with translation.override("de"), use_words(lambda: own):
        assert limitations(card)[1].endswith(r"Verträumt (2 %), \1 warm (14 %).")
    page = german_client.get(reverse("how-good")).content.decode()
    assert "Songtexte werden nicht verstanden" in page


def test_parts_of_a_sentence_are_german_words(german_client: Client) -> None:
    html = german_client.get(reverse("playlist-sentence") + "?q=calm+and+positive+but+void").content.decode()
    assert '<option value="calm" selected>ruhig</option>' in html
    assert '<option value="PositiveButVoid" selected>Positiv, aber leer</option>' in html


def test_conditions_of_a_vocabulary_are_german(german_client: Client) -> None:
    html = german_client.get(reverse("vocabulary")).content.decode()
    assert '<option value="sad">Wahrscheinlichkeit: Traurig</option>' in html
    assert '<option value="valence">Valenz</option>' in html


def test_fields_are_filled_as_browsers_need_it(german_client: Client) -> None:
    html = german_client.get(reverse("song-list") + "?added_from=2024-03-09&valence_from=4.5").content.decode()
    assert re.search(r'<input type="date" name="added_from" value="2024-03-09"', html)
    assert re.search(r'<input type="number" name="valence_from" value="4.5"', html)


def test_the_schema_of_the_api_is_made_in_english_whoever_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    made_in = []

    def get_schema(self: object, **options: object) -> dict[str, str]:
        made_in.append(translation.get_language())
        return {}

    monkeypatch.setattr(f"{schema.__module__}.SchemaGenerator.get_schema", get_schema)
    schema.cache_clear()
    with translation.override("de"):
        schema()
    schema.cache_clear()
    assert made_in == ["en"]


def test_labels_in_the_plane_have_the_width_of_the_words_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    center = Point(200.0, 200.0)
    boxes = {label.side.key: label.box for label in mood_labels(center)}
    monkeypatch.setattr(Side, "adjective", property(lambda side: "W" * 14))
    wider = {label.side.key: label.box for label in mood_labels(center)}
    assert all(wider[key].right - wider[key].left > box.right - box.left for key, box in boxes.items())
