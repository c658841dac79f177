"""The hash of the audio: the same for other tags, another one for other audio."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import av
import mutagen
import mutagen.aiff
import mutagen.apev2
import mutagen.flac
import mutagen.id3
import mutagen.mp4
import mutagen.oggvorbis
import mutagen.wave
import numpy as np
import pytest

from ml.audio.audio_hash import audio_hash
from ml.audio.container import audio_stream, frames, open_audio
from ml.deadline import Deadline, DeadlineExceeded
from tests import sounds
from tests.sounds import RATE

FORMATS = [
    "mp3", "mp3-vbr", "flac", "flac24", "ogg", "opus", "m4a", "alac", "aac", "wma", "wav", "wav24", "wav-float",
    "aiff", "wavpack",
]  # fmt: skip
OTHER_FORMATS = ["webm", "matroska", "mpegts", "caf", "au"]
DEMO_SONG = Path(__file__).parents[2] / "classifier/demo_songs/Market Morning.opus"


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A song in one format; encoded once, so tests change a copy of it."""
    folder = tmp_path_factory.mktemp("songs")

    def song(form: str, seconds: float = 4.0) -> Path:
        path = folder / f"{form}-{seconds:g}{sounds.FORMS[form].suffix}"
        return path if path.exists() else sounds.write(path, sounds.spread(sounds.music(seconds), 2), RATE, form)

    return song


@pytest.fixture
def song(songs: Callable[..., Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy of it that the test may change."""
    return lambda form: Path(shutil.copy(songs(form), tmp_path))


def write_tags(path: Path, title: str, cover: bytes = b"") -> None:
    """Title and cover as taggers write them in the file's format."""
    if path.suffix == ".aac":  # mutagen does not write to the format; other taggers put ID3 before it
        write_id3(path, title)
        return
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    if isinstance(file.tags, mutagen.id3.ID3):
        file.tags.add(mutagen.id3.TIT2(text=title))
    else:
        file["\xa9nam" if isinstance(file, mutagen.mp4.MP4) else "title"] = [title]
    file.save()
    if cover and path.suffix in (".mp3", ".flac", ".m4a", ".wav", ".aiff"):
        sounds.attach_cover(path, cover)


def write_id3(path: Path, title: str = "Harbour", v1: bool = False) -> None:
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TIT2(text=title))
    tags.save(path, v1=mutagen.id3.ID3v1SaveOptions.CREATE if v1 else mutagen.id3.ID3v1SaveOptions.UPDATE)


def remove_tags(path: Path) -> None:
    if path.suffix == ".aac":
        mutagen.id3.delete(path)
    elif (file := mutagen.File(path)) is not None:
        file.delete(path)


def decoded(path: Path) -> str:
    """A checksum of all samples."""
    digest = hashlib.sha256()
    with open_audio(path) as container:
        digest.update(str(audio_stream(container).codec_context.sample_rate).encode())
        for frame in frames(container):
            digest.update(np.ascontiguousarray(frame.to_ndarray()).tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("form", FORMATS)
def test_writing_growing_and_removing_tags_keeps_the_hash(form: str, song: Callable[[str], Path]) -> None:
    path = song(form)
    original, samples = audio_hash(path), decoded(path)
    contents = {path.read_bytes()}
    write_tags(path, "Harbour")
    contents.add(path.read_bytes())
    assert audio_hash(path) == original
    write_tags(path, "Harbour at night " * 2_000, sounds.image("PNG", 200, 200))
    contents.add(path.read_bytes())
    assert audio_hash(path) == original
    assert decoded(path) == samples
    remove_tags(path)
    assert audio_hash(path) == original
    assert len(contents) == 3, "the tags were not written"


@pytest.mark.parametrize("form", [*FORMATS, *OTHER_FORMATS])
def test_a_copy_has_the_same_hash_and_other_audio_another(form: str, songs: Callable[..., Path]) -> None:
    copy = songs(form).with_name(f"copy of {form}{sounds.FORMS[form].suffix}")
    shutil.copy(songs(form), copy)
    assert audio_hash(copy) == audio_hash(songs(form))
    assert len(audio_hash(copy)) == 64
    assert audio_hash(songs(form, 4.5)) != audio_hash(songs(form))


@pytest.mark.parametrize("form", FORMATS)
def test_every_part_of_the_audio_counts(form: str, song: Callable[[str], Path]) -> None:
    path = song(form)
    hashes = {audio_hash(path)}
    for at in (0.2, 0.5, 0.9):
        hashes.add(audio_hash(sounds.damage(path, at, 64, seed=round(at * 10))))
    assert len(hashes) == 4


def test_all_formats_of_a_song_have_different_hashes(songs: Callable[..., Path]) -> None:
    forms = [form for form in (*FORMATS, *OTHER_FORMATS) if form != "webm"]  # the same packets as in Ogg
    assert len({audio_hash(songs(form)) for form in forms}) == len(forms)


def test_tags_at_the_end_of_an_mp3_keep_the_hash(song: Callable[[str], Path]) -> None:
    path = song("mp3")
    original = audio_hash(path)
    ape = mutagen.apev2.APEv2()
    ape["Title"] = "Harbour"
    ape["Cover Art (front)"] = mutagen.apev2.APEValue(b"cover.jpg\0" + b"\xff\xfb\x90\x64" * 3_000, 1)
    ape.save(path)
    assert audio_hash(path) == original
    write_id3(path, v1=True)
    assert path.read_bytes()[-128:-125] == b"TAG"
    assert audio_hash(path) == original
    lyrics = b"LYRICSBEGINLYR00005Sailo"
    content = path.read_bytes()
    path.write_bytes(content[:-128] + lyrics + b"%06dLYRICS200" % len(lyrics) + content[-128:])
    assert audio_hash(path) == original


@pytest.mark.parametrize("junk", [b"\0" * 7, b"\0" * 5_000, b"junk of a bad tagger"])
def test_junk_between_tag_and_first_frame_keeps_the_hash(junk: bytes, song: Callable[[str], Path]) -> None:
    path = song("mp3")
    mutagen.id3.delete(path)
    plain, bare = audio_hash(path), path.read_bytes()
    write_id3(path)
    tag = path.read_bytes()[: -len(bare)]
    path.write_bytes(tag + junk + bare)
    assert audio_hash(path) == plain


def test_an_mp3_that_breaks_off_keeps_its_hash_when_tags_follow_it(song: Callable[[str], Path]) -> None:
    path = sounds.truncate(song("mp3"), 0.6)
    original = audio_hash(path)
    write_id3(path, v1=True)
    assert audio_hash(path) == original


def test_padding_of_a_flac_and_a_tag_before_it_keep_the_hash(song: Callable[[str], Path]) -> None:
    path = song("flac")
    original = audio_hash(path)
    file = mutagen.flac.FLAC(path)
    file["title"] = "Harbour"
    file.save(padding=lambda info: 100_000)
    assert audio_hash(path) == original
    write_id3(path)
    assert path.read_bytes()[:3] == b"ID3"
    assert audio_hash(path) == original


def test_comments_that_fill_many_ogg_pages_keep_the_hash(song: Callable[[str], Path]) -> None:
    path = song("ogg")
    original = audio_hash(path)
    file = mutagen.oggvorbis.OggVorbis(path)
    file["metadata_block_picture"] = ["A" * 300_000]
    file.save()
    assert audio_hash(path) == original


def test_atoms_of_an_mp4_may_be_before_or_behind_the_audio(tmp_path: Path, song: Callable[[str], Path]) -> None:
    path = song("m4a")
    first = tmp_path / "first.m4a"
    with av.open(str(path)) as source, av.open(str(first), "w", options={"movflags": "+faststart"}) as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert first.read_bytes().index(b"moov") < first.read_bytes().index(b"mdat")
    assert path.read_bytes().index(b"moov") > path.read_bytes().index(b"mdat")
    assert audio_hash(first) == audio_hash(path)


def test_chunks_before_and_behind_the_samples_of_a_wav_keep_the_hash(song: Callable[[str], Path]) -> None:
    path = song("wav")
    original, content = audio_hash(path), path.read_bytes()
    info = b"LIST" + (16).to_bytes(4, "little") + b"INFOINAM" + (4).to_bytes(4, "little") + b"Sea\0"
    at = content.index(b"data")
    path.write_bytes(content[:at] + info + content[at:] + info)
    assert audio_hash(path) == original


def test_a_file_that_is_no_audio_has_the_hash_of_all_its_bytes(tmp_path: Path) -> None:
    one, other, copy = tmp_path / "one.mp3", tmp_path / "other.mp3", tmp_path / "copy.txt"
    one.write_bytes(b"This is a text. " * 500)
    other.write_bytes(b"This is a text. " * 500 + b"!")
    shutil.copy(one, copy)
    assert audio_hash(one) == audio_hash(copy) != audio_hash(other)
    one.write_bytes(b"")
    assert len(audio_hash(one)) == 64


def test_the_deadline_ends_a_long_file(song: Callable[[str], Path]) -> None:
    for form in ("mp3", "opus", "wav"):
        with pytest.raises(DeadlineExceeded):
            audio_hash(song(form), Deadline.after(-1))


def test_the_hash_of_a_demo_song_never_changes() -> None:
    """Another value would mean that all songs of every library are analysed again."""
    assert audio_hash(DEMO_SONG) == "6f966f94042e9dc073cf920533eec01ee4a513469b3a9003e196427f168b67ca"
