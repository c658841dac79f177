"""Formats that browsers cannot play are copied to mp3 with the same audio at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ml.audio.playback import browser_plays, make_playable, probe
from ml.audio.sniffing import HEAD_BYTES, MEDIA_TYPES, recognise
from ml.errors import MoodError
from tests import sounds
from tests.ml.decoded_audio import decode_file, delay, gain, read_channels, similarity

PLAYED = {"mp3", "mp3-vbr", "wav", "wav8", "wav24", "wav-float", "flac", "flac24", "ogg", "opus", "m4a", "aac", "webm"}


@pytest.mark.parametrize("form", sounds.FORMS)
def test_only_formats_that_no_browser_plays_need_a_copy(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song", sounds.spread(sounds.tone(440, 3), 2), form=form)

    assert probe(song).plays is (form in PLAYED)


@pytest.mark.parametrize("form", sounds.FORMS)
def test_probing_and_sniffing_agree_on_container_names(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song", sounds.tone(440, 3), form=form)

    result = probe(song)

    assert result.container == recognise(song.read_bytes()[:HEAD_BYTES])
    assert not result.plays or result.container in MEDIA_TYPES


def test_a_probe_reports_the_audio_format(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.m4a", sounds.spread(sounds.tone(440, 3, 48_000), 2), 48_000)

    result = probe(song)

    assert (result.container, result.codec, result.profile) == ("mp4", "aac", "LC")
    assert (result.channels, result.sample_rate, result.has_video) == (2, 48_000, False)


def test_alac_and_aac_in_m4a_are_distinguished() -> None:
    assert browser_plays("mp4", "aac")
    assert not browser_plays("mp4", "alac")


def test_a_copy_of_surround_is_stereo(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.flac", sounds.spread(sounds.tone(440, 4), 6))
    make_playable(song, tmp_path / "copy.mp3")

    assert not probe(song).plays
    assert probe(tmp_path / "copy.mp3").plays
    assert probe(tmp_path / "copy.mp3").channels == 2


def test_a_video_is_copied_without_its_pictures(tmp_path: Path) -> None:
    video = sounds.write_video(tmp_path / "video.mp4", sounds.tone(440, 4))

    assert probe(video).has_video
    assert not probe(video).plays


def test_cover_art_does_not_make_a_video(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 4), cover=sounds.image())

    assert not probe(song).has_video
    assert probe(song).plays


@pytest.mark.parametrize("form", ["alac", "wma", "aiff", "aiff24", "wav32", "matroska", "mpegts", "caf", "wavpack"])
def test_a_copy_has_the_same_audio_at_the_same_time(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song", sounds.spread(sounds.music(6), 2), form=form)
    make_playable(song, tmp_path / "copy.mp3")

    original, _ = decode_file(song)
    copy, info = decode_file(tmp_path / "copy.mp3")

    assert abs(delay(copy, original)) <= 1
    assert len(copy) == pytest.approx(len(original), abs=32)
    assert similarity(copy, original) > 0.99
    assert gain(copy, original) == pytest.approx(1.0, abs=0.06)  # LAME itself takes off 5 %
    assert not info.warnings


@pytest.mark.parametrize(
    ("sample_rate", "copied_at"), [(8000, 44_100), (44_100, 44_100), (88_200, 44_100), (96_000, 48_000)]
)
def test_a_copy_has_a_rate_that_every_browser_plays(sample_rate: int, copied_at: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.aiff", sounds.tone(440, 4, sample_rate), sample_rate)
    make_playable(song, tmp_path / "copy.mp3")

    assert probe(tmp_path / "copy.mp3").sample_rate == copied_at


def test_a_mono_song_keeps_its_loudness(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.aiff", sounds.tone(440, 4))
    make_playable(song, tmp_path / "copy.mp3")

    assert gain(decode_file(tmp_path / "copy.mp3")[0], decode_file(song)[0]) == pytest.approx(1.0, abs=0.06)


def test_the_first_channel_stays_on_the_left(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.aiff", np.stack([sounds.tone(440, 4), sounds.silence(4)]))
    make_playable(song, tmp_path / "copy.mp3")

    left, right = read_channels(tmp_path / "copy.mp3")

    assert np.std(left) > 100 * np.std(right)


def test_the_copy_skips_damage_as_the_analysis_does(tmp_path: Path) -> None:
    song = sounds.damage(sounds.write(tmp_path / "song.m4a", sounds.music(10), form="alac"))
    make_playable(song, tmp_path / "copy.mp3")

    assert len(decode_file(tmp_path / "copy.mp3")[0]) == pytest.approx(len(decode_file(song)[0]), abs=32)


@pytest.mark.parametrize("content", [b"", sounds.image(), b"RIFF" + bytes(100)], ids=["empty", "picture", "stump"])
def test_a_failure_leaves_no_file(content: bytes, tmp_path: Path) -> None:
    song, target = tmp_path / "song", tmp_path / "copies" / "copy.mp3"
    song.write_bytes(content)
    target.parent.mkdir()

    with pytest.raises(MoodError) as caught:
        make_playable(song, target)

    assert caught.value.code == "audio_unreadable"
    assert list(target.parent.iterdir()) == []


def test_a_copy_appears_only_when_it_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song, target = sounds.write(tmp_path / "song.aiff", sounds.tone(440, 4)), tmp_path / "copy.mp3"
    target.write_bytes(b"the copy from before")

    def fail(self: Path, other: Path) -> None:
        assert self.stat().st_size > 10_000
        assert target.read_bytes() == b"the copy from before"
        raise OSError("The disk is full.")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        make_playable(song, target)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.mp3", "song.aiff"]


MEASURE = """
import resource, sys
from ml.audio.playback import make_playable
make_playable(sys.argv[1], sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_memory_does_not_grow_with_the_copy(tmp_path: Path) -> None:
    used_mb = []
    for duration_s in (10, 120):
        song = sounds.write_long(tmp_path / "song.mp3", duration_s)
        command = [sys.executable, "-c", MEASURE, song, tmp_path / "copy.mp3"]
        used_mb.append(float(subprocess.run(command, capture_output=True, check=True, text=True).stdout))

    # Two minutes of samples at 44.1 kHz would be 10 MB as 16 bits.
    assert used_mb[1] - used_mb[0] < 4
