"""Title, artist and album are read from the file's tags; damaged tags never fail a song."""

from __future__ import annotations

import struct
from pathlib import Path

import mutagen.apev2
import mutagen.id3
import mutagen.wave
import numpy as np
import pytest

from ml.audio.tags import MAX_LENGTH, Cover, Tags, read_tags, tidy
from ml.audio.text_encoding import decode_texts
from tests import sounds

TAGGED = (
    "mp3",
    "wav",
    "flac",
    "ogg",
    "opus",
    "m4a",
    "alac",
    "aac",
    "aiff",
    "wma",
    "webm",
    "matroska",
    "caf",
    "wavpack",
)


@pytest.mark.parametrize("form", TAGGED)
def test_tags_are_read_from_every_format(form: str, tmp_path: Path) -> None:
    tags = {"title": "Für Elise, 2. Teil", "artist": "Людвиг 日本", "album": "Bagatellen"}
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", sounds.tone(440, 1), form=form, tags=tags)

    assert read_tags(song) == Tags("Für Elise, 2. Teil", "Людвиг 日本", "Bagatellen")


@pytest.mark.parametrize("form", ["mp3", "flac", "m4a", "wma"])
def test_a_wrong_extension_does_not_hide_the_tags(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.dat", sounds.tone(440, 1), form=form, tags={"title": "Hidden"})

    assert read_tags(song).title == "Hidden"


@pytest.mark.parametrize("form", ["mp3", "wav", "flac", "ogg", "m4a", "aac", "aiff", "mpegts", "au"])
def test_a_song_without_tags_has_none(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", sounds.tone(440, 1), form=form)

    assert read_tags(song) == Tags(None, None, None)


def test_id3v1_is_read(tmp_path: Path) -> None:
    song = sounds.write_long(tmp_path / "old.mp3", 5)
    with song.open("ab") as file:
        file.write(b"TAG" + b"Old title".ljust(30, b"\0") + b"Old artist".ljust(30, b" ") + b"\0" * 65)

    assert read_tags(song) == Tags("Old title", "Old artist", genre="Blues")


def test_apev2_tags_are_read(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wv", sounds.tone(440, 1), form="wavpack")
    tags = mutagen.apev2.APEv2()
    tags["Title"], tags["Artist"] = "Monkey", ["One", "Two"]
    tags.save(song)

    assert read_tags(song) == Tags("Monkey", "One, Two", None)


def test_id3_in_a_wav_is_read(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.tone(440, 1))
    file = mutagen.wave.WAVE(song)
    file.add_tags()
    file.tags.add(mutagen.id3.TIT2(encoding=1, text="In UTF-16"))
    file.save()

    assert read_tags(song).title == "In UTF-16"


def test_several_artists_are_joined(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 1))
    tags = mutagen.id3.ID3(song)
    tags.add(mutagen.id3.TPE1(encoding=3, text=["Simon", "Garfunkel"]))
    tags.save(song)

    assert read_tags(song).artist == "Simon, Garfunkel"


def test_a_cover_of_20_mb_is_skipped(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 1), tags={"title": "Covered"}, cover=bytes(20_000_000))

    assert read_tags(song).title == "Covered"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (None, None),
        ("", None),
        (" \t\n\0 ", None),
        ("  two\r\n lines \0", "two lines"),
        ("bell\a and \x1b[31mred", "bell and [31mred"),
        ("e\u0301tude", "étude"),
        ("half \ud800 a letter", "half a letter"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<b>bold</b> & \"quoted\" 'name'", "<b>bold</b> & \"quoted\" 'name'"),
        ("x" * 10_000_000, "x" * MAX_LENGTH),
        ("y" * (MAX_LENGTH - 1) + "  z", "y" * (MAX_LENGTH - 1)),
    ],
    ids=range(11),
)
def test_a_tag_is_one_clean_line_of_bounded_length(raw: str | None, clean: str | None) -> None:
    assert tidy(raw) == clean


@pytest.mark.parametrize("content", [b"", b"ID3", b"ID3\4\0\0\x7f\x7f\x7f\x7f", b"fLaC" + b"\xff" * 100, b"OggS" * 50])
def test_a_damaged_file_has_no_tags_and_raises_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)

    assert read_tags(path) == Tags()


def test_a_missing_file_has_no_tags(tmp_path: Path) -> None:
    assert read_tags(tmp_path / "gone.mp3") == Tags()


def test_damaged_tags_raise_nothing(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    path = tmp_path / "song"
    for form in TAGGED:
        tags = {"title": "A title", "artist": "Somebody", "album": "Something"}
        whole = sounds.write(path, sounds.tone(440, 0.5, 8000), 8000, form, tags=tags).read_bytes()
        for _ in range(10):
            data = bytearray(whole)
            for at in chance.integers(0, min(len(data), 400), 10):
                data[at] = chance.integers(0, 256)
            path.write_bytes(data)
            read_tags(path)


# Encodings of texts


def riff_info(path: Path, **texts: bytes) -> Path:
    """A WAV file with an INFO chunk."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    wav = sounds.write(path, sounds.tone(440, 3)).read_bytes()
    info = chunk(b"LIST", b"INFO" + b"".join(chunk(name.encode(), text + b"\0") for name, text in texts.items()))
    body = wav[12:36] + info + wav[wav.find(b"data") :]
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body)
    return path


def id3v1(path: Path, title: bytes, artist: bytes, album: bytes = b"") -> Path:
    return append_id3v1(sounds.write_long(path, 5), title, artist, album)


def append_id3v1(path: Path, title: bytes, artist: bytes, album: bytes = b"") -> Path:
    fields = (text[:30].ljust(30, b"\0") for text in (title, artist, album))
    with path.open("ab") as file:
        file.write(b"TAG" + b"".join(fields) + b"1999" + bytes(30) + b"\xff")
    return path


def latin1_frames(path: Path, title: bytes, artist: bytes) -> Path:
    """An mp3 with ID3v2.3 frames that claim to be Latin-1."""
    sounds.write_long(path, 5)
    frames = b"".join(
        name + (len(text) + 1).to_bytes(4, "big") + b"\0\0\0" + text
        for name, text in ((b"TIT2", title), (b"TPE1", artist))
    )
    header = b"ID3\3\0\0" + bytes([0, 0, len(frames) >> 7, len(frames) & 127])
    path.write_bytes(header + frames + path.read_bytes())
    return path


ENCODED = [
    ("cp1252", "Köln über", "Jürgen"),
    ("cp1252", "Déjà vu – L’été", "Françoise"),
    ("cp1252", "Dýrð í dauðaþögn", "Ásgeir"),
    ("cp1250", "Łódź Kraków", "Żółć"),
    ("cp1254", "Işığın Yansıması", "Teoman"),
    ("cp1251", "Группа крови", "Кино"),
    ("koi8-r", "Звезда по имени", "Кино"),
    ("cp1253", "Ζορμπάς", "Θεοδωράκης"),
    ("cp932", "残酷な天使のテーゼ", "高橋"),
    ("euc-jp", "さくら", "森山直太朗"),
    ("gb18030", "月亮代表我的心", "邓丽君"),
    ("big5", "青花瓷", "周杰倫"),
    ("cp949", "사랑해", "이문세"),
    ("utf-8", "Señor Björk", "Motörhead"),
    ("utf-8", "さくら", "森山"),
]


@pytest.mark.parametrize(("encoding", "title", "artist"), ENCODED)
def test_legacy_encodings_are_detected_in_every_tag_that_states_none(
    encoding: str, title: str, artist: str, tmp_path: Path
) -> None:
    raw = title.encode(encoding), artist.encode(encoding)
    for song in (
        riff_info(tmp_path / "info.wav", INAM=raw[0], IART=raw[1]),
        id3v1(tmp_path / "v1.mp3", *raw),
        latin1_frames(tmp_path / "v2.mp3", *raw),
    ):
        tags = read_tags(song)
        assert (tags.title, tags.artist) == (title, artist), song.name


@pytest.mark.parametrize(
    "text",
    [
        "Für Elise",
        "Ænima",
        "É",
        "Où",
        "Straße",
        "El Niño",
        "¿Dónde Jugarán Los Niños?",
        "“Heroes”",
        "½ Mensch",
        "AC·DC",
    ],
)
def test_western_titles_stay_as_they_are(text: str) -> None:
    assert decode_texts([text.encode("cp1252")]) == [text]


def test_the_encoding_is_decided_over_all_texts_of_a_file() -> None:
    texts = ["Любэ", "Атас", "Best of"]
    assert decode_texts([text.encode("cp1251") for text in texts]) == texts


def test_a_utf8_text_that_id3v1_cuts_inside_a_character_is_read(tmp_path: Path) -> None:
    title = "a" + 20 * "ä"
    assert read_tags(id3v1(tmp_path / "song.mp3", title.encode(), b"")).title == "a" + 14 * "ä"


@pytest.mark.parametrize("texts", [[b""], [b"\xff\xfe\xff"], [bytes(range(128, 256))], [b"a" * 5000 + b"\x80"]])
def test_any_bytes_are_decoded(texts: list[bytes]) -> None:
    assert len(decode_texts(texts)) == len(texts)


def test_apev2_in_an_mp3_is_read_and_goes_before_id3v1(tmp_path: Path) -> None:
    song = sounds.write_long(tmp_path / "song.mp3", 5)
    tags = mutagen.apev2.APEv2()
    tags["Title"], tags["Year"] = "A title that ID3v1 cuts after 30 bytes", "2004-05-01"
    tags.save(song)
    append_id3v1(song, b"A title that ID3v1 cuts after ", b"Somebody")
    result = read_tags(song)
    assert (result.title, result.artist, result.year) == ("A title that ID3v1 cuts after 30 bytes", "Somebody", 2004)


@pytest.mark.parametrize("text", ["\u200b", "\u3164\u3164", "\u2060 \ufeff", "\u2800", "\u00ad"])
def test_an_invisible_title_counts_as_none(text: str) -> None:
    assert tidy(text) is None


# Other tags

ID = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"


def test_the_other_tags_of_an_mp3_are_read(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 1), cover=sounds.image("JPEG"))
    tags = mutagen.id3.ID3(song)
    tags.add(mutagen.id3.TPE2(encoding=3, text="Various Artists"))
    tags.add(mutagen.id3.TDRC(encoding=3, text="1997-06-16"))
    tags.add(mutagen.id3.TCON(encoding=3, text="(17)"))
    tags.add(mutagen.id3.TRCK(encoding=3, text="03/12"))
    tags.add(mutagen.id3.UFID(owner="http://musicbrainz.org", data=ID.encode()))
    tags.add(mutagen.id3.TXXX(encoding=3, desc="MusicBrainz Artist Id", text=[ID, ID.replace("b1", "c2")]))
    tags.save(song)

    result = read_tags(song)

    assert (result.album_artist, result.year, result.genre) == ("Various Artists", 1997, "Rock")
    assert (result.track_number, result.musicbrainz_recording_id) == (3, ID)
    assert result.musicbrainz_artist_ids == (ID, ID.replace("b1", "c2"))
    assert result.cover == Cover("image/jpeg", sounds.image("JPEG"))


@pytest.mark.parametrize("form", ["flac", "ogg", "m4a"])
def test_the_other_tags_are_read_from_vorbis_comments_and_mp4(form: str, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / f"song{sounds.FORMS[form].suffix}", sounds.tone(440, 1), form=form)
    file = mutagen.File(song)
    if form == "m4a":
        file["aART"], file["\xa9day"], file["trkn"] = ["Various"], ["2011"], [(7, 9)]
        file["----:com.apple.iTunes:MusicBrainz Album Id"] = [ID.encode()]
    else:
        file["albumartist"], file["date"], file["tracknumber"], file["musicbrainz_albumid"] = "Various", "2011", "7", ID
    file.save()

    result = read_tags(song)

    assert (result.album_artist, result.year, result.track_number) == ("Various", 2011, 7)
    assert result.musicbrainz_release_id == ID


@pytest.mark.parametrize("form", ["mp3", "flac", "m4a", "aiff"])
def test_the_cover_is_read(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"song{sounds.FORMS[form].suffix}"
    song = sounds.write(path, sounds.tone(440, 1), form=form, cover=sounds.image())
    assert read_tags(song).cover == Cover("image/png", sounds.image())


def test_a_cover_above_10_mb_or_without_an_image_is_not_read(tmp_path: Path) -> None:
    for image in (b"\x89PNG\r\n\x1a\n" + bytes(10_000_000), b"not an image"):
        song = sounds.write(tmp_path / "song.mp3", sounds.tone(440, 1), cover=image)
        assert read_tags(song).cover is None
