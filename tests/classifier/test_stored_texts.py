"""Sentences that the database and `ml` have in English, in the language of the page."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from django.utils.translation import gettext, override, pgettext

from classifier import ml_gateway
from classifier.charts.song.reason_texts import explanation_text, reason_text
from classifier.localized import grouped, key_name, songs_text
from classifier.stored_texts import in_page_language
from ml.features.traits import ALL_TRAITS
from tests.architecture.sources import ROOT, python_files, tree_of

# The same in both languages.
SAME = {"Tempo", "dB", "dB²", "Hz", "Hz²", "0..1", "-1..1", "0..0.25", "Balance"}
FILES = ("audio", "links")
# Sentences of which one value is a part of the sentence, made elsewhere.
COMPOSED = ("7;", "The file declares 7;")


def german(text: str) -> str:
    with override("de"):
        return in_page_language(text)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (
            "The analysis took more than 900 s, the limit for one song: raise SONG_TIME_LIMIT_S, or use a shorter "
            "file.",
            "Die Analyse dauerte länger als 900 s, die Grenze für einen Song: erhöhe SONG_TIME_LIMIT_S, oder nimm eine "
            "kürzere Datei.",
        ),
        (
            "The new analysis failed, so the earlier result stays. The file has only 1.2 s of audio; at least 3 s are "
            "required.",
            "Die neue Analyse ist fehlgeschlagen, sodass das frühere Ergebnis bleibt. Die Datei hat nur 1.2 s Audio; "
            "mindestens 3 s sind nötig.",
        ),
        (
            "The server at music.example.org cannot be reached: check that it runs and can be reached from here, and "
            "try again later.",
            "Der Server unter music.example.org ist nicht erreichbar: prüfe, ob er läuft und von hier erreichbar ist, "
            "und versuche es später noch einmal.",
        ),
        (
            "The folder /music/100 % hits is not there: mount it, or delete the source.",
            "Der Ordner /music/100 % hits ist nicht da: hänge ihn ein, oder lösche die Quelle.",
        ),
    ],
)
def test_a_stored_sentence_is_shown_in_german_with_its_values(stored: str, shown: str) -> None:
    assert german(stored) == shown


def test_a_sentence_that_no_translation_fits_stays_as_it_is() -> None:
    assert german("Something that an older version said about Ärger.mp3.") == (
        "Something that an older version said about Ärger.mp3."
    )
    assert german("") == ""


def test_in_english_every_sentence_stays_as_it_is() -> None:
    assert in_page_language("The file is empty: choose an audio file.") == "The file is empty: choose an audio file."


def sentences_of_ml() -> Iterator[tuple[str, str]]:
    """Codes and whole sentences of errors about files and links, with 7 for each value."""
    for path in python_files("ml"):
        if path.relative_to(ROOT / "ml").parts[0].removesuffix(".py") not in FILES:
            continue
        for node in ast.walk(tree_of(path)):
            match node:
                case ast.Call(func=ast.Name(id="MoodError"), args=[ast.Constant(value=str(code)), sentence]):
                    text = _sample(sentence)
                    if text and not text.startswith(COMPOSED):
                        yield code, text


def _sample(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in parts)
    return ""


def test_every_error_of_ml_about_files_has_a_translation() -> None:
    sentences = sorted(set(sentences_of_ml()))
    assert len(sentences) > 25
    assert [(code, text) for code, text in sentences if german(text) == text] == []


def test_every_text_of_a_trait_has_a_translation() -> None:
    texts = {trait.title for trait in ALL_TRAITS}
    texts |= {text for trait in ALL_TRAITS for text in (trait.low, trait.high) if text}
    texts |= {f"{trait.high} than 80 % of songs" for trait in ALL_TRAITS if trait.high}
    texts |= {f"ordinary in {trait.title.lower()}" for trait in ALL_TRAITS if trait.name != "key"}
    assert {text for text in texts if german(text) == text} <= SAME
    with override("de"):
        words = {word for trait in ALL_TRAITS for word in trait.words or ()}
        assert {word for word in words if pgettext("sound", word) == word} == set()


def test_every_text_of_a_feature_has_a_translation() -> None:
    texts = {text for feature in ml_gateway.FEATURES for text in (feature.text, feature.unit)}
    assert {text for text in texts if german(text) == text} <= SAME


@pytest.mark.parametrize("version", ["mood-1", "mood-5"])
def test_every_rule_of_the_mood_genres_has_a_translation(version: str) -> None:
    genres = ml_gateway.genres(version).values()
    texts = [condition.text for genre in genres for condition in genre.conditions]
    texts += [genre.name_rule for genre in genres if genre.name_rule]
    assert [text for text in texts if german(text) == text] == []


def test_words_of_quadrants_and_clusters_have_a_translation() -> None:
    words = [*ml_gateway.QUADRANT_WORDS.values(), *ml_gateway.CLUSTER_WORDS.values()]
    with override("de"):
        assert [text for text in words if gettext(text) == text] == []


def test_reasons_are_told_in_german() -> None:
    pace = {"trait": "pace", "text": "slower in pace than 80 % of songs"}
    key = {"trait": "key", "text": "in A minor"}
    with override("de"):
        assert reason_text(pace) == "Ruhiger in der Bewegung als 80 % der Songs"
        assert reason_text(key) == "In a-Moll"
        assert explanation_text("Calm: slow-moving, in a minor key and dark in timbre.", "calm").endswith(
            ": wenig bewegt, in Moll und dunkel im Klang."
        )
        assert explanation_text("Calm: quiet.", "calm").endswith(": leise.")
    assert explanation_text("Calm: quiet.", "calm") == "Calm: quiet."


def test_numbers_and_keys_follow_the_language() -> None:
    assert (grouped(1234.5, 1), songs_text(1), key_name(11, 1)) == ("1,234.5", "1 song", "B major")
    with override("de"):
        assert (grouped(1234.5, 1), songs_text(2000), key_name(11, 1)) == ("1.234,5", "2.000 Songs", "H-Dur")
