"""What cannot be heard says why; what can be heard in part is heard, with a warning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mutagen.apev2
import mutagen.id3
import numpy as np
import pytest
import soundfile

from ml.audio.decoding import Decoded, decode
from ml.audio.passages import cut
from ml.audio.playback import make_playable, probe
from ml.audio.sniffing import HEAD_BYTES, recognise
from ml.audio.tags import read_tags
from ml.errors import MoodError
from tests import sounds
from tests.ml.hearing import hear

STREAMED = ("mp3", "mp3-vbr", "wav", "wav24", "flac", "ogg", "opus", "aac", "aiff", "wma", "webm", "matroska", "au")
"""Formats that can be read from the front, so that half a file is half a song."""


def failure(path: Path | str) -> MoodError:
    with pytest.raises(MoodError) as caught:
        hear(path)
    assert caught.value.message.endswith(".")
    return caught.value


@pytest.fixture
def music() -> sounds.Samples:
    return sounds.music(12.0, 22_050)


@pytest.mark.parametrize("form", STREAMED)
def test_a_truncated_file_is_heard_as_far_as_it_goes(form: str, music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", music, 22_050, form)

    _, facts = hear(sounds.truncate(song, 0.6))

    assert facts.duration_s == pytest.approx(0.6 * 12, abs=1.3)
    (warning,) = facts.warnings
    assert warning["code"] == ("audio_damaged" if form == "aac" else "audio_truncated")
    assert warning["message"].endswith(".")


def test_a_truncated_file_says_how_much_is_missing(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.truncate(sounds.write(tmp_path / "song.wav", music, 22_050), 0.5)

    _, facts = hear(song)

    assert (
        facts.warnings[0]["message"] == "Only 6 s of the 12 s in the file could be read; the mood is that of this part."
    )


def test_a_truncated_file_of_less_than_three_seconds_is_too_short(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.truncate(sounds.write(tmp_path / "song.mp3", music, 22_050), 0.15)

    assert failure(song).code == "audio_too_short"


@pytest.mark.parametrize("form", ["m4a", "alac"])
def test_a_truncated_m4a_has_lost_its_index(form: str, music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.m4a", music, 22_050, form)

    assert failure(sounds.truncate(song, 0.6)).code == "audio_unreadable"


@pytest.mark.parametrize("form", [*STREAMED, "m4a", "alac", "wavpack", "mpegts"])
def test_a_file_damaged_in_the_middle_is_heard_around_the_damage(
    form: str, music: sounds.Samples, tmp_path: Path
) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", music, 22_050, form)

    _, facts = hear(sounds.damage(song, at=0.5, size=1500))

    assert facts.duration_s > 5.5


def test_damage_that_the_codec_notices_is_told(music: sounds.Samples, tmp_path: Path) -> None:
    song = sounds.damage(sounds.write(tmp_path / "song.m4a", music, 22_050, "alac"))

    _, facts = hear(song)

    assert [warning["code"] for warning in facts.warnings] == ["audio_damaged"]


@pytest.mark.parametrize("quiet_first", [True, False])
def test_a_bit_rate_that_varies_is_not_taken_for_a_broken_file(quiet_first: bool, tmp_path: Path) -> None:
    halves = [0.001 * sounds.noise(8, 44_100), sounds.noise(8, 44_100)]
    song = sounds.write(tmp_path / "song.aac", np.concatenate(halves if quiet_first else halves[::-1]))

    _, facts = hear(song)  # ADTS states no length, and FFmpeg's guess is wrong by a tenth

    assert facts.duration_s == pytest.approx(16, abs=0.1)
    assert facts.declared_s is None
    assert not facts.warnings


@pytest.mark.parametrize("claimed", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_wav_out_of_a_pipe_does_not_know_its_length(claimed: int, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 4))
    data = bytearray(song.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = claimed.to_bytes(4, "little")
    song.write_bytes(data)

    _, facts = hear(song)

    assert facts.duration_s == pytest.approx(4, abs=0.01)
    assert not facts.warnings


def test_tags_at_the_end_are_no_damage(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 4))
    ape = mutagen.apev2.APEv2()
    ape["Title"] = "Behind"
    ape.save(song)
    id3 = mutagen.id3.ID3(song)
    id3.add(mutagen.id3.TIT2(encoding=3, text="Before"))
    id3.save(song, v1=2)

    _, facts = hear(song)

    assert not facts.warnings


@pytest.mark.parametrize("duration_s", [0.05, 1.0, 2.8])
def test_less_than_three_seconds_are_too_short(duration_s: float, tmp_path: Path) -> None:
    error = failure(sounds.write(tmp_path / "short.mp3", sounds.tone(440, duration_s)))

    assert error.code == "audio_too_short"
    assert "at least 3 s" in error.message


def test_three_seconds_are_enough_in_every_promised_format(tmp_path: Path) -> None:
    for form in ("mp3", "wav", "flac", "ogg", "opus", "m4a", "alac", "aac", "aiff", "wma"):
        hear(sounds.write(tmp_path / f"song-{form}{sounds.FORMS[form].suffix}", sounds.tone(440, 3.0), form=form))


def test_five_hours_are_too_long(tmp_path: Path) -> None:
    error = failure(sounds.write_long(tmp_path / "audiobook.mp3", 5 * 3600))

    assert error.code == "audio_too_long"
    assert "up to 2 h" in error.message


def test_a_file_that_states_its_five_hours_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "drone.wav", sounds.tone(440, 1.0, 8000), 8000, "wav8")
    with song.open("r+b") as file:  # a header that promises what the file, being sparse, holds as zeros
        size = 5 * 3600 * 8000
        file.truncate(1000 + size)
        head = file.read(100)
        file.seek(4)
        file.write((992 + size).to_bytes(4, "little"))
        file.seek(head.index(b"data") + 4)
        file.write(size.to_bytes(4, "little"))
    facts = Decoded()

    with pytest.raises(MoodError, match=r"5\.0 h long") as caught:
        next(decode(song, facts))

    assert caught.value.code == "audio_too_long"
    assert facts.samples == 0


def test_silence_is_told_from_music(tmp_path: Path) -> None:
    assert failure(sounds.write(tmp_path / "nothing.flac", sounds.silence(5))).code == "audio_silent"

    hear(sounds.write(tmp_path / "hardly.flac", sounds.tone(440, 5, amplitude=0.001)))


def test_a_film_without_sound_has_none(tmp_path: Path) -> None:
    assert failure(sounds.write_video(tmp_path / "mute.mp4", None)).code == "audio_no_stream"


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 50_000,
        b"\xff" * 50_000,
        b"Once upon a time. " * 1000,
        sounds.picture("PNG"),
        sounds.picture("JPEG"),
        sounds.picture("GIF"),
        b"%PDF-1.7\n" + b"0 obj\n" * 500,
        np.random.default_rng(0).bytes(50_000),
    ],
    ids=["empty", "zeros", "ones", "text", "png", "jpeg", "gif", "pdf", "noise"],
)
def test_what_is_no_audio_is_unreadable_whatever_its_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)

    assert failure(path).code == "audio_unreadable"


@pytest.mark.parametrize("shell", [PLAYLIST, b"ffconcat version 1.0\nfile %s\n", b"#EXTM3U\n%s\n"])
def test_a_file_cannot_make_the_decoder_open_another(shell: bytes, tmp_path: Path) -> None:
    secret = sounds.write(tmp_path / "secret.wav", sounds.tone(440, 4))
    path = tmp_path / "song.mp3"
    path.write_bytes(shell % str(secret).encode())

    assert failure(path).code == "audio_unreadable"


def test_a_file_that_is_not_there_is_not_called_unreadable(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hear(tmp_path / "gone.mp3")


@pytest.mark.parametrize(
    ("offset", "bytes_"),
    [(22, b"\0\0"), (22, b"\xff\xff"), (24, b"\0\0\0\0"), (24, b"\5\0\0\0"), (24, b"\xff\xff\xff\x7f"), (34, b"\0\0")],
    ids=["no channels", "65535 channels", "0 Hz", "5 Hz", "2 GHz", "0 bits"],
)
def test_a_header_of_nonsense_is_unreadable(offset: int, bytes_: bytes, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 4))
    data = bytearray(song.read_bytes())
    data[offset : offset + len(bytes_)] = bytes_
    song.write_bytes(data)

    assert failure(song).code in ("audio_unreadable", "audio_too_long")


def test_samples_that_are_no_numbers_stay_where_they_are(tmp_path: Path) -> None:
    samples = sounds.tone(440, 4, 16_000)
    samples[20_000:20_010] = [np.nan, np.inf, -np.inf, 1e30, -1e30, np.nan, 0, 0, 0, 0]
    song = sounds.write(tmp_path / "song.wav", samples, 16_000, "wav-float")

    heard, facts = hear(song)

    assert np.isfinite(heard).all()
    assert facts.peak <= 4.0
    np.testing.assert_allclose(
        np.delete(heard, slice(19_900, 20_110)), np.delete(samples, slice(19_900, 20_110)), atol=1e-3
    )


def test_a_recording_may_change_its_kind_on_the_way(tmp_path: Path) -> None:
    first = sounds.write(tmp_path / "1.mp3", sounds.tone(440, 4, 44_100))
    second = sounds.write(tmp_path / "2.mp3", sounds.spread(sounds.tone(440, 4, 48_000), 2), 48_000)
    both = tmp_path / "both.mp3"
    both.write_bytes(first.read_bytes() + second.read_bytes())

    _, facts = hear(both)

    assert facts.duration_s == pytest.approx(8, abs=0.2)


def test_no_bytes_make_any_reader_fail_in_an_unknown_way(tmp_path: Path) -> None:
    chance = np.random.default_rng(20)
    path = tmp_path / "song"
    for form in sorted(sounds.FORMS):
        whole = sounds.write(path, sounds.music(3.5, 8000), 8000, form).read_bytes()
        for _ in range(4):
            data = bytearray(whole)
            reach = len(data) if chance.random() < 0.5 else min(len(data), 300)
            for at in chance.integers(0, reach, 15):
                data[at] = chance.integers(0, 256)
            path.write_bytes(data)
            read_tags(path)
            for reader in (
                lambda: hear(path),
                lambda: cut(path, 2.0, 3.0),
                lambda: probe(path),
                lambda: make_playable(path, tmp_path / "copy.mp3"),
                lambda: recognise(path.read_bytes()[:HEAD_BYTES]),
            ):
                try:
                    reader()
                except MoodError as error:
                    assert error.message.endswith("."), error.message  # noqa: PT017 - any MoodError is a good answer


MEASURE = """
import resource, sys
from ml.audio.decoding import Decoded, decode
facts = Decoded()
for block in decode(sys.argv[1], facts):
    pass
print(facts.duration_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_memory_does_not_grow_with_the_song(tmp_path: Path) -> None:
    used_mb = []
    for duration_s in (60, 1800):
        song = sounds.write_long(tmp_path / "song.mp3", duration_s)
        done = subprocess.run([sys.executable, "-c", MEASURE, song], capture_output=True, check=True, text=True)
        heard_s, megabytes = map(float, done.stdout.split())
        assert heard_s == pytest.approx(duration_s, abs=1)
        used_mb.append(megabytes)

    # All of half an hour would be 115 MB.
    assert used_mb[1] - used_mb[0] < 15


def test_writing_with_libsndfile_gives_the_same_as_with_ffmpeg(tmp_path: Path) -> None:
    samples = sounds.tone(440, 3.5, 16_000)
    soundfile.write(tmp_path / "other.flac", samples, 16_000)

    heard, _ = hear(tmp_path / "other.flac")

    np.testing.assert_allclose(heard, samples, atol=1e-4)
