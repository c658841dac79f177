"""The songs that the project makes itself: different to the ear, and to the networks."""

from pathlib import Path

import av
import numpy as np
import pytest

from ml.audio.playback import probe
from ml.demo import album, pitches
from ml.demo.__main__ import write
from ml.demo.album import ALBUM, ARTIST
from ml.demo.writing import write_flac
from ml.inference.analysis import AnalysisResult, analyse
from ml.models.bundle import Bundle
from tests.architecture.sources import ROOT

# What each is meant to be, as the networks in use hear it: both sides of the composite mood.
MEANT = {
    "Slow Water": {"calmness", "nostalgia"},
    "Market Morning": {"joyful_activation", "power"},
    "Empty Platform": {"calmness", "sadness"},
    "Wires": {"tension", "power"},
    "High Banners": {"power", "tension"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole album, written as the command does."""
    folder = tmp_path_factory.mktemp("album")
    for number in range(len(ALBUM)):
        write(number, folder)
    return folder


@pytest.fixture(scope="module")
def heard(folder: Path) -> dict[str, AnalysisResult]:
    bundle = Bundle.open(ROOT / "ml" / "bundles" / "mood-3")
    return {song.title: analyse(folder / song.file_name, bundle=bundle) for song in ALBUM}


def samples_of(path: Path) -> np.ndarray:
    """Of shape (channels, samples), full scale 1."""
    with av.open(str(path)) as file:
        return np.hstack([frame.to_ndarray().reshape(-1, 2).T for frame in file.decode(audio=0)]) / 32_768


@pytest.mark.parametrize("song", ALBUM, ids=lambda song: song.title)
def test_a_song_is_whole_and_comfortable_to_listen_to(folder: Path, song: album.Song) -> None:
    path = folder / song.file_name
    assert probe(path).plays
    samples = samples_of(path)
    assert samples.shape[0] == 2
    assert 40 <= samples.shape[1] / 44_100 <= 60
    assert 0.5 < np.abs(samples).max() < 0.92
    seconds = samples[:, : samples.shape[1] // 44_100 * 44_100].reshape(2, -1, 44_100)
    loudness = np.sqrt((seconds**2).mean(axis=(0, 2)))
    assert loudness[:-5].min() > 0.01, "it falls silent in its middle"
    assert np.abs(samples[:, -20:]).max() < 0.01, "it ends with a click"
    assert np.abs(samples.mean(axis=1)).max() < 0.001
    left, right = samples
    assert 0.1 < np.corrcoef(left, right)[0, 1] < 0.999, "it is wide, and still one piece of music"


def test_the_songs_say_who_made_them_and_play_as_different_moods(heard: dict[str, AnalysisResult]) -> None:
    for song in ALBUM:
        assert (heard[song.title].title, heard[song.title].artist) == (song.title, ARTIST)
        assert heard[song.title].warnings == []
    moods = {title: found.answer["mood"] for title, found in heard.items()}
    assert {title: {mood["primary"], mood["secondary"]} for title, mood in moods.items()} == MEANT
    assert all(mood["certain"] for mood in moods.values())
    assert len({mood["name"] for mood in moods.values()}) == len(ALBUM)


def test_the_album_spans_the_plane(heard: dict[str, AnalysisResult]) -> None:
    scores = {title: found.answer["scores"] for title, found in heard.items()}
    arousal = {title: found["arousal"] for title, found in scores.items()}
    valence = {title: found["valence"] for title, found in scores.items()}
    assert max(arousal["Slow Water"], arousal["Empty Platform"]) + 0.5 < min(
        arousal[title] for title in ("Market Morning", "Wires", "High Banners")
    )
    assert min(valence["Slow Water"], valence["Market Morning"]) > max(valence["Wires"], valence["Empty Platform"])


def test_the_same_song_is_made_twice_with_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    song = ALBUM[1]
    again = write_flac(tmp_path / "again.flac", song.play(), title=song.title, artist=ARTIST)
    assert again.read_bytes() == (folder / song.file_name).read_bytes()


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    taken = tmp_path / "taken.flac"
    taken.mkdir()
    with pytest.raises(OSError):
        write_flac(taken, np.zeros((2, 44_100)), title="", artist="")
    assert list(tmp_path.iterdir()) == [taken]


def test_notes_are_read_as_musicians_write_them() -> None:
    assert pitches.hz(pitches.midi("A4")) == 440
    assert pitches.chord("C4 Eb4 F#4") == [60, 63, 66]
    melody = pitches.line("A4 1.5, - .5 | B4 2")
    assert [(note.beat, note.length, note.midi) for note in melody] == [(0, 1.5, 69), (2, 2, 71)]
