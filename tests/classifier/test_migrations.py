"""Databases of earlier versions become those of this one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier import ml_gateway
from tests.classifier.fake_analysis import answer, older_answer
from tests.old_tables import NOON, analyse, create, migrate, migrate_to_latest

pytestmark = pytest.mark.django_db(transaction=True)

NINE, SIXTEEN = "0006_song_tags", "0007_sixteen_moods"


@pytest.fixture
def nine_words() -> Iterator[Any]:
    """The models of a database that knows nine moods."""
    yield migrate(NINE)
    migrate_to_latest()


def add_song(apps: Any, moods: tuple[str, str], stated: tuple[str, str] = ("", ""), version: str = "mood-3") -> None:
    """An analysed song; its title is the pair of moods of its analysis."""
    owner, _ = apps.get_model("classifier", "Person").objects.get_or_create(username="anna")
    number = apps.get_model("classifier", "Song").objects.count()
    song = create(
        apps,
        "Song",
        owner=owner,
        title=" ".join(moods),
        file_name=f"{number:03}.wav",
        sha256=f"{number:064}",
        size_bytes=1,
        status="done",
        created_at=NOON,
        verdict="corrected" if stated[0] else "",
        verdict_at=NOON if stated[0] else None,
        actual_primary=stated[0],
        actual_secondary=stated[1],
    )
    analyse(apps, song, moods, version)


def sides(apps: Any) -> list[tuple[str, ...]]:
    """Of each song: the moods of its analysis, then the stated ones."""
    songs = apps.get_model("classifier", "Song").objects.order_by("file_name")
    return list(songs.values_list("analyses__primary", "analyses__secondary", "actual_primary", "actual_secondary"))


def test_verdicts_and_analyses_in_nine_words_become_terms(nine_words: Any) -> None:
    for key in ml_gateway.EMOTIONS:
        other = "power" if key != "power" else "sadness"
        add_song(nine_words, (key, other), (other, key))
    add_song(nine_words, ("amazement", "tension"), ("calmness", ""))
    add_song(nine_words, ("amazement", "tension"))
    now = migrate(SIXTEEN)
    pairs = [(key, "powerful" if key != "powerful" else "sad") for key in map(ml_gateway.term_of, ml_gateway.EMOTIONS)]
    assert sides(now) == [
        *((first, second, second, first) for first, second in pairs),
        ("dreamy", "tense", "calm", ""),
        ("dreamy", "tense", "", ""),
    ]


def test_names_and_answers_stay_as_their_model_gave_them(nine_words: Any) -> None:
    add_song(nine_words, ("amazement", "tension"))
    analysis = migrate(SIXTEEN).get_model("classifier", "Analysis").objects.select_related("detail").get()
    whole = older_answer()
    assert analysis.name == "Wondrous but Tense"
    assert (analysis.detail.segments, analysis.detail.answer) == (whole.pop("segments"), whole)


def test_the_migration_can_be_reversed(nine_words: Any) -> None:
    add_song(nine_words, ("amazement", "tension"), ("sadness", "power"))
    now = migrate(SIXTEEN)
    add_song(now, ("gritty", "calm"), ("energetic", ""), "mood-4")
    assert sides(migrate(NINE)) == [
        ("amazement", "tension", "sadness", "power"),
        ("gritty", "calmness", "energetic", ""),
    ]


def test_saved_filters_name_terms(nine_words: Any) -> None:
    owner = nine_words.get_model("classifier", "Person").objects.create(username="anna")
    queries = {
        "first=sadness&said=power&sort=lively": "first=sad&said=powerful&sort=lively",
        "q=sadness+%26+power&area=3_3-7_3-5_7": "q=sadness+%26+power&area=3_3-7_3-5_7",
    }
    for number, query in enumerate(queries):
        nine_words.get_model("classifier", "SavedFilter").objects.create(
            owner=owner, name=str(number), query=query, created_at=NOON
        )
    saved = migrate(SIXTEEN).get_model("classifier", "SavedFilter").objects.order_by("name")
    assert list(saved.values_list("query", flat=True)) == list(queries.values())
    assert list(
        migrate(NINE).get_model("classifier", "SavedFilter").objects.order_by("name").values_list("query", flat=True)
    ) == list(queries)


def test_each_table_is_written_once_however_many_songs_there_are(nine_words: Any) -> None:
    for _ in range(20):
        add_song(nine_words, ("amazement", "tension"), ("sadness", "power"))
    with CaptureQueriesContext(connection) as queries:
        migrate(SIXTEEN)
    updates = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "classifier_')]
    assert len(updates) == 2


ANY_CASE, NO_CASE = "0009_song_album", "0012_names_unique"


def test_names_that_differed_by_case_alone_are_kept_apart_by_a_number() -> None:
    before = migrate(ANY_CASE)
    try:
        people = before.get_model("classifier", "Person").objects
        names = ("OLGA", "anna", "olga", "olga-2", "Olga", "ｏｌｇａ")
        joined = (2, 0, 1, 3, 4, 5)
        passwords = {}
        for name, minute in zip(names, joined, strict=True):
            person = people.create(username=name, password=f"hash of {name}", date_joined=NOON.replace(minute=minute))
            passwords[person.id] = person.password
        after = migrate(NO_CASE)
        people = after.get_model("classifier", "Person").objects.order_by("date_joined")
        rows = list(people.values_list("username", "former_username", "name_key"))
        assert rows == [
            ("anna", "", "anna"),
            ("olga", "", "olga"),
            ("OLGA-3", "OLGA", "olga-3"),
            ("olga-2", "", "olga-2"),
            ("Olga-4", "Olga", "olga-4"),
            ("ｏｌｇａ-5", "ｏｌｇａ", "olga-5"),
        ]
        # Nobody lost an account or a password, and those who were renamed find it in their log.
        assert dict(people.values_list("id", "password")) == passwords
        events = after.get_model("classifier", "SecurityEvent").objects.filter(kind="account_renamed")
        assert {event.details["from"] for event in events} == {"OLGA", "Olga", "ｏｌｇａ"}
    finally:
        migrate_to_latest()


def test_names_and_scores_of_existing_songs_come_from_what_is_stored() -> None:
    old = migrate("0019_pictures")
    try:
        add_song(old, ("calm", "powerful"), version="mood-4")
        add_song(old, ("calmness", "power"))
        songs, details = (old.get_model("classifier", name).objects for name in ("Song", "AnalysisDetail"))
        tags = {"album_artist": "Various", "year": 1999, "genre": "Pop", "track_number": 7}
        songs.filter(file_name="000.wav").update(tags=tags, album="Hits", artist="Band")
        stored = answer() | {"features": {"tempo_bpm": 92.3, "key": 9.0, "mode": 0.0, "rms_mean": 0.1}}
        details.filter(analysis__song__file_name="000.wav").update(answer=stored)
        newest = migrate("0021_song_names_and_scores")
        first, second = newest.get_model("classifier", "Song").objects.order_by("file_name")
    finally:
        migrate_to_latest()
    assert (first.album_artist, first.year, first.music_genre) == ("Various", 1999, "Pop")
    assert (first.sort_album, first.sort_album_artist, first.sort_music_genre) == ("hits", "various", "pop")
    assert (first.track_order, first.sort_calm, first.sort_tempo, first.sort_key) == (1007, 0.7, 92.3, 19)
    assert (first.sort_confidence, first.sort_valence) == (0.7, 6.1)
    assert (second.year, second.sort_calm, second.sort_confidence) == (None, None, 0.7)


def test_rows_of_existing_songs_repeat_their_current_analysis() -> None:
    old = migrate("0036_vocabularies")
    try:
        add_song(old, ("calm", "powerful"), version="mood-4")
        song = old.get_model("classifier", "Song").objects.get()
        old.get_model("classifier", "Analysis").objects.update(is_current=False)
        analyse(old, song, ("sad", "tender"), "mood-5")
        add_song(old, ("angry", "tense"), version="mood-4")
        old.get_model("classifier", "Analysis").objects.filter(model_version="mood-4", is_current=True).delete()
        songs = migrate("0037_mood_of_song").get_model("classifier", "Song").objects.order_by("file_name")
        columns = ("mood_primary", "mood_secondary", "mood_model")
        assert list(songs.values_list(*columns)) == [("sad", "tender", "mood-5"), (None, None, None)]
        assert songs[0].mood_name == songs[0].analyses.get(is_current=True).name
        migrate("0036_vocabularies")
    finally:
        migrate_to_latest()


def test_long_names_are_cut_to_what_an_index_holds() -> None:
    before = migrate("0021_song_names_and_scores")
    try:
        owner = create(before, "Person", username="anna")
        song = create(before, "Song", owner=owner, file_name="a.wav", sha256="a", size_bytes=1, created_at=NOON)
        before.get_model("classifier", "Song").objects.update(sort_title="é" * 300, sort_artist="Field")
        after = migrate("0022_song_list_index").get_model("classifier", "Song").objects.get(id=song.id)
        assert (after.sort_title, after.sort_artist) == ("é" * 255, "Field")
    finally:
        migrate_to_latest()
