"""What writing moods leaves alone, what it refuses, and what it does with moods of others."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import mutagen.apev2
import mutagen.flac
import mutagen.id3
import mutagen.oggvorbis
import pytest

from ml.audio.audio_hash import audio_hash
from ml.audio.tag_writing.fields import Existing, Fields, MoodTags, moods_of, name_of, plan
from ml.audio.tag_writing.id3 import NO_TAG, parse_id3, text_frame, text_of
from ml.audio.tag_writing.writing import copy_with_fields, read_fields, write_fields
from ml.errors import MoodError
from tests import sounds
from tests.tag_programs import by_taglib

TAGS = MoodTags(("Calm and Dreamy", "Calm", "Dreamy"))


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An mp3 file without any tag."""
    path = sounds.write(tmp_path_factory.mktemp("mp3") / "song.mp3", sounds.music(2.0), form="mp3")
    mutagen.id3.delete(path)
    return path.read_bytes()


def id3(version: int, *frames: bytes, flags: int = 0, padding: int = 0) -> bytes:
    body = b"".join(frames) + bytes(padding)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, flags]) + size + body


def frame(name: bytes, content: bytes, flags: int = 0) -> bytes:
    """Of less than 128 bytes, whose size is the same in versions 2.3 and 2.4."""
    return name + len(content).to_bytes(4, "big") + flags.to_bytes(2, "big") + content


def tag(path: Path, tags: MoodTags = TAGS, existing: Existing = "keep") -> None:
    file = read_fields(path)
    write_fields(path, file.fields, plan(file.kind, file.fields, tags, existing=existing).fields)


def refusal(path: Path) -> MoodError:
    """Why nothing is written, with the file as it was."""
    content = path.read_bytes()
    with pytest.raises(MoodError) as caught:
        tag(path)
    assert path.read_bytes() == content
    assert caught.value.message.endswith(".")
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    return caught.value


# --- ID3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [3, 4])
def test_all_other_frames_keep_their_bytes_and_order(frames: bytes, tmp_path: Path, version: int) -> None:
    """Also twice the same comment, frames of programs and damaged text, which libraries write in other ways."""
    others = [
        frame(b"TIT2", b"\0Harbour"),
        frame(b"COMM", b"\0eng\0first"),
        frame(b"COMM", b"\0eng\0second"),
        frame(b"TXXX", b"\0REPLAYGAIN_TRACK_GAIN\0-7.1 dB"),
        frame(b"XABC", b"\xff\xfe\x00anything"),
        frame(b"TPE1", b"\1\xff\xfeA"),
        frame(b"PRIV", b"WM/Provider\0\xff\xe0", flags=0x4000),
    ]
    path = tmp_path / "song.mp3"
    path.write_bytes(id3(version, *others, padding=200) + frames)
    size = path.stat().st_size
    tag(path)
    content = path.read_bytes()
    assert len(content) == size, "the tag had room"
    assert content[10:].startswith(b"".join(others))
    assert content.endswith(frames)
    assert content[3] == version


def test_version_2_3_stays_and_gets_one_text(frames: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(id3(3, frame(b"TIT2", b"\0Harbour")) + frames)
    tag(path)
    read = mutagen.id3.ID3(path, translate=False)
    assert read.version == (2, 3, 0)
    assert [str(one) for one in read.getall("TXXX:MOOD")] == ["Calm and Dreamy;Calm;Dreamy"]
    assert read.getall("TMOO") == []
    assert by_taglib(path) == {"TITLE": ["Harbour"], "MOOD": ["Calm and Dreamy;Calm;Dreamy"]}


def test_a_tag_that_grows_gets_room_for_the_next_time(frames: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(id3(4, frame(b"TIT2", b"\0Harbour")) + frames)
    tag(path)
    size = path.stat().st_size
    tag(path, MoodTags(("Angry and Tense", "Angry", "Tense", "Dark", "Gritty")), "replace")
    assert path.stat().st_size == size


def test_an_unsynchronised_tag_stays_one(frames: bytes, tmp_path: Path) -> None:
    """Where a byte 0xFF stands before one that would look like a frame, the tag has a zero between them."""
    path = tmp_path / "song.mp3"
    coded = frame(b"PRIV", b"a\0\xff\xe0\xff\0").replace(b"\xff\xe0\xff\0", b"\xff\0\xe0\xff\0\0")
    path.write_bytes(id3(3, coded, flags=0x80) + frames)
    tag(path)
    assert path.read_bytes()[5] == 0x80
    assert coded in path.read_bytes()
    read = mutagen.id3.ID3(path, translate=False)
    assert read.getall("PRIV")[0].data == b"\xff\xe0\xff\0"
    assert [str(one) for one in read.getall("TXXX:MOOD")] == ["Calm and Dreamy;Calm;Dreamy"]


def test_sizes_as_itunes_wrote_them_are_read(frames: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    picture = b"APIC" + (300).to_bytes(4, "big") + b"\0\0" + b"\0image/png\0\3\0".ljust(300, b"p")
    path.write_bytes(id3(4, picture, frame(b"TIT2", b"\0Harbour")) + frames)
    tag(path)
    assert picture in path.read_bytes()
    assert moods_of(read_fields(path).fields) == list(TAGS.moods)


def test_id3v1_and_apev2_at_the_end_stay(frames: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(id3(4, frame(b"TIT2", b"\0Harbour")) + frames)
    ape = mutagen.apev2.APEv2()
    ape["Title"] = "Of APEv2"
    ape.save(path)
    end = b"TAG" + b"Of version 1".ljust(30, b"\0") + bytes(95)
    path.write_bytes(path.read_bytes() + end)
    behind = path.read_bytes().partition(b"APETAGEX")[2]
    tag(path)
    assert path.read_bytes().partition(b"APETAGEX")[2] == behind


def test_a_new_tag_repeats_what_only_id3v1_says(frames: bytes, tmp_path: Path) -> None:
    """TagLib looks at one kind of tag only, so that the title would be gone."""
    path = tmp_path / "song.mp3"
    content = frames + b"TAG" + b"Harbour".ljust(30) + b"The Testers".ljust(30) + bytes(64) + b"\xff"
    path.write_bytes(content)
    before = by_taglib(path)
    assert before == {"TITLE": ["Harbour"], "ARTIST": ["The Testers"]}
    tag(path)
    assert by_taglib(path) == before | {"MOOD": list(TAGS.moods)}
    write_fields(path, read_fields(path).fields, {}, keep_tag=False)
    assert path.read_bytes() == content


def test_a_file_with_apev2_alone_gets_its_moods_there(frames: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(frames)
    ape = mutagen.apev2.APEv2()
    ape["Title"] = "Harbour"
    ape.save(path)
    end = b"TAG" + b"Harbour".ljust(30) + bytes(95)
    path.write_bytes(path.read_bytes() + end)
    audio = audio_hash(path)
    tag(path)
    assert read_fields(path).kind == "apev2"
    assert by_taglib(path) == {"TITLE": ["Harbour"], "MOOD": list(TAGS.moods)}
    assert path.read_bytes().startswith(frames)
    assert path.read_bytes().endswith(end)
    assert audio_hash(path) == audio
    write_fields(path, read_fields(path).fields, {})
    assert by_taglib(path) == {"TITLE": ["Harbour"]}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-be", "utf-8"])
def test_texts_of_every_encoding_are_read(encoding: str) -> None:
    number = ["latin-1", "utf-16", "utf-16-be", "utf-8"].index(encoding)
    content = bytes([number]) + "mood\0Süß;Calm".encode(encoding)
    tag = parse_id3(id3(4, frame(b"TXXX", content)))
    assert text_of(tag.frames[0], tag) == ["mood", "Süß;Calm"]


def test_words_that_are_not_ascii_are_utf_16_in_version_2_3() -> None:
    tag = parse_id3(id3(3))
    written = text_frame(tag, b"TXXX", ["MOOD", "Süß"])
    assert text_of(written, tag) == ["MOOD", "Süß"]
    assert text_of(text_frame(NO_TAG, b"TMOO", ["Süß", "Calm"]), NO_TAG) == ["Süß", "Calm"]


def test_a_compressed_mood_of_version_2_4_is_read(frames: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    packed = bytes([0, 0, 0, 41]) + zlib.compress(b"\3" + b"Calm" * 10)
    path.write_bytes(id3(4, frame(b"TMOO", packed, flags=0x0009)) + frames)
    assert read_fields(path).fields == {"TMOO": ["Calm" * 10]}


# --- Other formats ----------------------------------------------------------------------------------------------------


def test_a_wav_file_with_an_odd_length_and_bytes_behind_it(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "song.wav", sounds.music(1.0)[:8001], form="wav8")
    content = path.read_bytes()
    path.write_bytes(content + b"behind the end")
    tag(path)
    written = path.read_bytes()
    assert written.endswith(b"behind the end")
    assert int.from_bytes(written[4:8], "little") == len(written) - 8 - len(b"behind the end")
    assert by_taglib(path)["MOOD"] == list(TAGS.moods)


def test_texts_of_a_wav_file_stay_visible_beside_a_new_id3_tag(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "song.wav", sounds.music(1.0), tags={"title": "Harbour", "artist": "The Testers"})
    before = by_taglib(path)
    assert before["TITLE"] == ["Harbour"]
    tag(path)
    after = by_taglib(path)
    assert (after["TITLE"], after["ARTIST"]) == (["Harbour"], ["The Testers"])


def test_flac_keeps_its_pictures_padding_and_unknown_blocks(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "song.flac", sounds.music(1.0), tags={"title": "Harbour"})
    sounds.attach_cover(path, sounds.image())
    mutagen.flac.FLAC(path).save(padding=lambda info: 50_000)
    application = bytes([2]) + (8).to_bytes(3, "big") + b"testdata"
    content = path.read_bytes()
    path.write_bytes(content[:42] + application + content[42:])  # behind STREAMINFO
    size = path.stat().st_size
    tag(path)
    assert path.stat().st_size == size
    assert application in path.read_bytes()
    assert [picture.data for picture in mutagen.flac.FLAC(path).pictures] == [sounds.image()]


def test_vorbis_comments_keep_their_order_and_repetition(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "song.ogg", sounds.music(1.0))
    file = mutagen.oggvorbis.OggVorbis(path)
    pairs = [("ARTIST", "One"), ("Comment", "x"), ("artist", "Two"), ("mood", "Old"), ("COMMENT", "y")]
    file.tags[:] = pairs
    file.save()
    tag(path, existing="replace")
    kept = list(mutagen.oggvorbis.OggVorbis(path).tags)
    assert kept == [pair for pair in pairs if pair[0] != "mood"] + [("MOOD", mood) for mood in TAGS.moods]


# --- What is refused --------------------------------------------------------------------------------------------------


def test_comments_that_are_not_utf_8_are_left_alone(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "song.flac", sounds.music(1.0), tags={"title": "Harbour"})
    path.write_bytes(path.read_bytes().replace(b"Harbour", b"Harb\xfcur"))
    assert refusal(path).code == "tags_damaged"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no audio at all " * 10, "not_audio"),
        (id3(4, b"TIT2\0\0\x7f\x7f\0\0\0Harbour") + b"\xff\xfb\x90\0" * 500, "tags_damaged"),
        (id3(3, frame(b"ti t", b"\0x")) + b"\xff\xfb\x90\0" * 500, "tags_damaged"),
        (id3(9, frame(b"TIT2", b"\0x")) + b"\xff\xfb\x90\0" * 500, "tags_unsupported"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(500), "tags_unsupported"),
        (b"fLaC" + bytes(600), "tags_damaged"),
        (b"OggS" + bytes(600), "tags_unsupported"),
        (b"\0\0\0\x14ftypM4A \0\0\0\0M4A " + bytes(600), "tags_damaged"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(600), "tags_damaged"),
        (b"\x1a\x45\xdf\xa3" + bytes(600), "tags_unsupported"),
    ],
)
def test_broken_files_are_refused_with_a_sentence(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "song"
    path.write_bytes(content)
    assert refusal(path).code == code


@pytest.mark.parametrize("form", ["wav", "aiff"])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, form: str) -> None:
    """A chunk behind the end would count as audio."""
    path = sounds.truncate(sounds.write(tmp_path / f"song.{form}", sounds.music(1.0)), 0.5)
    assert refusal(path).code == "tags_unsupported"


@pytest.mark.parametrize("form", ["flac", "ogg", "opus", "m4a", "wma"])
def test_damaged_audio_is_refused_or_stays_the_same(tmp_path: Path, form: str) -> None:
    path = sounds.damage(sounds.write(tmp_path / f"song.{form}", sounds.music(4.0)), at=0.6)
    before, content = audio_hash(path), path.read_bytes()
    message = "written."
    try:
        tag(path)
    except MoodError as error:
        message = error.message
    assert message.endswith(".")
    assert audio_hash(path) == before if message == "written." else path.read_bytes() == content


def test_moods_that_somebody_changed_meanwhile_are_not_overwritten(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "song.flac", sounds.music(1.0))
    before = read_fields(path).fields
    tag(path, MoodTags(("Of another program",)))
    with pytest.raises(MoodError, match="another program"):
        write_fields(path, before, {"MOOD": ["Calm"]})
    assert read_fields(path).fields == {"MOOD": ["Of another program"]}


def test_a_copy_leaves_the_file_itself_alone(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "song.m4a", sounds.music(1.0))
    content = path.read_bytes()
    copy_with_fields(path, tmp_path / "copy", {"----:com.apple.iTunes:MOOD": ["Calm"]})
    assert path.read_bytes() == content
    assert moods_of(read_fields(tmp_path / "copy").fields) == ["Calm"]
    assert audio_hash(tmp_path / "copy") == audio_hash(path)


# --- Moods that are there already -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "existing", "own", "outcome", "moods"),
    [
        ([], "keep", (), "new", TAGS.moods),
        (["Groovy"], "keep", (), "keep", ("Groovy",)),
        (["Groovy"], "replace", (), "replace", TAGS.moods),
        (["Groovy", "Calm"], "add", (), "add", ("Groovy", "Calm", "Calm and Dreamy", "Dreamy")),
        (TAGS.moods, "keep", (), "same", TAGS.moods),
        (["Sad"], "keep", ("Sad",), "update", TAGS.moods),
        (["Groovy", "Sad"], "keep", ("Sad",), "keep", ("Groovy", "Sad")),
        (["Groovy", "Sad"], "add", ("Sad",), "add", ("Groovy", *TAGS.moods)),
    ],
)
def test_moods_of_others_are_kept_replaced_or_added_to(
    current: list[str], existing: Existing, own: tuple[str, ...], outcome: str, moods: tuple[str, ...]
) -> None:
    fields: Fields = {"MOOD": list(current)} if current else {}
    planned = plan("vorbis", fields, TAGS, existing=existing, own=own)
    assert (planned.outcome, tuple(moods_of(planned.fields))) == (outcome, moods)


def test_mood_fields_of_any_spelling_count_and_give_way(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "song.mp3", sounds.music(1.0))
    tags: Any = mutagen.id3.ID3(path)
    tags.add(mutagen.id3.TXXX(encoding=3, desc="mood", text=["Groovy"]))
    tags.add(mutagen.id3.TMOO(encoding=3, text=["Funky"]))
    tags.save(path)
    before = read_fields(path)
    assert sorted(moods_of(before.fields)) == ["Funky", "Groovy"]
    tag(path, existing="replace")
    assert by_taglib(path)["MOOD"] == list(TAGS.moods)
    write_fields(path, read_fields(path).fields, before.fields)
    assert read_fields(path).fields == before.fields


def test_only_fields_of_moods_count() -> None:
    assert [name_of(field) for field in ("TMOO", "TXXX:mood", "----:com.apple.iTunes:Mood", "WM/Mood", "VALENCE")] == [
        *("mood", "mood", "mood", "mood", "valence")
    ]
    others = ("TIT2", "TXXX:MOOD2", "COMM:mood", "TXXX:Songs-DB:x:mood?", "----:com.other:MOOD", "MOODS")
    assert [name_of(field) for field in others] == [None] * len(others)


def test_valence_and_arousal_of_others_stay_where_moods_are_added() -> None:
    tags = MoodTags(("Calm",), valence=6.0, arousal=2.0)
    planned = plan("vorbis", {"MOOD": ["Groovy"], "VALENCE": ["0.7"]}, tags, existing="add")
    assert planned.fields == {"VALENCE": ["0.7"], "AROUSAL": ["2.00"], "MOOD": ["Groovy", "Calm"]}
