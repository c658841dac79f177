"""A passage has exactly the requested seconds, in every format, without external programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from ml.audio import passages
from ml.audio.passages import FADE_MS, MAX_PASSAGE_S, cut
from ml.errors import MoodError
from ml.spec import SPEC
from tests import sounds
from tests.ml.decoded_audio import Samples, decode_file, delay, pitch_hz, read_wav

RATE = 16_000
SONG_S = 40.0
TOLERANCE_S = 0.004


def wandering(duration_s: float = SONG_S) -> Samples:
    """A sweep with random loudness, so that every second of it is unique."""
    loudness = np.random.default_rng(1).uniform(0.05, 1.0, round(duration_s * 20))
    return sounds.sweep(200, 3000, duration_s, RATE) * np.repeat(loudness, RATE // 20).astype(np.float32)


def at_decoders_rate(wav: bytes) -> Samples:
    """The passage as the decoder gives it; `decode_file` requires three seconds."""
    samples, rate = read_wav(wav)
    assert rate % SPEC.sample_rate == 0
    return samples.mean(axis=0)[:: rate // SPEC.sample_rate]


@pytest.mark.parametrize("form", sounds.FORMS)
def test_a_passage_matches_the_decoder_at_that_time(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", wandering(), RATE, form)
    whole, _ = decode_file(song)

    for start_s, end_s in ((0.0, 1.5), (0.4, 2.0), (17.123, 19.0), (37.0, 38.5)):
        passage = at_decoders_rate(cut(song, start_s, end_s))
        expected = whole[round(start_s * RATE) : round(end_s * RATE)]

        assert abs(delay(passage, expected)) <= TOLERANCE_S * RATE, start_s
        assert len(passage) == pytest.approx(len(expected), abs=2)


@pytest.mark.parametrize("quality", ["constant", "variable"])
def test_an_mp3_without_a_seek_table_is_cut_exactly(quality: str, tmp_path: Path) -> None:
    song = tmp_path / "song.mp3"
    options = {"q": "5"} if quality == "variable" else {}
    with av.open(str(song), "w", format="mp3", options={"write_xing": "0"}) as output:
        stream = output.add_stream("libmp3lame", rate=RATE, layout="mono", options=options)
        frame = av.AudioFrame.from_ndarray(wandering()[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    whole, _ = decode_file(song)

    passage = at_decoders_rate(cut(song, 25.5, 28.0))

    assert abs(delay(passage, whole[round(25.5 * RATE) : 28 * RATE])) <= 1


def test_fades_remove_only_the_click_at_the_cut(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", np.full(RATE * 5, 0.5, np.float32), RATE)

    samples, rate = read_wav(cut(song, 1.0, 3.0))

    faded = round(FADE_MS / 1000 * rate)
    assert abs(samples[0, 0]) < 0.02
    assert abs(samples[0, -1]) < 0.05
    np.testing.assert_allclose(samples[0, faded + 10 : -faded - 10], 0.5, atol=1e-3)
    assert np.all(np.diff(samples[0, :faded]) >= 0)


def test_fades_are_configurable_and_never_overlap(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", np.full(RATE * 5, 0.5, np.float32), RATE)

    unfaded, _ = read_wav(cut(song, 1.0, 2.0, fade_ms=0))
    short, rate = read_wav(cut(song, 1.0, 1.1, fade_ms=500))

    np.testing.assert_allclose(unfaded, 0.5, atol=1e-4)
    assert short.shape[1] == pytest.approx(0.1 * rate, abs=2)


def test_a_passage_ends_with_the_song(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.flac", sounds.tone(440, 10))

    samples, rate = read_wav(cut(song, 8.0, 30.0))

    assert samples.shape[1] / rate == pytest.approx(2.0, abs=0.001)


def test_a_passage_is_never_longer_than_the_limit(tmp_path: Path) -> None:
    song = sounds.write_long(tmp_path / "song.mp3", 180)

    samples, rate = read_wav(cut(song, 30.0, 170.0))

    assert samples.shape[1] / rate == pytest.approx(MAX_PASSAGE_S, abs=0.001)


@pytest.mark.parametrize(
    ("start_s", "end_s"), [(-1, 5), (5, 5), (7, 5), (float("nan"), 5), (0, float("inf")), (11, 14), (1e9, 1e9 + 1)]
)
def test_times_outside_the_song_are_rejected(start_s: float, end_s: float, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 10))

    with pytest.raises(MoodError) as caught:
        cut(song, start_s, end_s)

    assert caught.value.code == "passage_outside_song"


@pytest.mark.parametrize(("channels", "cut_to"), [(1, 1), (2, 2), (6, 2)])
def test_stereo_stays_stereo_and_surround_becomes_stereo(channels: int, cut_to: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.flac", sounds.spread(sounds.tone(440, 5), channels))

    samples, _ = read_wav(cut(song, 1, 2))

    assert len(samples) == cut_to
    assert np.abs(samples).max() == pytest.approx(0.5, abs=0.02)


def test_left_and_right_are_not_swapped(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.flac", np.stack([sounds.tone(300, 5), sounds.tone(1000, 5)]))

    (left, right), rate = read_wav(cut(song, 2, 3))

    assert pitch_hz(left, rate) == pytest.approx(300, abs=2)
    assert pitch_hz(right, rate) == pytest.approx(1000, abs=2)


@pytest.mark.parametrize(("sample_rate", "cut_to"), [(8000, 8000), (44_100, 44_100), (96_000, 48_000)])
def test_the_sample_rate_is_preserved_up_to_48_khz(sample_rate: int, cut_to: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 5, sample_rate), sample_rate)

    samples, rate = read_wav(cut(song, 2, 3))

    assert rate == cut_to
    assert pitch_hz(samples[0], rate) == pytest.approx(440, abs=2)


def test_the_audio_of_a_video_can_be_cut(tmp_path: Path) -> None:
    video = sounds.write_video(tmp_path / "video.mp4", sounds.sweep(200, 2200, 20, 44_100))

    samples, rate = read_wav(cut(video, 15.0, 15.2))

    assert pitch_hz(samples[0], rate) == pytest.approx(1710, abs=20)


def test_a_passage_after_the_end_of_a_truncated_file_is_outside(tmp_path: Path) -> None:
    song = sounds.truncate(sounds.write(tmp_path / "song.mp3", sounds.music(20, RATE), RATE), 0.5)

    cut(song, 7, 9)
    with pytest.raises(MoodError, match="The song ends before 15 s"):
        cut(song, 15, 17)


def test_a_file_that_is_not_audio_raises_the_same_error_as_the_decoder(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(sounds.image())

    with pytest.raises(MoodError) as caught:
        cut(tmp_path / "song.mp3", 0, 1)

    assert caught.value.code == "audio_unreadable"


def test_a_passage_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 5))
    monkeypatch.setattr(passages, "MAX_CUT_S", 0.0)

    with pytest.raises(MoodError) as caught:
        cut(song, 1, 2)

    assert caught.value.code == "passage_too_slow"


def test_no_program_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song = sounds.write(tmp_path / "song.m4a", sounds.tone(440, 5))

    def refuse(*args: object, **kwargs: object) -> None:
        pytest.fail("A passage was cut by another program.")

    monkeypatch.setattr(subprocess.Popen, "__init__", refuse)
    monkeypatch.setattr("os.system", refuse)

    assert cut(song, 1, 2)


def test_the_module_imports_without_a_warning_if_ffmpeg_is_missing(tmp_path: Path) -> None:
    code = f"import {passages.__name__}"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env={"PATH": str(tmp_path)}, capture_output=True, check=False
    )

    assert (run.returncode, run.stderr) == (0, b"")
