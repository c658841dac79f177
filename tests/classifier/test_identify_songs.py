"""Songs of earlier versions get what copies of them are recognised by."""

from __future__ import annotations

from pathlib import Path

import mutagen.id3
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from classifier import ml_gateway
from classifier.models import Person, Song
from tests import sounds
from tests.shelf import shelve


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return sounds.write(tmp_path / "song.mp3", sounds.music(3.0))


def add(owner: Person, path: Path, title: str) -> Song:
    song = shelve(owner, title)
    song.file.save(path.name, ContentFile(path.read_bytes()))
    return song


def test_songs_without_a_hash_get_one_and_others_keep_theirs(
    anna: Person, boris: Person, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, of_boris, hashed = add(anna, sound, "First"), add(boris, sound, "His"), add(anna, sound, "Hashed")
    Song.objects.filter(id=hashed.id).update(audio_hash="f" * 64)
    mutagen.id3.ID3().save(sound)
    retagged = add(anna, sound, "Retagged")
    of_source = shelve(anna, "In a folder")
    call_command("identify_songs")
    assert "Compared 5 songs and hashed 3." in capsys.readouterr().out
    expected = ml_gateway.audio_hash(sound)
    hashes = {song.title: song.audio_hash for song in Song.objects.all()}
    assert hashes == {
        first.title: expected,
        of_boris.title: expected,
        retagged.title: expected,
        hashed.title: "f" * 64,
        of_source.title: "",
    }


def test_a_missing_file_does_not_stop_the_others(
    anna: Person, sound: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.jobs.audio_hash_backfill.BATCH_SONGS", 1)
    lost, last = add(anna, sound, "Lost"), add(anna, sound, "Last")
    lost.file.storage.delete(lost.file.name)
    call_command("identify_songs")
    assert "Compared 2 songs and hashed 1. 1 cannot be read; see the log." in capsys.readouterr().out
    assert Song.objects.get(id=last.id).audio_hash
    assert not Song.objects.get(id=lost.id).audio_hash
