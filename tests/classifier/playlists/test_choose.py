"""The songs that rules choose from a library."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import Person, SavedFilter, Song, Status
from classifier.playlists.choose import choose
from classifier.playlists.rule import PathEnd, PlaylistRule
from classifier.recordings.similarity import SCALES, Sound
from tests.classifier.playlists.shelf import make_copies, shelve_moods
from tests.source_songs import add_source, locate


def titles(owner: Person, **rule: Any) -> list[str]:
    return [one.song.title for one in choose(owner, PlaylistRule(**rule).checked())]


# --- Which songs may be in it --------------------------------------------------------------------


def test_a_filter_gives_its_songs_in_its_order(anna: Person) -> None:
    shelve_moods(anna, "Short", primary="sad", duration_s=90.0)
    shelve_moods(anna, "Long", primary="sad", duration_s=300.0)
    shelve_moods(anna, "Other", primary="joyful", duration_s=400.0)
    assert titles(anna, query="first=sad&sort=longest") == ["Long", "Short"]


def test_a_saved_filter_is_followed(anna: Person) -> None:
    shelve_moods(anna, "Sad", primary="sad")
    shelve_moods(anna, "Joyful", primary="joyful")
    saved = SavedFilter.objects.create(owner=anna, name="Mine", query="first=sad", created_at=timezone.now())
    assert titles(anna, saved_filter=saved.id) == ["Sad"]
    SavedFilter.objects.filter(id=saved.id).update(query="first=joyful")
    assert titles(anna, saved_filter=saved.id) == ["Joyful"]
    SavedFilter.objects.filter(id=saved.id).delete()
    with pytest.raises(ProductError, match="saved filter of this playlist was deleted"):
        titles(anna, saved_filter=saved.id)


def test_the_saved_filter_of_somebody_else_is_not_found(anna: Person, boris: Person) -> None:
    saved = SavedFilter.objects.create(owner=boris, name="His", query="first=sad", created_at=timezone.now())
    with pytest.raises(ProductError, match="was deleted"):
        titles(anna, saved_filter=saved.id)


def test_a_selection_gives_exactly_its_songs_of_this_person(anna: Person, boris: Person) -> None:
    mine, other = shelve_moods(anna, "Mine"), shelve_moods(anna, "Other")
    theirs = shelve_moods(boris, "Theirs")
    assert titles(anna, song_ids=(mine.id, theirs.id)) == ["Mine"]
    assert other.title not in titles(anna, song_ids=(mine.id,))


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ({"ranges": {"bpm": (None, 100.0)}}, {"sort_tempo": 84.0}),
        ({"ranges": {"bpm": (140.0, None)}}, {"sort_tempo": 150.0}),
        ({"ranges": {"year": (1970.0, 1979.0)}}, {"year": 1979}),
        ({"ranges": {"valence": (7.0, None)}}, {"valence": 7.5}),
        ({"ranges": {"arousal": (None, 3.0)}}, {"arousal": 2.5}),
        ({"ranges": {"duration_s": (600.0, None)}}, {"duration_s": 601.0}),
        ({"key_mode": "minor"}, {"sort_key": 19}),
        ({"music_genres": ("HIP HOP", "folk")}, {"music_genre": "Folk"}),
        ({"without_music_genres": ("POP",)}, {"music_genre": ""}),
        ({"artists": ("bjork", "Nobody")}, {"artist": "Björk"}),
        ({"without_artists": ("THE PLAIN",)}, {"artist": ""}),
        ({"query": "artist=bjork"}, {"artist": "Björk"}),
    ],
    ids=str,
)
def test_a_rule_leaves_out_the_other_songs(anna: Person, rule: dict[str, Any], fields: dict[str, Any]) -> None:
    plain: dict[str, Any] = {
        "sort_tempo": 120.0,
        "sort_key": 0,
        "year": 1999,
        "music_genre": "Pop",
        "artist": "The Plain",
        "duration_s": 200.0,
    }
    shelve_moods(anna, "Wanted", **plain | fields)
    shelve_moods(anna, "Other", **plain)
    assert titles(anna, **rule) == ["Wanted"]


def test_mixed_songs_and_songs_without_a_result_are_left_out(anna: Person) -> None:
    shelve_moods(anna, "Certain")
    shelve_moods(anna, "Mixed", certain=False)
    shelve_moods(anna, "Failed", status=Status.FAILED)
    shelve_moods(anna, "In the bin", deleted_at=timezone.now())
    assert titles(anna, certain_only=True) == ["Certain"]
    assert set(titles(anna)) == {"Certain", "Mixed"}


def test_only_favourites_and_good_ratings_of_a_music_server(anna: Person) -> None:
    server = add_source(anna, "Server")
    for title, marks in (("Plain", {}), ("Liked", {"is_favourite": True}), ("Good", {"rating": 4})):
        locate(shelve_moods(anna, title), server, title, **marks)
    assert titles(anna, favourites_only=True) == ["Liked"]
    assert titles(anna, least_rating=4) == ["Good"]
    assert titles(anna, least_rating=5) == []


# --- A mixture of moods --------------------------------------------------------------------------


def test_a_mixture_may_only_say_what_is_unwanted(anna: Person) -> None:
    shelve_moods(anna, "Sad", sad=0.9)
    shelve_moods(anna, "Not sad", sad=0.1)
    assert titles(anna, order="mixture", weights={"sad": -1}) == ["Not sad", "Sad"]


def test_a_mixture_wants_both_moods_and_not_only_much_of_one(anna: Person) -> None:
    shelve_moods(anna, "Only sad", sad=0.95, tender=0.05)
    shelve_moods(anna, "Both", sad=0.6, tender=0.6)
    shelve_moods(anna, "Neither", sad=0.1, tender=0.1)
    assert titles(anna, order="mixture", weights={"sad": 1, "tender": 1}) == ["Both", "Only sad", "Neither"]


def test_a_mood_that_is_not_wanted_puts_a_song_behind(anna: Person) -> None:
    shelve_moods(anna, "Calm", calm=0.7, tense=0.1)
    shelve_moods(anna, "Calm but tense", calm=0.8, tense=0.6)
    assert titles(anna, order="mixture", weights={"calm": 1}) == ["Calm but tense", "Calm"]
    assert titles(anna, order="mixture", weights={"calm": 1, "tense": -1}) == ["Calm", "Calm but tense"]


def test_the_heavier_mood_decides(anna: Person) -> None:
    shelve_moods(anna, "Sadder", sad=0.8, tender=0.4)
    shelve_moods(anna, "More tender", sad=0.45, tender=0.8)
    assert titles(anna, order="mixture", weights={"sad": 2, "tender": 0.5}) == ["Sadder", "More tender"]
    assert titles(anna, order="mixture", weights={"sad": 0.5, "tender": 2}) == ["More tender", "Sadder"]


def test_each_song_of_a_mixture_says_why_it_is_there(anna: Person) -> None:
    shelve_moods(anna, "Song", sad=0.71, tender=0.44, tense=0.08, sort_tempo=84.2, sort_key=19)
    rule = PlaylistRule(order="mixture", weights={"sad": 1, "tender": 1, "tense": -1})
    [chosen] = choose(anna, rule)
    assert chosen.reason == "Sad 71 %, Tender 44 %, Tense 8 % only, 84 bpm, A minor"
    assert chosen.distance == pytest.approx(1 - (0.71 * 0.44 * 0.92) ** (1 / 3))


def test_a_song_of_an_older_model_is_in_no_mixture(anna: Person) -> None:
    song = shelve_moods(anna, "Old")
    Song.objects.filter(id=song.id).update(sort_sad=None)
    assert titles(anna, order="mixture", weights={"sad": 1}) == []


# --- How songs follow each other -----------------------------------------------------------------


def test_artists_are_spaced_in_a_playlist(anna: Person) -> None:
    for number in range(3):
        shelve_moods(anna, f"A{number}", sad=0.9 - number / 100, artist="Abba")
        shelve_moods(anna, f"B{number}", sad=0.5 - number / 100, artist="Björk")
    rule = {"order": "mixture", "weights": {"sad": 1}}
    assert titles(anna, **rule) == ["A0", "A1", "A2", "B0", "B1", "B2"]
    assert titles(anna, **rule, artist_gap=1) == ["A0", "B0", "A1", "B1", "A2", "B2"]


def test_each_recording_is_there_once(anna: Person) -> None:
    for title, seconds in (("Original", 200.0), ("Other encoding", 200.4), ("Same length", 200.2)):
        shelve_moods(anna, title, duration_s=seconds, sad=0.7 - seconds / 1000)
    make_copies("Original", "Other encoding")
    shelve_moods(anna, "Same audio", duration_s=320.0, audio_hash="x", sad=0.3)
    shelve_moods(anna, "Same audio again", duration_s=320.0, audio_hash="x", sad=0.2, valence=7.0)
    rule = {"order": "mixture", "weights": {"sad": 1}}
    assert titles(anna, **rule) == ["Original", "Same length", "Same audio"]
    assert len(titles(anna, **rule, one_copy=False)) == 5


def test_minutes_and_songs_limit_a_playlist(anna: Person) -> None:
    for number in range(6):
        shelve_moods(anna, f"{number}", sad=0.9 - number / 10, duration_s=200.0 + 2 * number)
    rule = {"order": "mixture", "weights": {"sad": 1}}
    assert titles(anna, **rule, songs=2) == ["0", "1"]
    assert titles(anna, **rule, songs=None, minutes=11) == ["0", "1", "2"]


# --- Songs like these, and paths -----------------------------------------------------------------


def test_songs_like_one_are_those_of_similar_moods_without_itself(anna: Person) -> None:
    seed = shelve_moods(anna, "Seed", sad=0.8, tender=0.6, duration_s=100.0)
    shelve_moods(anna, "Far", joyful=0.9, valence=8.0, arousal=7.0, duration_s=120.0)
    shelve_moods(anna, "Near", sad=0.7, tender=0.6, duration_s=140.0)
    shelve_moods(anna, "Copy", sad=0.8, tender=0.6, duration_s=100.2)
    make_copies("Seed", "Copy")
    chosen = choose(anna, PlaylistRule(order="similar", seeds=(seed.id,)))
    assert [one.song.title for one in chosen] == ["Near", "Far"]
    assert chosen[0].distance < chosen[1].distance
    assert chosen[0].reason.startswith(f"Distance {chosen[0].distance:.2f}: like “Seed”, ")
    assert {"Sad 70 %", "Tender 60 %"} <= set(chosen[0].reason.split(", "))


def test_songs_like_two_lie_between_them(anna: Person) -> None:
    one = shelve_moods(anna, "One", valence=2.0, sad=0.9, duration_s=100.0)
    two = shelve_moods(anna, "Two", valence=8.0, joyful=0.9, duration_s=130.0)
    shelve_moods(anna, "Beyond", valence=9.0, joyful=0.95, duration_s=160.0)
    shelve_moods(anna, "Between", valence=5.0, sad=0.5, joyful=0.5, duration_s=190.0)
    assert titles(anna, order="similar", seeds=(one.id, two.id)) == ["Between", "Beyond"]


def test_the_song_of_somebody_else_is_no_start(anna: Person, boris: Person) -> None:
    theirs = shelve_moods(boris, "Theirs")
    with pytest.raises(ProductError) as refusal:
        titles(anna, order="similar", seeds=(theirs.id,))
    assert refusal.value.code == "playlist_song_missing"


def test_of_songs_with_the_same_moods_those_that_sound_alike_are_nearer(anna: Person) -> None:
    features = dict.fromkeys(SCALES, 0.0)
    for title, loudness in (("Seed", 1.0), ("Other sound", 9.0), ("Same sound", 1.5)):
        song = shelve_moods(anna, title, duration_s=100.0 + 10 * loudness)
        sound = Sound.of(100.0, features | {"mel_var": 300 * loudness, "mfcc1_var": 3000 * loudness})
        assert sound is not None
        Song.objects.filter(id=song.id).update(sound=sound.to_bytes())
    shelve_moods(anna, "Unknown sound", duration_s=500.0)
    seed = Song.objects.get(title="Seed")
    assert titles(anna, order="similar", seeds=(seed.id,)) == ["Same sound", "Unknown sound", "Other sound"]


def plane(owner: Person) -> None:
    """Songs on a grid of the plane; the unpleasant and quiet ones are sad, the pleasant and lively ones joyful."""
    for column in range(9):
        for row in range(9):
            valence, arousal = 2 + column * 0.75, 2 + row * 0.75
            high = (valence + arousal) / 16
            shelve_moods(
                owner, f"{column}-{row}", valence=valence, arousal=arousal, sad=1 - high, joyful=high,
                artist=f"Artist {(column * 9 + row) % 23}", duration_s=100.0 + 2 * (9 * column + row),
            )  # fmt: skip


def test_a_path_from_a_mood_to_another_goes_up_in_even_steps(anna: Person) -> None:
    plane(anna)
    rule = PlaylistRule(order="path", start=PathEnd(mood="sad"), end=PathEnd(mood="joyful"), songs=7, artist_gap=3)
    chosen = choose(anna, rule.checked())
    sums = [(one.song.sort_valence or 0) + (one.song.sort_arousal or 0) for one in chosen]
    assert len(chosen) == 7
    assert sums == sorted(sums)
    steps = [later - earlier for earlier, later in pairwise(sums)]
    assert max(steps) < 2 * sum(steps) / len(steps)
    artists = [one.song.artist for one in chosen]
    assert all(len(set(artists[first : first + 4])) == 4 for first in range(4))
    assert chosen[0].reason.startswith("0 % of the way, valence ")


def test_a_path_between_songs_begins_and_ends_with_them(anna: Person) -> None:
    plane(anna)
    first, last = (Song.objects.get(owner=anna, title=title) for title in ("1-7", "8-2"))
    rule = {"order": "path", "start": PathEnd(song=first.id), "end": PathEnd(song=last.id), "songs": 5}
    there = titles(anna, **rule)
    assert (there[0], there[-1], len(there)) == ("1-7", "8-2", 5)


def test_a_path_needs_two_places(anna: Person) -> None:
    shelve_moods(anna, "Only one")
    with pytest.raises(ProductError) as refusal:
        titles(anna, order="path", start=PathEnd(mood="sad"), end=PathEnd(mood="joyful"))
    assert refusal.value.code == "playlist_path_short"


def test_a_path_through_an_empty_library_is_refused(anna: Person) -> None:
    with pytest.raises(ProductError) as refusal:
        titles(anna, order="path", start=PathEnd(mood="sad"), end=PathEnd(mood="joyful"))
    assert refusal.value.code == "playlist_empty"


def test_the_same_library_gives_the_same_list(anna: Person) -> None:
    for number in range(20):
        shelve_moods(anna, f"{number}", sad=0.5, duration_s=100.0 + 2 * number)
    rule = {"order": "mixture", "weights": {"sad": 1}, "songs": 10}
    assert titles(anna, **rule) == titles(anna, **rule)
    assert len(set(titles(anna, **rule))) == 10
