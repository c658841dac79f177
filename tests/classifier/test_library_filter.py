"""Which songs match a filter of the library."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.library.filter_form import SORTS
from classifier.library.filters import LibraryFilter
from classifier.models import Analysis, Person, Song, Status, Verdict
from classifier.sort_models import MOOD_COLUMNS
from tests.shelf import analysis_removed, shelve

TRIANGLE = "3_3-7_3-5_7"
NAMES = ("artist", "album", "album_artist", "music_genre")


def library_filter(query: str) -> LibraryFilter:
    return LibraryFilter(QueryDict(query))


def titles(owner: Person, query: str) -> list[str]:
    return [song.display_title for song in library_filter(query).checked().apply(Song.objects.for_owner(owner))]


@pytest.mark.parametrize(
    ("query", "attributes"),
    [
        ("mood=tense", {"primary": "tense"}),
        ("mood=tense", {"secondary": "tense"}),
        ("first=tense", {"primary": "tense"}),
        ("second=sad", {"secondary": "sad"}),
        ("genre=TotallyNegative", {"genre": "TotallyNegative"}),
        ("certain=no", {"certain": False}),
        ("networks=disagree", {"agreement": ml_gateway.DISAGREE_BELOW - 0.01}),
        ("review=yes", {"certain": False}),
        ("review=yes", {"agreement": 0.1}),
        ("review=yes", {"status": Status.FAILED}),
        ("verdict=any", {"verdict": Verdict.DISAGREED}),
        ("verdict=agreed", {"verdict": Verdict.AGREED}),
        ("said=powerful", {"actual_secondary": "powerful"}),
        ("said_first=powerful", {"actual_primary": "powerful"}),
        ("status=cancelled", {"status": Status.CANCELLED}),
        ("status=unfinished", {"status": Status.QUEUED}),
        ("heard_by=older", {"model_version": "mood-1"}),
        ("added_to=2026-03-31", {"created_at": datetime(2026, 3, 31, 23, 59, tzinfo=UTC)}),
        ("valence_from=7", {"valence": 7.0}),
        ("valence_to=5", {"valence": 5.0}),
        ("arousal_from=4&arousal_to=6", {"arousal": 5.0}),
        ("confidence_to=50", {"confidence": 0.5}),
        (f"area={TRIANGLE}&arousal_from=4", {"valence": 5.0, "arousal": 5.0}),
        ("artist=bjork", {"artist": "Björk"}),
        ("album=NIGHTS", {"album": "Nights"}),
        ("album_artist=various", {"album_artist": "Various", "artist": "Björk"}),
        ("album_artist=björk", {"artist": "Björk"}),
        ("music_genre=hip+hop", {"music_genre": "Hip Hop"}),
        ("year_from=1990&year_to=1999&first=calm", {"year": 1999}),
        ("year_to=1999", {"year": 1990}),
    ],
)
def test_every_filter_selects_the_matching_song_only(anna: Person, query: str, attributes: dict[str, Any]) -> None:
    shelve(anna, "Another")
    shelve(anna, "This one", **attributes)
    assert titles(anna, query) == ["This one"]


@pytest.mark.parametrize("q", ["ночь", "НОЧЬ", "Ночь", "ünder", "calm UNDER ÜNDER"])
def test_search_ignores_case_in_every_script(anna: Person, q: str) -> None:
    shelve(anna, "Белая Ночь", artist="Ünder under")
    assert titles(anna, f"q={q}") == ["Белая Ночь"]
    assert titles(anna, "q=день") == []


@pytest.mark.parametrize(
    ("place", "inside"),
    [((5.0, 4.0), True), ((3.2, 3.1), True), ((3.2, 6.0), False), ((6.9, 6.0), False), ((5.0, 2.9), False)],
)
def test_a_polygon_selects_the_points_inside_it(anna: Person, place: tuple[float, float], inside: bool) -> None:
    shelve(anna, "Point", valence=place[0], arousal=place[1])
    assert bool(titles(anna, f"area={TRIANGLE}")) is inside


def test_a_polygon_may_be_concave(anna: Person) -> None:
    """A horseshoe, open below: points between its arms are outside."""
    horseshoe = "2_2-3_2-3_7-7_7-7_2-8_2-8_8-2_8"
    for title, valence, arousal in (("Arm", 2.5, 3.0), ("Bow", 5.0, 7.5), ("Between", 5.0, 4.0)):
        shelve(anna, title, valence=valence, arousal=arousal)
    assert sorted(titles(anna, f"area={horseshoe}")) == ["Arm", "Bow"]


def test_judged_songs_need_no_review(anna: Person) -> None:
    shelve(anna, "Judged", certain=False, verdict=Verdict.AGREED)
    assert titles(anna, "review=yes") == []


def test_a_queued_song_does_not_match_by_its_earlier_analysis(anna: Person) -> None:
    shelve(anna, "Again", status=Status.QUEUED)
    assert titles(anna, "mood=calm") == []
    assert titles(anna, "") == ["Again"]


def test_only_the_current_analysis_counts(anna: Person) -> None:
    song = shelve(anna, "Analysed twice", primary="tense")
    old = Analysis.objects.get(song=song)
    Analysis.objects.create(
        **{field.name: getattr(old, field.name) for field in Analysis._meta.concrete_fields if field.name != "id"}
        | {"model_version": "mood-1", "is_current": False, "primary": "sad"}
    )
    assert titles(anna, "first=sad") == []
    assert titles(anna, "first=tense") == ["Analysed twice"]
    assert titles(anna, "heard_by=older") == []


@pytest.mark.parametrize(
    ("sort", "field", "low_first"),
    [
        ("title", "title", True),
        ("surest", "confidence", False),
        ("quiet", "arousal", True),
        ("agreed", "agreement", False),
        ("album", "album", True),
        ("tense", "sort_tense", False),
        ("fastest", "sort_tempo", False),
        ("softest", "sort_loudness", True),
        ("key", "sort_key", True),
        ("earliest", "year", True),
    ],
)
def test_songs_are_sorted(anna: Person, sort: str, field: str, low_first: bool) -> None:
    for title, value in (("b", 0.5), ("C", 0.9), ("a", 0.1)):
        special = {"title": {}, "album": {"album": title}, "sort_key": {field: int(10 * value)}}
        special |= {"year": {field: 1900 + int(10 * value)}}
        shelve(anna, title, **special.get(field, {field: value}))
    assert titles(anna, f"sort={sort}") == (["a", "b", "C"] if low_first else ["C", "b", "a"])


def test_songs_of_an_album_follow_its_tracks_and_those_without_an_album_come_last(anna: Person) -> None:
    shelve(anna, "No album")
    for title, track in (("Second", 1002), ("Bonus", 2001), ("First", 1001), ("Untagged", None)):
        shelve(anna, title, album="Nights", track_order=track)
    assert titles(anna, "sort=album") == ["First", "Second", "Bonus", "Untagged", "No album"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan of SQLite")
@pytest.mark.parametrize("sort", [*MOOD_COLUMNS, "surest", "quiet", "fastest", "softest"])
def test_an_order_by_scores_reads_its_index(anna: Person, sort: str) -> None:
    plan = library_filter(f"sort={sort}").apply(Song.objects.for_owner(anna))[:30].explain()
    assert "USING INDEX song_sort_" in plan
    assert "SCAN" not in plan


@pytest.mark.parametrize("sort", [name for name, _ in SORTS])
def test_songs_without_a_mood_are_part_of_every_order(anna: Person, sort: str) -> None:
    shelve(anna, "Done")
    analysis_removed(shelve(anna, "Not yet", duration_s=None))
    assert len(titles(anna, f"sort={sort}")) == 2


@pytest.mark.parametrize("name", sorted(LibraryFilter.parameter_names() - {"q", *NAMES}))
def test_an_invalid_value_is_named_and_ignored(name: str) -> None:
    invalid = library_filter(f"{name}=%3Cnonsense%3E")
    assert invalid.to_query() == ""
    assert f"{name} is “<nonsense>”, but must be " in invalid.problems[0]
    with pytest.raises(ProductError, match="Correct it or leave it out") as caught:
        invalid.checked()
    assert caught.value.code == "filter_malformed"


@pytest.mark.parametrize(
    "query",
    ["year_from=999", "year_to=1999.5",
     "valence_from=0.5", "valence_to=nan", "arousal_from=inf", "added_from=0001-01-01", "added_to=9999-12-31",
     "area=1_1-2_2", f"area={'-'.join(['1_1'] * 65)}", "area=1_1-2_2-9_10", "said=bliss"],
)  # fmt: skip
def test_values_out_of_range_are_rejected(query: str) -> None:
    assert len(library_filter(query).problems) == 1


def test_a_reversed_range_is_rejected(db: None) -> None:
    assert "valence_from is greater than valence_to" in library_filter("valence_from=6&valence_to=5").problems[0]


@pytest.mark.parametrize(
    "query",
    ["", "q=night+train&mood=calm&sort=lively", "valence_from=5.25&added_from=2026-01-31&confidence_to=50",
     f"said_first=powerful&review=yes&area={TRIANGLE}", "verdict=none&status=unfinished&heard_by=present"],
)  # fmt: skip
def test_a_filter_survives_the_query_string(query: str) -> None:
    first = library_filter(query).checked()
    assert library_filter(first.to_query()).values == first.values
    assert sorted(first.to_query().split("&")) == sorted(query.split("&"))


@pytest.mark.parametrize("name", ["mood", "first", "second", "said", "said_first", "analysis_first"])
def test_an_emotion_of_earlier_versions_counts_as_its_term(name: str) -> None:
    """Links and bookmarks from before the sixteen terms keep working."""
    older = library_filter(f"{name}=amazement").checked()
    assert older.values == {name: "dreamy"}
    assert older.to_query() == f"{name}=dreamy"
    assert older.form[name].value() == "dreamy"


def test_every_parameter_is_a_form_field() -> None:
    form = LibraryFilter().form
    others = (*form.texts, *form.hidden_fields(), form["q"], form["sort"])
    rendered = {field.name for field in (*form.choices, *others)}
    rendered |= {field.name for _, low, high in form.ranges for field in (low, high)}
    assert rendered == set(form.fields) == LibraryFilter.parameter_names()


@pytest.mark.parametrize("query", ["mood=sad", "first=sad", "second=powerful", "q=sad", "q=sad+but+powerful"])
def test_a_corrected_mood_counts_in_place_of_the_analysis(anna: Person, query: str) -> None:
    shelve(anna, "Corrected", verdict=Verdict.CORRECTED, actual_primary="sad", actual_secondary="powerful")
    shelve(anna, "Another", secondary="tense", name="Calm but Tense")
    assert titles(anna, query) == ["Corrected"]
    assert titles(anna, "first=calm") == titles(anna, "q=calm") == ["Another"]
    assert titles(anna, "analysis_first=calm") == ["Another", "Corrected"]


def test_search_finds_every_mood_that_can_be_stated(anna: Person) -> None:
    """Also the terms that no model before mood-4 knew."""
    shelve(anna, "Corrected", verdict=Verdict.CORRECTED, actual_primary="sad", actual_secondary="energetic")
    for q in ("energetic", "sad but energetic", "SAD ENERG"):
        assert titles(anna, f"q={q}") == ["Corrected"]
    assert titles(anna, "q=sad and energetic") == []


def test_a_corrected_mood_without_a_second_one_has_none(anna: Person) -> None:
    shelve(anna, "Corrected", verdict=Verdict.CORRECTED, actual_primary="sad")
    assert titles(anna, "mood=powerful") == titles(anna, "q=powerful") == []


def test_a_corrected_mood_counts_while_the_song_is_in_the_queue(anna: Person) -> None:
    song = shelve(anna, "Again", status=Status.QUEUED, verdict=Verdict.CORRECTED, actual_primary="sad")
    assert titles(anna, "mood=sad") == [song.title]


@pytest.mark.parametrize("title", ["M\u00fcnchen", "Mu\u0308nchen", "M\u00dcNCHEN"])
@pytest.mark.parametrize("q", ["m\u00fcnchen", "M\u00dcNCHEN", "mu\u0308nchen"])
def test_search_finds_composed_and_combining_accents(anna: Person, title: str, q: str) -> None:
    shelve(anna, title)
    assert titles(anna, f"q={q}") == [title]


@pytest.mark.parametrize(
    "title",
    ["\u96e8\u306e\u6b4c", "\u0623\u063a\u0646\u064a\u0629 \u0627\u0644\u0645\u0637\u0631", "\U0001f327\ufe0f rain"],
)
def test_search_finds_titles_in_other_scripts(anna: Person, title: str) -> None:
    shelve(anna, title)
    assert titles(anna, f"q={title[:2]}") == [title]
