"""The page where a sentence gets songs."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Person, Playlist
from classifier.sentences.grammar import read_sentence
from classifier.sentences.meaning import sentence_of
from classifier.sentences.names import ListedNames
from classifier.views.sentence_parts import PartFields, parts_of_form
from tests.classifier.playlists.shelf import shelve_moods
from tests.classifier.sentences.sentences import ARTISTS, MUSIC_GENRES, SENTENCES, TITLES

NAMES = ListedNames(titles=TITLES, artists=ARTISTS, music_genres=MUSIC_GENRES)


def page(client: Client, text: str) -> str:
    response = client.get(reverse("playlist-sentence"), {"q": text})
    assert response.status_code == 200
    return html.unescape(response.content.decode())


@pytest.fixture
def library(anna: Person) -> Person:
    shelve_moods(anna, "Both", artist="Anna Lind", sad=0.7, joyful=0.6, sort_tempo=90.0)
    shelve_moods(anna, "Fast", sad=0.7, joyful=0.6, sort_tempo=150.0)
    return anna


def test_the_page_shows_what_it_understood_what_not_and_the_songs(library: Person, anna_client: Client) -> None:
    text = page(anna_client, "hapy but sad, under 100 bpm, piano")

    assert "read as <q>happy</q>" in text
    assert '<option value="joyful" selected>joyful</option>' in text
    assert 'Not understood:</strong> <q dir="auto">piano</q>' in text
    assert "1 song</h2>" in text
    assert "<strong>Both</strong>" in text
    assert "<strong>Fast</strong>" not in text
    assert "Joyful 60 %" in text
    assert 'value="Joyful, sad, up to 100 BPM"' in text


def test_without_a_sentence_the_page_has_examples(anna_client: Client) -> None:
    text = html.unescape(anna_client.get(reverse("playlist-sentence")).content.decode())

    assert "?q=an+hour+of+calm+jazz" in text
    assert 'id="found"' not in text


def test_nothing_that_is_understood_and_nothing_that_matches(anna_client: Client) -> None:
    assert "Nothing of it." in page(anna_client, "wibble wobble")
    assert "No song of your library matches" in page(anna_client, "sad")
    assert "no analysed song “Wires”" in page(anna_client, 'like "Wires"')
    assert "No song matches the rules of this playlist" in page(anna_client, "from sad to joyful")


def test_the_playlists_have_the_box_and_the_history_a_link(library: Person, anna_client: Client) -> None:
    address = reverse("playlist-sentence")
    assert f'action="{address}"' in anna_client.get(reverse("playlist-list")).content.decode()
    history = anna_client.get(reverse("song-list")).content.decode()
    assert f'href="{address}"' in history
    assert f'action="{address}"' not in history


def test_a_search_without_songs_can_be_read_as_a_sentence(library: Person, anna_client: Client) -> None:
    text = anna_client.get(reverse("song-list"), {"q": "sad & hopeful"}).content.decode()
    assert f'href="{reverse("playlist-sentence")}?q=sad%20%26%20hopeful"' in text


def test_the_text_of_a_sentence_is_shown_as_text(anna_client: Client) -> None:
    response = anna_client.get(reverse("playlist-sentence"), {"q": 'sad <script>"x"</script>\0 by <b>'})

    assert "<script>" not in response.content.decode().replace("<script type", "")
    assert "<b>" not in response.content.decode()


def test_a_long_sentence_is_cut_and_the_page_says_so(anna_client: Client) -> None:
    assert "first 300 characters" in page(anna_client, "sad " * 100)


# --- Editing its parts ---------------------------------------------------------------------------


def fields(text: str) -> dict[str, str]:
    """What the form of a sentence sends if nothing is changed."""
    sent = {}
    for number, part in enumerate(read_sentence(text, NAMES).understood):
        row = PartFields(number, part)
        values = {
            "kind": part.kind.value, "value": part.value, "end": part.end, "degree": row.degree, "low": row.low,
            "high": row.high, "excluded": "yes" if part.is_excluded else "",
        }  # fmt: skip
        sent |= {f"{name}-{number}": value for name, value in values.items()}
    return sent


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.text)
def test_the_form_of_a_sentence_says_the_same(sentence) -> None:
    assert sentence_of(parts_of_form(fields(sentence.text))) == sentence.means


@pytest.mark.parametrize(("text", "seconds"), [("4", 240), ("3:30", 210), ("90:00", 5400), ("1:02:30", 3750)])
def test_lengths_are_typed_as_minutes_or_with_seconds(text: str, seconds: int) -> None:
    [part] = parts_of_form({"kind-0": "length", "high-0": text})

    assert part.high == seconds
    assert parts_of_form({"kind-0": "length", "high-0": PartFields(0, part).high}) == [part]


def test_changed_parts_become_another_sentence(anna_client: Client) -> None:
    sent = fields("sad, tender, under 100 bpm, songs under 4 minutes, no rap")
    sent |= {
        "degree-0": "very",
        "value-1": "calm",
        "low-2": "80",
        "high-3": "5:30",
        "excluded-4": "",
        "add-mood": "dark",
    }

    response = anna_client.get(reverse("playlist-sentence"), sent)

    assert response.status_code == 302
    assert parse_qs(urlsplit(response["Location"]).query)["q"] == [
        'very sad, calm, between 80 and 100 bpm, songs shorter than 330 seconds, genre "Rap", dark'
    ]


def test_a_part_is_removed_and_the_last_one_leaves_an_empty_page(anna_client: Client) -> None:
    address = reverse("playlist-sentence")

    response = anna_client.get(address, fields("sad, calm") | {"remove": "0"})
    assert response["Location"] == f"{address}?q=calm"
    assert anna_client.get(address, fields("sad") | {"remove": "0"})["Location"] == address


@pytest.mark.parametrize(
    "changed",
    [
        {"kind-0": "nonsense"}, {"value-0": "cheesy"}, {"degree-0": "enormously"}, {"kind-0": "tempo", "low-0": "x"},
        {"kind-0": "length", "high-0": "9999:99"}, {"kind-0": "artist", "value-0": '"“”'}, {"kind-0": "path"},
        {"kind-0": "songs", "high-0": "-3"},
    ],
)  # fmt: skip
def test_values_that_no_form_sends_are_left_out(changed: dict[str, str]) -> None:
    for part in parts_of_form(fields("sad") | changed):
        assert read_sentence(part.phrase, NAMES).understood


# --- Keeping it ----------------------------------------------------------------------------------


def test_a_sentence_is_kept_as_a_playlist(library: Person, anna_client: Client) -> None:
    response = anna_client.post(
        reverse("playlist-sentence-keep"), {"q": "sad but hopeful, under 100 bpm", "name": "Sad hope"}, follow=True
    )

    playlist = Playlist.objects.get(owner=library)
    assert playlist.name == "Sad hope"
    assert playlist.description == "sad but hopeful, under 100 bpm"
    assert playlist.rule["weights"] == {"joyful": 1.0, "sad": 1.0}
    assert [entry.song.title for entry in playlist.entries.all()] == ["Both"]
    assert response.redirect_chain[-1][0] == reverse("playlist", args=[playlist.id])


def test_what_cannot_be_kept_is_said(library: Person, anna_client: Client) -> None:
    for values, words in (
        ({"q": "wibble", "name": "X"}, "No part of the sentence was understood"),
        ({"q": "sad", "name": ""}, "use 1 to 80"),
    ):
        response = anna_client.post(reverse("playlist-sentence-keep"), values, follow=True)
        assert words in html.unescape(response.content.decode())
    assert not Playlist.objects.exists()


def test_the_controls_of_the_parts_have_names(library: Person, anna_client: Client) -> None:
    text = page(anna_client, 'sad, calm but epic, in minor, fast, 20 songs, no rap, like "Both", only certain')
    form = text[text.index('class="sentence-parts"') : text.index("</form>", text.index('class="sentence-parts"'))]

    for control in re.findall(r"<(?:select|input)(?! type=\"hidden\")[^>]*>", form):
        assert "aria-label=" in control or 'id="add-mood"' in control, control
