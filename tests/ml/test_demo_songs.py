"""The demo songs: the code that composes them, and the files in the repository, which it wrote."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from classifier.services.demo_songs_add import FOLDER, TITLES
from ml.audio.playback import probe
from ml.demo import album, pitches
from ml.demo.__main__ import write_song
from ml.demo.album import ALBUM, ARTIST
from ml.demo.encoding import write_flac, write_opus
from ml.inference.analysis import AnalysisResult, analyse
from ml.models.bundle import Bundle
from tests.architecture.sources import ROOT

# Both sides of the composite mood of each song, as the bundle in use predicts it.
EXPECTED_MOODS = {
    "Slow Water": {"calm", "solemn"},
    "Market Morning": {"joyful", "dreamy"},
    "Empty Platform": {"calm", "solemn"},
    "Wires": {"tense", "dark"},
    "High Banners": {"joyful", "powerful"},
}
MAX_TOTAL_BYTES = 1_700_000
BANDS_HZ = (60, 120, 250, 500, 1000, 2000, 4000, 8000, 16_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole album, written as `python -m ml.demo` does."""
    folder = tmp_path_factory.mktemp("album")
    for song in ALBUM:
        write_song(song, folder)
    return folder


@pytest.fixture(scope="module")
def analyses() -> dict[str, AnalysisResult]:
    bundle = Bundle.open(ROOT / "ml" / "bundles" / "mood-5")
    return {song.title: analyse(FOLDER / song.file_name, bundle=bundle) for song in ALBUM}


def samples_of(path: Path) -> np.ndarray:
    """Of shape (2, samples), full scale 1."""
    with av.open(str(path)) as file:
        return np.hstack([frame.to_ndarray() for frame in file.decode(audio=0)])


def band_levels_db(samples: np.ndarray, rate: int = 48_000) -> np.ndarray:
    """The level of each octave band."""
    power = np.abs(np.fft.rfft(samples.mean(axis=0))) ** 2
    hz = np.fft.rfftfreq(samples.shape[1], 1 / rate)
    return 10 * np.log10([power[(hz >= low) & (hz < high)].sum() for low, high in pairwise(BANDS_HZ)])


@pytest.mark.parametrize("song", ALBUM, ids=lambda song: song.title)
def test_a_song_is_complete_and_comfortable_to_listen_to(song: album.Song) -> None:
    path = FOLDER / song.file_name
    assert probe(path).plays
    samples = samples_of(path)
    assert samples.shape[0] == 2
    assert 40 <= samples.shape[1] / 48_000 <= 60
    assert 0.5 < np.abs(samples).max() < 1.0
    seconds = samples[:, : samples.shape[1] // 48_000 * 48_000].reshape(2, -1, 48_000)
    loudness = np.sqrt((seconds**2).mean(axis=(0, 2)))
    assert loudness[:-5].min() > 0.01, "it is silent in the middle"
    assert np.abs(samples[:, -20:]).max() < 0.01, "it ends with a click"
    assert np.abs(samples.mean(axis=1)).max() < 0.001
    left, right = samples
    assert 0.1 < np.corrcoef(left, right)[0, 1] < 0.999, "it is neither mono nor two unrelated channels"


def test_the_songs_carry_title_and_artist_and_have_different_moods(analyses: dict[str, AnalysisResult]) -> None:
    for song in ALBUM:
        assert (analyses[song.title].title, analyses[song.title].artist) == (song.title, ARTIST)
        assert analyses[song.title].warnings == []
    moods = {title: analysis.answer["mood"] for title, analysis in analyses.items()}
    assert {title: {mood["primary"], mood["secondary"]} for title, mood in moods.items()} == EXPECTED_MOODS
    assert all(mood["certain"] for mood in moods.values())
    # Synthesised sound is unlike the training songs: two of the five have the same name.
    assert len({mood["name"] for mood in moods.values()}) == len(ALBUM) - 1


def test_the_album_spans_valence_and_arousal(analyses: dict[str, AnalysisResult]) -> None:
    scores = {title: analysis.answer["scores"] for title, analysis in analyses.items()}
    arousal = {title: song["arousal"] for title, song in scores.items()}
    valence = {title: song["valence"] for title, song in scores.items()}
    assert max(arousal["Slow Water"], arousal["Empty Platform"]) + 0.5 < min(
        arousal[title] for title in ("Market Morning", "Wires", "High Banners")
    )
    assert min(valence["Slow Water"], valence["Market Morning"]) > max(valence["Wires"], valence["Empty Platform"])


def test_the_repository_has_every_song_of_the_album_in_its_order_and_nothing_else() -> None:
    assert tuple(song.title for song in ALBUM) == TITLES
    assert {path.name for path in FOLDER.iterdir()} == {song.file_name for song in ALBUM}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MAX_TOTAL_BYTES


@pytest.mark.parametrize("song", ALBUM, ids=lambda song: song.title)
def test_the_files_in_the_repository_are_what_the_code_writes(folder: Path, song: album.Song) -> None:
    """Within what encoders of different FFmpeg versions differ; `make demo-songs` writes them again."""
    committed, written = samples_of(FOLDER / song.file_name), samples_of(folder / song.file_name)
    assert committed.shape == written.shape
    assert band_levels_db(committed) == pytest.approx(band_levels_db(written), abs=0.5)
    assert np.corrcoef(committed[0], written[0])[0, 1] > 0.98


def test_the_same_song_is_written_twice_with_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    song = ALBUM[1]
    assert write_song(song, tmp_path).read_bytes() == (folder / song.file_name).read_bytes()


@pytest.mark.parametrize("write", [write_flac, write_opus])
def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, write: object) -> None:
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    with pytest.raises(OSError):
        write(occupied, np.zeros((2, 44_100)), title="", artist="")
    assert list(tmp_path.iterdir()) == [occupied]


def test_note_names_and_melodies_are_parsed() -> None:
    assert pitches.hz(pitches.midi("A4")) == 440
    assert pitches.chord("C4 Eb4 F#4") == [60, 63, 66]
    melody = pitches.line("A4 1.5, - .5 | B4 2")
    assert [(note.beat, note.length, note.midi) for note in melody] == [(0, 1.5, 69), (2, 2, 71)]


def test_a_wrong_note_name_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="'H4' is not a note"):
        pitches.midi("H4")
