"""Reading lists of recordings, and errors by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.training.collecting.entries import Entry
from ml.training.collecting.recording_lists import read_lists


def read(path: Path, text: str | bytes, mood: str = "") -> list[Entry]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_lists([path], mood)


def test_a_csv_has_recordings_with_their_labels(tmp_path: Path) -> None:
    text = 'file,mood,artist,title,start_s,end_s,fold\na.mp3,calm;warm,"Bach, J. S.",Aria,1.5,20,3\n\nb.mp3,sad,,,,,\n'
    first, second = read(tmp_path / "songs.csv", text)
    assert (first.path, first.mood, first.artist, first.title) == (
        tmp_path / "a.mp3",
        "calm;warm",
        "Bach, J. S.",
        "Aria",
    )
    assert (first.start_s, first.end_s, first.extra_columns) == (1.5, 20.0, {"fold": "3"})
    assert (second.row, second.start_s, second.problem) == (4, None, None)


def test_csv_dialects_of_spreadsheets_are_accepted(tmp_path: Path) -> None:
    (entry,) = read(tmp_path / "songs.csv", "\ufeffFile;Mood\r\nKöln.mp3;calm\r\n".encode())
    assert (entry.place, entry.mood) == ("Köln.mp3", "calm")
    (entry,) = read(tmp_path / "songs.csv", "file;mood\nKöln.mp3;calm\n".encode("cp1252"))
    assert entry.place == "Köln.mp3"
    (entry,) = read(tmp_path / "songs.csv", "file\tmood\nKöln.mp3\tcalm\n".encode("utf-16"))
    assert (entry.place, entry.mood) == ("Köln.mp3", "calm")


def test_the_first_filled_location_column_counts(tmp_path: Path) -> None:
    entries = read(tmp_path / "songs.csv", "file,url\na.mp3,\n,https://music.example/b.mp3\n")
    assert [(entry.place, entry.is_link) for entry in entries] == [
        ("a.mp3", False),
        ("https://music.example/b.mp3", True),
    ]


@pytest.mark.parametrize(
    ("row", "result"),
    [
        ("a.mp3,calm,x,,", "start_s is 'x'"),
        ("a.mp3,calm,-1,,", "start_s is '-1'"),
        ("a.mp3,calm,nan,,", "start_s is 'nan'"),
        ("a.mp3,calm,9,5,", "end_s is 5 and start_s is 9"),
        ("a.mp3,calm,,,abc", "64 hexadecimal digits"),
        (",calm,,,", "has no path or link"),
        ("a.mp3,calm,,,,surplus", "6 cells for 5 columns"),
    ],
)
def test_a_wrong_row_is_reported_and_the_others_are_used(tmp_path: Path, row: str, result: str) -> None:
    entries = read(tmp_path / "songs.csv", f"file,mood,start_s,end_s,sha256\n{row}\nb.mp3,sad,,,\n")
    assert entries[0].row == 2
    assert entries[0].problem is not None
    assert result in entries[0].problem.message
    assert entries[1].problem is None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("songs.csv", "mood,artist\ncalm,x\n", "list_unreadable"),
        ("songs.csv", "", "list_unreadable"),
        ("songs.csv", "file,mood,mood\na.mp3,calm,sad\n", "list_unreadable"),
        ("songs.csv", b"PK\x03\x04\0\0\0", "list_unreadable"),
        ("songs.xlsx", "file\n", "list_unknown"),
        ("songs.xspf", "<playlist><trackList>", "list_unreadable"),
        ("songs.xspf", '<!DOCTYPE x [<!ENTITY a "b">]><playlist/>', "list_unreadable"),
        ("stream.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\n0.ts\n", "list_unreadable"),
    ],
)
def test_files_that_are_not_lists_are_rejected(tmp_path: Path, name: str, content: str | bytes, code: str) -> None:
    with pytest.raises(MoodError, match=name) as caught:
        read(tmp_path / name, content)
    assert caught.value.code == code


def test_a_missing_list_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MoodError, match=r"nowhere\.csv") as caught:
        read_lists([tmp_path / "nowhere.csv"])
    assert caught.value.code == "list_missing"


def test_an_m3u_has_artists_and_titles(tmp_path: Path) -> None:
    text = "#EXTM3U\n#EXTINF:215,A-ha - Take On - Me\nmusic/1.mp3\n\n#EXTINF:1,Intro\n2.mp3\n3.mp3\n"
    entries = read(tmp_path / "list.m3u8", text, mood="calm")
    assert [(entry.row, entry.artist, entry.title) for entry in entries] == [
        (3, "A-ha", "Take On - Me"),
        (6, "", "Intro"),
        (7, "", ""),
    ]
    assert entries[0].path == tmp_path / "music/1.mp3"
    assert {entry.mood for entry in entries} == {"calm"}


def test_windows_paths_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "music/1.mp3").write_bytes(b"x")
    (entry,) = read(tmp_path / "list.m3u", "music\\1.mp3\r\n")
    assert entry.path.is_file()


def test_file_urls_are_paths(tmp_path: Path) -> None:
    entries = read(tmp_path / "list.m3u", f"file://{tmp_path}/a%20b.mp3\nRome: Overture.mp3\n")
    assert [entry.path for entry in entries] == [tmp_path / "a b.mp3", tmp_path / "Rome: Overture.mp3"]
    assert not any(entry.is_link for entry in entries)


def test_a_pls_is_read_in_numeric_order(tmp_path: Path) -> None:
    text = (
        "[playlist]\nFile2=b.mp3\nTitle2=Nina - Blue\nfile1=http://music.example/a.mp3\nNumberOfEntries=2\nVersion=2\n"
    )
    entries = read(tmp_path / "list.pls", text)
    assert [(entry.row, entry.place, entry.artist, entry.title) for entry in entries] == [
        (1, "http://music.example/a.mp3", "", ""),
        (2, "b.mp3", "Nina", "Blue"),
    ]


def test_an_xspf_is_read_with_its_creators(tmp_path: Path) -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?>
    <playlist version="1" xmlns="http://xspf.org/ns/0/"><title>Mine</title><trackList>
      <track><location>music/a%20b.mp3</location><creator>Nina</creator><title>Blue &amp; red</title></track>
      <track><title>Nowhere</title></track>
      <track><location>https://music.example/c%20d.mp3</location></track>
    </trackList></playlist>"""
    entries = read(tmp_path / "list.xspf", text)
    assert [(entry.row, entry.place, entry.artist, entry.title) for entry in entries] == [
        (1, "music/a b.mp3", "Nina", "Blue & red"),
        (3, "https://music.example/c%20d.mp3", "", ""),
    ]


def test_a_table_may_name_a_playlist_for_each_mood(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/calm.m3u").write_text("#EXTINF:1,Nina - Blue\n1.mp3\n2.mp3\n")
    entries = read(tmp_path / "songs.csv", "file,mood,fold\nlists/calm.m3u,calm,2\nsad.m3u,sad,\n")
    assert [entry.path for entry in entries[:2]] == [tmp_path / "lists/1.mp3", tmp_path / "lists/2.mp3"]
    assert [(entry.mood, entry.artist, entry.extra_columns) for entry in entries[:2]] == [
        ("calm", "Nina", {"fold": "2"}),
        ("calm", "", {"fold": "2"}),
    ]
    assert entries[2].problem is not None
    assert entries[2].problem.code == "list_missing"
