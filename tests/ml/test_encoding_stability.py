"""The report on encodings: recordings written again, and songs that keep or lose their name and genre."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from scipy.io import wavfile

from ml.audio.decoding import DecodingInfo, decode
from ml.training import stability
from ml.training.data.encodings import ENCODINGS, Encoding, encode
from ml.training.evaluation.encoding_stability import Heard, HeardSong, Stability, hear_encodings

CALM = Heard("Calm and Tender", "calm", "tender", "CalmButWarm")
TENDER = Heard("Tender and Calm", "tender", "calm", "CalmButWarm")
SAD = Heard("Calm but Sad", "calm", "sad", "NegativeButHopeful")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Four seconds of two tones in stereo, at half of full scale."""
    time = np.arange(4 * 44_100) / 44_100
    tones = np.stack([np.sin(2 * np.pi * 440 * time), np.sin(2 * np.pi * 660 * time)], axis=1)
    wavfile.write(path := tmp_path / "tones.wav", 44_100, (0.5 * 32_767 * tones).astype(np.int16))
    return path


def samples(path: Path) -> np.ndarray:
    return np.concatenate(list(decode(path, DecodingInfo())))


def rms(path: Path) -> float:
    return float(np.sqrt(np.mean(samples(path) ** 2)))


@pytest.mark.parametrize("name", ENCODINGS)
def test_each_encoding_holds_the_whole_recording(name, recording, tmp_path):
    encoding = ENCODINGS[name]
    copy = encode(recording, tmp_path / f"copy{encoding.suffix}", encoding)
    assert len(samples(copy)) == pytest.approx(len(samples(recording)), rel=0.1)
    assert rms(copy) == pytest.approx(rms(recording) * 10 ** (encoding.gain_db / 20), rel=0.1)


def test_a_mono_recording_keeps_its_level(tmp_path):
    wavfile.write(path := tmp_path / "mono.wav", 44_100, (8_000 * np.sin(np.arange(4 * 44_100) / 20)).astype(np.int16))
    copy = encode(path, tmp_path / "copy.wav", Encoding(".wav", "pcm_s16le"))
    assert rms(copy) == pytest.approx(rms(path), rel=0.01)


def test_the_encodings_are_what_they_say(recording, tmp_path):
    kinds = {}
    for place, (name, encoding) in enumerate(ENCODINGS.items()):
        with av.open(str(encode(recording, tmp_path / f"{place}{encoding.suffix}", encoding))) as container:
            sound = container.streams.audio[0]
            kinds[name] = (sound.codec_context.name, sound.channels)
    assert kinds == {
        "mp3": ("mp3float", 2),
        "opus 24 kbit/s": ("opus", 2),
        "wma": ("wmav2", 2),
        "mono wav": ("pcm_s16le", 1),
        "9 dB quieter": ("pcm_s16le", 2),
    }


def test_a_song_is_heard_as_it_is_and_in_each_encoding(recording):
    heard: list[str] = []

    def analyse(path: Path) -> dict[str, dict[str, str]]:
        heard.append(path.suffix)
        loud = rms(path) > 0.2
        mood = CALM if loud else SAD
        return {"mood": vars(mood)}

    song = hear_encodings(recording, "tones", analyse, {"wav": Encoding(".wav", "pcm_s16le"), **ENCODINGS})
    assert sorted(heard) == [".mp3", ".opus", ".wav", ".wav", ".wav", ".wav", ".wma"]
    assert song.original == CALM
    assert song.encoded["mp3"] == CALM
    assert song.encoded["9 dB quieter"] == SAD


def songs() -> list[HeardSong]:
    return [
        HeardSong("a", CALM, {"mp3": CALM, "wma": CALM}),
        HeardSong("b", CALM, {"mp3": TENDER, "wma": CALM}),
        HeardSong("c", CALM, {"mp3": SAD, "wma": SAD}),
    ]


def test_a_song_keeps_what_no_encoding_changes():
    result = Stability(songs())
    assert result.kept("name") == 1
    assert result.kept("pair, in either order") == 2
    assert result.kept("genre") == 2
    assert (result.kept("name", "mp3"), result.kept("name", "wma")) == (1, 2)


def test_changes_are_listed_with_their_songs():
    assert Stability(songs()).changes("genre") == {("CalmButWarm", "NegativeButHopeful"): ["c (mp3)", "c (wma)"]}
    text = Stability(songs()).to_markdown()
    assert "| mp3 | 1 of 3 | 2 of 3 | 2 of 3 | 2 of 3 |" in text
    assert "| Calm and Tender | Tender and Calm | 1 | b (mp3) |" in text


def test_too_many_changes_are_reported():
    assert Stability(songs()).violations() == [
        "33% of the songs keep their name in every encoding, expected at least 80%.",
        "67% of the songs keep their genre in every encoding, expected at least 90%.",
    ]
    assert Stability(songs()[:1]).violations() == []


def test_the_sample_has_as_many_recordings_of_each_folder(tmp_path):
    for folder, count in (("pop", 5), ("rock/live", 2)):
        (tmp_path / folder).mkdir(parents=True)
        for number in range(count):
            (tmp_path / folder / f"{number}.mp3").touch()
        (tmp_path / folder / "labels.csv").touch()
    sample = stability.sample_of(tmp_path, 3)
    assert [path.relative_to(tmp_path).parts[0] for path in sample] == ["pop"] * 3 + ["rock"] * 2
    assert stability.sample_of(tmp_path, 3, ["rock"]) == sample[3:]
    assert stability.sample_of(tmp_path, 3) == sample


def test_a_folder_without_recordings_is_named(tmp_path, capsys):
    assert stability.main(["--data", str(tmp_path)]) == 2
    assert f"There are no recordings in {tmp_path}" in capsys.readouterr().err
