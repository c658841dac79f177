"""The vocabulary of a person: its names in lists, filters, search, orders, playlists, answers and on its page."""

from __future__ import annotations

import csv
import json
import re
import threading
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from classifier.jobs.analyse import song_analyse
from classifier.library.filters import LibraryFilter
from classifier.management.commands import sources
from classifier.models import Analysis, AnalysisDetail, Person, Song, Vocabulary
from classifier.playlists.ready_made import READY_MADE, ready_made
from classifier.services.song_verdict import song_agree
from classifier.tagging.song_moods import mood_tags
from classifier.vocabularies.names import BATCH_SIZE, vocabularies_apply
from classifier.vocabularies.stored import vocabulary_reset, vocabulary_save, words_of
from tests.architecture.sources import ROOT
from tests.shelf import shelve

NOW = timezone.now()
HIDE_CALM = {"terms": {"calm": {"hidden": True}}}
ROOMY = {"term": "powerful", "name": "Roomy", "when": [{"score": "arousal", "below": 4}]}


def save(person: Person, content: dict[str, Any]) -> None:
    vocabulary_save(person=person, content=content, now=timezone.now())


@pytest.fixture
def saved(django_capture_on_commit_callbacks: Any) -> Any:
    """Saves a vocabulary, and waits until a small library has its names."""

    def saved(person: Person, content: dict[str, Any]) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            save(person, content)

    return saved


def titles(owner: Person, query: str) -> list[str]:
    with words_of(owner):
        songs = LibraryFilter(QueryDict(query)).checked().apply(Song.objects.for_owner(owner))
        return [song.title for song in songs]


def own_name(song: Song) -> str:
    with words_of(Person.objects.get(pk=song.owner_id)):
        analysis = Song.objects.get(pk=song.pk).analysis
        assert analysis is not None
        return analysis.shown_name


def with_scores(song: Song, **chances: float) -> Song:
    """The song, with these chances in its stored answer."""
    detail = AnalysisDetail.objects.get(analysis__song=song)
    detail.answer["scores"]["moods"] |= chances
    detail.save()
    return song


def test_own_names_change_the_names_of_songs_and_nothing_that_is_stored(anna: Person, saved: Any) -> None:
    song = shelve(anna, "Aria")
    before = AnalysisDetail.objects.get(analysis__song=song).answer
    saved(anna, {"terms": {"calm": {"name": "Still"}}})
    assert own_name(song) == "Still but Powerful"
    analysis = Analysis.objects.get(song=song)
    assert (analysis.name, analysis.own_version) == ("Calm but Powerful", None)
    assert AnalysisDetail.objects.get(analysis__song=song).answer == before


def test_lists_filters_and_orders_agree_with_the_names_of_the_rules(anna: Person, saved: Any) -> None:
    aria = with_scores(shelve(anna, "Aria"), tender=0.6)
    with_scores(shelve(anna, "Bolero"), dark=0.3)
    saved(anna, HIDE_CALM)
    assert own_name(aria) == "Tender and Powerful"
    assert titles(anna, "mood=calm") == []
    assert titles(anna, "first=tender") == ["Aria"]
    assert titles(anna, "mood=powerful&sort=title") == ["Aria", "Bolero"]
    analysis = Analysis.objects.get(song=aria)
    assert Song.objects.get(pk=aria.pk).sort_confidence == analysis.own_confidence != analysis.confidence
    low = 100 * min(Analysis.objects.values_list("own_confidence", flat=True))
    assert len(titles(anna, f"confidence_from={low - 1:.1f}")) == 2


def test_merged_terms_are_one_in_filters_also_where_a_person_stated_them(anna: Person, saved: Any) -> None:
    shelve(anna, "Aria", actual_primary="sensual")
    shelve(anna, "Bolero", actual_primary="tender")
    saved(anna, {"terms": {"sensual": {"merged_into": "tender"}}})
    assert titles(anna, "mood=tender&sort=title") == ["Aria", "Bolero"]
    assert titles(anna, "mood=sensual&sort=title") == ["Aria", "Bolero"]


def test_a_part_of_a_term_is_filtered_by_itself_and_with_its_term(anna: Person, saved: Any) -> None:
    aria, bolero = shelve(anna, "Aria"), shelve(anna, "Bolero")
    detail = AnalysisDetail.objects.get(analysis__song=bolero)
    detail.answer["scores"]["arousal"] = 4.5
    detail.save()
    saved(anna, {"splits": [ROOMY]})
    assert (own_name(aria), own_name(bolero)) == ("Calm but Roomy", "Calm but Powerful")
    assert titles(anna, "mood=powerful.roomy") == ["Aria"]
    assert titles(anna, "mood=powerful&sort=title") == ["Aria", "Bolero"]
    song_agree(song=aria, now=NOW)
    assert titles(anna, "mood=powerful.roomy") == ["Aria"]
    saved(anna, {"terms": {"calm": {"name": "Still"}}})
    assert titles(anna, "mood=powerful.roomy&sort=title") == ["Aria", "Bolero"]


def test_search_finds_songs_by_the_words_that_are_shown(anna: Person, saved: Any) -> None:
    shelve(anna, "Aria")
    with override("de"):
        assert titles(anna, "q=ruhig+aber+kraftvoll") == ["Aria"]
        assert titles(anna, "q=traurig") == []
    saved(anna, {"terms": {"calm": {"name": "Still"}}})
    assert titles(anna, "q=still") == ["Aria"]
    assert titles(anna, "q=calm") == []


def test_agreeing_states_the_moods_that_are_shown(anna: Person, saved: Any) -> None:
    song = with_scores(shelve(anna, "Aria"), tender=0.6)
    saved(anna, HIDE_CALM)
    with words_of(anna):
        agreed = song_agree(song=song, now=NOW)
    assert (agreed.actual_primary, agreed.actual_secondary) == ("tender", "powerful")


def test_the_words_of_one_person_are_not_those_of_another(anna: Person, boris: Person, saved: Any) -> None:
    song = shelve(boris, "Aria")
    saved(anna, HIDE_CALM)
    assert own_name(song) == "Calm but Powerful"
    assert titles(boris, "mood=calm") == ["Aria"]


def test_a_song_that_is_analysed_later_gets_its_name_at_once(
    anna: Person, saved: Any, analyser: Any, submit: Any
) -> None:
    saved(anna, HIDE_CALM)
    song = submit()
    song_analyse(song_id=song.id)
    analysis = Analysis.objects.get(song=song)
    assert "calm" not in (analysis.own_primary, analysis.own_secondary)
    assert analysis.primary == "calm"
    assert titles(anna, "mood=calm") == []


def test_a_large_library_gets_its_names_in_batches(anna: Person, saved: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.vocabularies.names.apply_batch.__defaults__", (2,))
    assert BATCH_SIZE > 2
    for number in range(5):
        shelve(anna, str(number))
    saved(anna, HIDE_CALM)
    named = Analysis.objects.filter(own_version__isnull=False)
    assert named.count() == 2
    assert not Vocabulary.objects.get(owner=anna).is_applied
    vocabularies_apply(lambda: False)
    assert named.count() == 5
    assert Vocabulary.objects.get(owner=anna).is_applied


@pytest.mark.django_db(transaction=True)
def test_songs_go_to_the_workers_while_a_large_library_gets_its_names(
    anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelve(anna, "Aria")
    save(anna, HIDE_CALM)
    Vocabulary.objects.update(is_applied=False)
    stopped, started = threading.Event(), []

    def start(self: sources.ChildProcesses, due: Iterable[Any]) -> None:
        started.extend((self._option, one) for one in due)
        if self._option == "--recalibrate":
            stopped.set()

    monkeypatch.setattr(sources.ChildProcesses, "start", start)
    sources.Command()._repeat(0.01, stopped)
    assert ("--vocabularies", None) in started
    assert not Vocabulary.objects.get().is_applied
    call_command("sources", "--vocabularies")
    assert Vocabulary.objects.get().is_applied


def test_after_a_reset_songs_have_the_names_of_the_model_and_versions_go_on(
    anna: Person, saved: Any, django_capture_on_commit_callbacks: Any
) -> None:
    song = shelve(anna, "Aria")
    saved(anna, HIDE_CALM)
    with django_capture_on_commit_callbacks(execute=True):
        vocabulary_reset(person=anna, now=NOW)
    assert own_name(song) == "Calm but Powerful"
    assert not Analysis.objects.filter(own_version__isnull=False).exists()
    assert Song.objects.get(pk=song.pk).sort_confidence == Analysis.objects.get(song=song).confidence
    saved(anna, HIDE_CALM)
    assert anna.vocabulary_version == 3


def test_results_of_older_models_get_own_words_for_their_terms(anna: Person, saved: Any) -> None:
    song = shelve(anna, "Aria", model_version="mood-1")
    saved(anna, {"terms": {"calm": {"merged_into": "tender"}, "tender": {"name": "Soft"}}})
    assert own_name(song).startswith("Soft")
    assert titles(anna, "mood=tender") == ["Aria"]


def test_ready_made_playlists_have_own_names(anna: Person, saved: Any) -> None:
    for number in range(3):
        shelve(anna, str(number))
    saved(anna, {"terms": {"calm": {"name": "Still"}}})
    with words_of(anna):
        assert "Still" in [one.name for one in ready_made(anna)]
    assert READY_MADE["mood-calm"].name == "Calm"


def test_tags_have_own_words_without_characters_that_end_a_value(anna: Person, saved: Any) -> None:
    song = shelve(anna, "Aria")
    saved(anna, {"language": "de", "terms": {"calm": {"name": "still"}}})
    song = Song.objects.get(pk=song.pk)
    tags = mood_tags(song, "sides", with_numbers=False)
    assert not isinstance(tags, str)
    assert tags.moods == ("Still aber kraftvoll", "Still", "Kraftvoll")


def test_the_api_answers_in_the_words_that_are_asked_for(anna: Person, anna_client: Client, saved: Any) -> None:
    song = shelve(anna, "Aria")
    saved(anna, {"terms": {"calm": {"name": "Still"}}})
    addresses = [f"/api/v1/songs/{song.id}/", f"/api/predictions/{song.id}/"]
    expected = {
        "": ("Calm but Powerful", None),
        "default": ("Calm but Powerful", None),
        "own": ("Still but Powerful", "own-en@1"),
        "en": ("Calm but Powerful", "en@1"),
        "de": ("Ruhig, aber kraftvoll", "de@1"),
        "es": ("Tranquilo pero poderoso", "es@1"),
        "fr": ("Calme mais puissant", "fr@1"),
    }
    for address in addresses:
        for words, (name, label) in expected.items():
            answer = anna_client.get(address, {"words": words} if words else {}).json()
            assert (answer["mood"]["name"], answer.get("vocabulary")) == (name, label)
    listed = anna_client.get("/api/v1/songs/", {"words": "fr"}).json()["results"]
    assert listed[0]["mood"]["name"] == "Calme mais puissant"
    assert anna_client.get(addresses[0], {"words": "pt"}).json()["code"] == "request_invalid"
    assert anna_client.get(addresses[1], {"words": "pt"}).json()["error"]["code"] == "words_unknown"


def test_exports_have_the_words_that_are_asked_for(anna: Person, anna_client: Client, saved: Any) -> None:
    song = shelve(anna, "Aria", verdict="corrected", actual_primary="sensual")
    saved(anna, {"terms": {"calm": {"name": "Still"}, "sensual": {"merged_into": "tender"}}, "splits": [ROOMY]})

    def export(kind: str, words: str = "") -> str:
        answer = anna_client.get(f"/api/v1/exports/{kind}/", {"words": words} if words else {})
        assert answer.status_code == 200
        return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]

    [row] = csv.DictReader(export("csv", "own").splitlines())
    assert (row["mood"], row["primary"], row["secondary"]) == ("Still but Roomy", "calm", "powerful")
    assert (row["actual_mood"], row["actual_primary"]) == ("Tender", "sensual")
    assert row["vocabulary"] == "own-en@1"
    [row] = csv.DictReader(export("csv").splitlines())
    assert (row["mood"], row["actual_mood"]) == ("Calm but Powerful", "Sensual")
    assert "vocabulary" not in row
    line = json.loads(export("jsonl", "de"))
    assert (line["mood"]["name"], line["vocabulary"]) == ("Ruhig, aber kraftvoll", "de@1")
    segments = list(csv.DictReader(export("segments.csv", "own").splitlines()))
    assert {(one["mood"], one["vocabulary"]) for one in segments} == {("Still but Roomy", "own-en@1")}
    assert export("spotify.csv", "own") == export("spotify.csv")
    answer = anna_client.get("/songs/export.csv", {"words": "fr"})
    assert "Calme mais puissant" in b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]
    answer = anna_client.post("/api/v1/exports/jsonl/?words=es", {"ids": [str(song.id)]}, "application/json")
    assert "Tranquilo pero poderoso" in b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]
    assert anna_client.get("/api/v1/exports/csv/", {"words": "pt"}).json()["code"] == "request_invalid"
    assert anna_client.get("/songs/export.csv", {"words": "pt"}).status_code == 400


def test_the_page_of_exports_offers_the_own_words_to_whom_has_some(
    anna: Person, anna_client: Client, boris_client: Client, saved: Any
) -> None:
    shelve(anna, "Aria")
    saved(anna, HIDE_CALM)
    page = anna_client.get("/songs/export/", {"words": "own", "mood": "powerful"}).text
    assert 'href="/songs/export.csv?mood=powerful&amp;words=own"' in page
    assert 'words=own" aria-current="true"' in page
    assert "words=own" not in boris_client.get("/songs/export/").text
    chosen = anna_client.post("/songs/selection/", {"all": "1", "action": "csv", "words": "fr"})
    assert "uissant" in b"".join(chosen.streaming_content).decode()  # type: ignore[arg-type]


def test_the_api_reads_and_replaces_the_vocabulary(anna_client: Client, boris_client: Client) -> None:
    address, content = "/api/v1/vocabulary/", {"terms": {"calm": {"name": "Still"}}, "splits": [ROOMY]}
    assert anna_client.get(address).json()["version"] == 0
    answer = anna_client.put(address, content, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["version"] == 1
    assert answer.json()["vocabulary"]["splits"][0]["key"] == "roomy"
    assert anna_client.get(address).json() == answer.json()
    assert boris_client.get(address).json()["version"] == 0
    wrong = anna_client.put(address, {"terms": {"calm": {"name": "Sad"}}}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "vocabulary_malformed")
    assert anna_client.put(address, [1], content_type="application/json").status_code == 400
    assert anna_client.put(address, {}, content_type="application/json").json()["version"] == 0


def test_the_example_of_the_documentation_is_a_vocabulary(
    anna: Person, anna_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    text = (ROOT / "docs" / "vocabulary.md").read_text()
    [example] = re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    addresses = re.findall(r'"\$SERVER(/[^"]*)"', text)
    shelve(anna, "Aria")
    with django_capture_on_commit_callbacks(execute=True):
        assert anna_client.put(addresses[0], json.loads(example), content_type="application/json").status_code == 200
    [song] = anna_client.get(addresses[1]).json()["results"]
    assert f"“{Analysis.objects.get().name}” is now “{song['mood']['name']}”" in text
    assert song["vocabulary"] == "own-en@1"


def form(**fields: str) -> dict[str, str]:
    return {"name": "", "language": "", **fields}


def test_the_page_previews_before_it_saves(anna: Person, anna_client: Client) -> None:
    shelve(anna, "Aria")
    draft = form(**{"name-calm": "Still", "colour-calm": "#335577", "use-dark": "hidden", "from-sad": "20"})
    preview = anna_client.post("/account/vocabulary/", {**draft, "action": "preview"}).text
    assert "Still but Powerful" in preview
    assert 'value="Still"' in preview
    assert not Vocabulary.objects.exists()
    anna_client.post("/account/vocabulary/", {**draft, "action": "save"})
    content = Vocabulary.objects.get(owner=anna).content
    assert content["terms"] == {
        "calm": {"name": "Still", "colour": "#335577"},
        "dark": {"hidden": True},
        "sad": {"from_chance": 0.2},
    }
    assert "Still" in anna_client.get("/songs/").text


def test_the_page_saves_parts_of_terms(anna: Person, anna_client: Client) -> None:
    part = {"term": "sad", "name": "Desperate", "score-0": "arousal", "side-0": "above", "value-0": "5,5"}
    fields = {f"split-0-{name}": value for name, value in part.items()}
    anna_client.post("/account/vocabulary/", form(**fields, action="save"))
    (split,) = Vocabulary.objects.get(owner=anna).content["splits"]
    assert (split["key"], split["when"]) == ("desperate", [{"score": "arousal", "above": 5.5}])
    assert "Desperate" in anna_client.get("/account/vocabulary/").text


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(anna: Person, anna_client: Client) -> None:
    answer = anna_client.post("/account/vocabulary/", form(**{"name-calm": "Sad", "action": "save"}))
    assert answer.status_code == 400
    assert "would both be called" in answer.text
    assert 'value="Sad"' in answer.text
    assert not Vocabulary.objects.exists()
    answer = anna_client.post("/account/vocabulary/", form(**{"from-sad": "many", "action": "save"}))
    assert "must be a number" in answer.text


def test_a_file_is_imported_into_the_form_exported_and_reset(anna: Person, anna_client: Client) -> None:
    def send(data: bytes) -> Any:
        file = SimpleUploadedFile("vocabulary.json", data, "application/json")
        return anna_client.post("/account/vocabulary/", {"file": file, "action": "import"})

    assert 'value="Still"' in send(b'{"terms": {"calm": {"name": "Still"}}}').text
    assert not Vocabulary.objects.exists()
    assert send(b"{").status_code == send(b"[" * 50_000).status_code == 400
    assert send(b'{"terms": [1]}').status_code == send(b'"x"').status_code == 400
    anna_client.post("/account/vocabulary/", form(**{"name-calm": "Still", "action": "save"}))
    exported = json.loads(anna_client.get("/account/vocabulary/export.json").content)
    assert exported["terms"] == {"calm": {"name": "Still"}}
    anna_client.post("/account/vocabulary/", {"action": "reset"})
    assert Person.objects.get(pk=anna.pk).vocabulary_version == 0


def test_own_colours_can_be_seen_in_both_themes(anna: Person, anna_client: Client, saved: Any) -> None:
    from classifier.charts.own_colours import BACKGROUNDS, LEAST_CONTRAST, contrast, shade

    for colour in ("#ffffff", "#000000", "#335577", "#ffee00", "#7f7f7f"):
        for theme in BACKGROUNDS:
            assert contrast(shade(colour, theme), theme) >= LEAST_CONTRAST
    saved(anna, {"terms": {"calm": {"colour": "#335577"}}, "splits": [ROOMY]})
    styles = anna_client.get("/moods.css?v=1").text
    assert f".mood-calm{{--mood:light-dark(#335577, {shade('#335577', 'dark')})}}" in styles
    assert ".mood-powerful-roomy{" in styles
    assert "#335577" not in anna_client.get("/moods.css").text
    assert "/moods.css?v=1" in anna_client.get("/songs/").text


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_pages_have_the_words_of_their_language(anna: Person, anna_client: Client, language: str) -> None:
    with override(language), words_of(anna):
        song = shelve(anna, "Aria")
        analysis = song.analysis
        assert analysis is not None
        assert analysis.shown_name != analysis.name
