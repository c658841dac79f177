"""Copies of one recording in other encodings are found by their length and features, and lists show one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.utils import timezone

from classifier import ml_gateway
from classifier.models import AnalysisDetail, Person, Song
from classifier.recordings.copies import hidden_copies_show, other_copies, recording_assign
from classifier.recordings.similarity import SCALES, Sound, is_same_recording
from classifier.services.person_delete import person_delete
from classifier.services.song_bin import songs_bin, songs_restore
from classifier.services.song_delete import song_delete
from classifier.services.song_edit import song_edit, songs_edit
from tests import sounds
from tests.shelf import shelve
from tests.sounds import RATE

FEATURES = {name: float(number) for number, name in enumerate(SCALES)}


def features(shift: float = 0.0) -> dict[str, float]:
    """`shift` is in standard deviations of every feature."""
    return {name: value + shift * SCALES[name] for name, value in FEATURES.items()}


def sound(duration_s: float = 200.0, shift: float = 0.0) -> Sound:
    made = Sound.of(duration_s, features(shift))
    assert made is not None
    return made


def add(owner: Person, title: str, shift: float = 0.0, **fields: Any) -> Song:
    """An analysed song of 60 s."""
    song = shelve(owner, title, **fields)
    recording_assign(song_id=song.id, features=features(shift))
    return song


def shown(owner: Person) -> list[str]:
    return [song.title for song in Song.objects.for_owner(owner).without_copies().order_by("title")]


def test_nearly_the_same_sound_and_length_is_a_copy() -> None:
    one = sound()
    assert is_same_recording(one, sound(200.9, 0.01))
    assert not is_same_recording(one, sound(201.1, 0.01))
    assert not is_same_recording(one, sound(200.0, 1.0))


def test_a_sound_is_stored_in_four_bytes_a_feature() -> None:
    stored = sound(shift=0.5).to_bytes()
    assert len(stored) == 4 * len(SCALES)
    assert Sound.from_bytes(200.0, stored) == sound(shift=0.5)
    assert Sound.from_bytes(200.0, stored[4:]) is None
    assert Sound.of(60.0, {"tempo_bpm": 92.3}) is None


@pytest.mark.django_db
def test_encodings_of_a_song_are_one_recording_of_their_owner(anna: Person, boris: Person, tmp_path: Path) -> None:
    song = sounds.spread(sounds.music(12.0, RATE), 2)
    other = sounds.spread(sounds.music(12.0, RATE)[::-1].copy() + 0.05 * np.float32(sounds.noise(12.0)), 2)
    # Lossy encoders change these few tones more than they change music; docs/features.md has figures of music.
    files = [
        sounds.write(tmp_path / name, samples, RATE, form)
        for name, form, samples in (
            ("song.flac", "flac", song),
            ("song.aiff", "aiff", song),
            ("song.m4a", "alac", song),
            ("quiet.wav", "wav", 0.35 * song),
            ("other.flac", "flac", other),
        )
    ]
    for owner, path in [*((anna, path) for path in files), (boris, files[0])]:
        result = ml_gateway.analyse(path, on_progress=lambda stage, done, total: None)
        stored = shelve(owner, path.name, duration_s=result.duration_s)
        recording_assign(song_id=stored.id, features=result.answer["features"])
    assert shown(anna) == ["other.flac", "song.flac"]
    assert shown(boris) == ["song.flac"]
    first = Song.objects.get(owner=anna, title="song.flac")
    assert [one.title for one in other_copies(first)] == ["song.aiff", "song.m4a", "quiet.wav"]
    assert other_copies(Song.objects.get(owner=boris)) == []


def test_a_copy_between_two_recordings_joins_them(anna: Person) -> None:
    add(anna, "One", 0.0)
    add(anna, "Three", 0.2)
    assert shown(anna) == ["One", "Three"]
    add(anna, "Two", 0.1)
    assert shown(anna) == ["One"]
    assert Song.objects.values("recording").distinct().count() == 1


def test_another_analysis_that_hears_something_else_parts_them(anna: Person) -> None:
    add(anna, "One")
    second = add(anna, "Two")
    recording_assign(song_id=second.id, features=features(3.0))
    assert shown(anna) == ["One", "Two"]
    recording_assign(song_id=second.id, features={"tempo_bpm": 92.3})
    assert Song.objects.get(id=second.id).sound == b""


def test_a_song_on_two_albums_stays_on_both(anna: Person) -> None:
    add(anna, "Album", artist="Air", album="Moon Safari")
    add(anna, "Album in MP3", artist="AIR", album="Moon safari")
    add(anna, "Compilation", artist="Air", album="Chill", album_artist="Various")
    untagged = add(anna, "File without tags")
    assert shown(anna) == ["Album", "Compilation"]
    assert len(other_copies(untagged.reload())) == 3


def test_the_song_that_is_shown_is_one_with_names_or_a_verdict(anna: Person) -> None:
    add(anna, "Nameless")
    add(anna, "Named", artist="Air")
    assert shown(anna) == ["Named"]
    add(anna, "Judged", verdict="agreed", artist="Air")
    assert shown(anna) == ["Judged"]


def test_deleting_the_song_that_is_shown_shows_its_copy(anna: Person) -> None:
    first, second = add(anna, "First"), add(anna, "Second")
    songs_bin(ids=[first.id], now=timezone.now())
    assert shown(anna) == ["Second"]
    assert other_copies(second.reload()) == []
    songs_restore(owner=anna, ids=[first.id], now=timezone.now())
    assert shown(anna) == ["First"]
    song_delete(song=first)
    assert shown(anna) == ["Second"]


def test_new_names_decide_anew_what_is_shown(anna: Person) -> None:
    first, second = add(anna, "First", album="Moon Safari"), add(anna, "Second", album="Moon Safari")
    song_edit(song=second, album="Chill", now=timezone.now())
    assert shown(anna) == ["First", "Second"]
    songs_edit(ids=[first.id, second.id], album="Both", now=timezone.now())
    assert shown(anna) == ["First"]


def test_songs_that_are_left_to_somebody_else_are_copies_there(anna: Person, olga: Person) -> None:
    add(anna, "First", sha256="a" * 64)
    add(anna, "Second")
    shelve(olga, "Hers", sha256="a" * 64)
    person_delete(person=anna, songs="keep", now=timezone.now(), by=olga)
    assert shown(olga) == ["Hers", "Second"]


def test_a_copy_without_the_song_that_stood_for_it_is_shown_again(anna: Person) -> None:
    first = add(anna, "First")
    add(anna, "Second")
    Song.objects.filter(id=first.id).delete()
    assert shown(anna) == []
    assert hidden_copies_show() == 1
    assert shown(anna) == ["Second"]
    assert hidden_copies_show() == 0


def test_songs_of_earlier_versions_are_compared_once(anna: Person, capsys: pytest.CaptureFixture[str]) -> None:
    for title in ("First", "Second"):
        detail = AnalysisDetail.objects.get(analysis__song=shelve(anna, title))
        detail.answer |= {"features": features()}
        detail.save()
    shelve(anna, "Of an older model")
    call_command("identify_songs")
    assert "Compared 3 songs" in capsys.readouterr().out
    assert shown(anna) == ["First", "Of an older model"]
    call_command("identify_songs")
    assert "Compared 0 songs" in capsys.readouterr().out
