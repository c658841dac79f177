"""From a sentence to the songs of a person's library."""

from __future__ import annotations

import pytest

from classifier.models import Person
from classifier.playlists.choose import choose
from classifier.playlists.rule import PathEnd, PlaylistRule
from classifier.sentences.grammar import read_sentence
from classifier.sentences.library_names import LibraryNames
from classifier.sentences.rules import Asked, rule_of
from tests.classifier.playlists.shelf import shelve_moods
from tests.classifier.sentences.sentences import SENTENCES
from tests.source_songs import add_source, locate


def asked(owner: Person, text: str) -> Asked:
    names = LibraryNames(owner)
    return rule_of(read_sentence(text, names), owner, names)


def rule(owner: Person, text: str) -> PlaylistRule:
    found = asked(owner, text).rule
    assert found is not None
    return found


def titles(owner: Person, text: str) -> list[str]:
    return [one.song.title for one in choose(owner, rule(owner, text))]


@pytest.mark.parametrize("text", [sentence.text for sentence in SENTENCES])
def test_every_sentence_gives_a_rule_unless_it_starts_from_a_missing_song(anna: Person, text: str) -> None:
    found = asked(anna, text)

    if found.rule is None:
        assert "no analysed song" in " ".join(found.notes)
    else:
        assert PlaylistRule.from_json(found.rule.to_json()) == found.rule


def test_a_sentence_becomes_a_mixture_with_weights(anna: Person) -> None:
    found = rule(anna, "very sad, a bit tender, not tense, less dark, under 100 bpm, minor, 20 songs since 1990")

    assert found == PlaylistRule(
        order="mixture",
        weights={"sad": 2.0, "tender": 0.5, "tense": -1.0, "dark": -0.5},
        ranges={"bpm": (None, 100.0), "year": (1990.0, None)},
        key_mode="minor",
        songs=20,
    )


def test_the_songs_of_a_sentence(anna: Person) -> None:
    plain = {"sort_tempo": 90.0, "music_genre": "Folk", "duration_s": 200.0}
    shelve_moods(anna, "Both", sad=0.7, joyful=0.6, **plain)
    shelve_moods(anna, "Sad only", sad=0.9, joyful=0.1, **plain)
    shelve_moods(anna, "Too fast", sad=0.8, joyful=0.8, **plain | {"sort_tempo": 140.0})
    shelve_moods(anna, "Rapped", sad=0.8, joyful=0.8, **plain | {"music_genre": "Hip-Hop/Rap"})

    assert titles(anna, "sad but hopeful, under 100 bpm, no rap") == ["Both", "Sad only"]


def test_a_time_limits_the_list(anna: Person) -> None:
    for number in range(10):
        shelve_moods(anna, f"Song {number}", calm=0.5, duration_s=600.0)

    assert len(titles(anna, "an hour of calm music")) == 6
    assert rule(anna, "an hour of calm music").songs is None


def test_music_genres_are_those_of_the_library_that_have_the_word(anna: Person) -> None:
    for genre in ("Hip-Hop/Rap", "Gangsta Rap", "Therapy", "RAP", "Jazz Fusion", "R&B"):
        shelve_moods(anna, genre, music_genre=genre)

    assert set(rule(anna, "no rap").without_music_genres) == {"Hip-Hop/Rap", "Gangsta Rap", "RAP"}
    assert rule(anna, "jazz").music_genres == ("Jazz Fusion",)
    assert rule(anna, "r&b").music_genres == ("R&B",)
    assert rule(anna, "therapy").music_genres == ("Therapy",)
    found = asked(anna, "calm techno")
    assert found.notes == ("Your library has no music genre “Techno”.",)
    assert found.rule is not None
    assert found.rule.music_genres == ("Techno",)


def test_artists_are_spelled_as_the_library_has_them(anna: Person) -> None:
    shelve_moods(anna, "Hers", artist="Björk")
    shelve_moods(anna, "Theirs", artist="Simon & Garfunkel")

    assert rule(anna, "by bjork").artists == ("Björk",)
    assert titles(anna, "nothing by björk") == ["Theirs"]
    assert titles(anna, "by bjork or simon & garfunkel") == ["Theirs", "Hers"]
    assert asked(anna, "by nobody").notes == ("Your library has no artist “nobody”.",)


def test_songs_like_a_title_and_like_an_artist(anna: Person) -> None:
    seed = shelve_moods(anna, "Slow Water", artist="Anna Lind", calm=0.9)
    shelve_moods(anna, "Slow Water", artist="Somebody", angry=0.9)
    shelve_moods(anna, "Near", calm=0.8, duration_s=100.0)

    assert rule(anna, "like slow water by anna lind").seeds == (seed.id,)
    assert rule(anna, "songs like anna lind").seeds == (seed.id,)
    assert asked(anna, 'like "slow water" by nobody').rule is None
    found = asked(anna, "like slow water by anna lind, happy")
    assert found.notes == ("Joyful: moods do not count beside similar songs.",)


def test_paths_between_moods_and_songs(anna: Person) -> None:
    song = shelve_moods(anna, "Slow Water")

    assert rule(anna, "from sad to joyful") == PlaylistRule(
        order="path", start=PathEnd(mood="sad"), end=PathEnd(mood="joyful"), songs=15
    )
    found = asked(anna, "from slow water to happy, 2 hours")
    assert found.rule is not None
    assert (found.rule.start, found.rule.songs) == (PathEnd(song=song.id), 30)
    assert found.notes == ("A path has a number of songs: 30, one for every 4 minutes.",)
    assert rule(anna, "from sad to joyful, 1 song").songs == 2
    assert rule(anna, "from sad to joyful, 400 songs").songs == 100


def test_favourites_and_certain_songs_only(anna: Person) -> None:
    server = add_source(anna, "Server")
    locate(shelve_moods(anna, "Liked"), server, "a", is_favourite=True)
    locate(shelve_moods(anna, "Liked and mixed", certain=False), server, "b", is_favourite=True)
    shelve_moods(anna, "Plain")

    assert titles(anna, "my favourites, only certain ones") == ["Liked"]


def test_numbers_outside_of_what_a_rule_allows_are_brought_to_its_ends(anna: Person) -> None:
    found = rule(anna, "songs shorter than 100 hours in all, 500 songs, faster than 20 bpm")

    assert found.songs == 500
    assert found.ranges == {"bpm": (20.0, None)}


def test_only_the_names_of_ones_own_library_are_known(anna: Person, boris: Person) -> None:
    shelve_moods(boris, "His Song", artist="His Band", music_genre="Vaporwave")

    for text in ("like his song", "sad his band songs", "calm vaporwave"):
        reading = read_sentence(text, LibraryNames(anna))
        assert reading.not_understood, text
        assert not read_sentence(text, LibraryNames(boris)).not_understood, text


def test_a_sentence_takes_few_queries(anna: Person, django_assert_max_num_queries) -> None:
    shelve_moods(anna, "Slow Water", artist="Anna Lind", music_genre="Folk")

    with django_assert_max_num_queries(8):
        asked(anna, "sad, by anna lind or somebody else, folk but no rap, like slow water by anna lind")
