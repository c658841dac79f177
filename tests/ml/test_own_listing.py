"""What people say of their songs is read as they meant it, and what is wrong with it is told by row."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.training.own.label_files import read_collection
from ml.training.own.labelled_songs import Collection, require_two_moods
from tests.ml import collected
from tests.ml.labelled_sounds import folders, song


def table(place: Path, text: str, encoding: str = "utf-8") -> Path:
    path = place / "songs.csv"
    path.write_text(text, encoding=encoding)
    return path


def told(collection: Collection) -> list[tuple[str, str]]:
    return [(problem.place, problem.code) for problem in collection.problems]


@pytest.fixture
def tunes(tmp_path: Path) -> Path:
    """Two files that are songs for whoever only reads lists: nothing is decoded here."""
    for name in ("a.mp3", "b.mp3"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_folders_are_named_after_moods_and_hold_songs_at_any_depth(tmp_path: Path) -> None:
    folders(tmp_path, 1)
    song(tmp_path / "happy" / "album" / "deep.flac", "happy", 50)
    (tmp_path / "happy" / "cover.jpg").write_bytes(b"\xff\xd8\xff no song")
    (tmp_path / ".hidden").mkdir()
    found = read_collection(tmp_path)
    assert [(one.place, one.moods) for one in found.songs] == [
        ("happy/0.flac", ("happy",)),
        ("happy/album/deep.flac", ("happy",)),
        ("sad/0.flac", ("sad",)),
    ]
    assert found.problems == []


def test_the_artist_comes_from_the_tag_and_an_unknown_one_is_nobody_elses(tmp_path: Path) -> None:
    song(tmp_path / "sad" / "a.flac", "sad", 1, artist="Nina  SIMONE")
    song(tmp_path / "sad" / "b.flac", "sad", 2)
    song(tmp_path / "sad" / "c.flac", "sad", 3)
    known, *unknown = read_collection(tmp_path).songs
    assert (known.artist, known.artist_from) == ("nina simone", "tag")
    assert {one.artist_from for one in unknown} == {"file"}
    assert len({one.artist for one in unknown}) == 2


def test_a_folder_named_after_two_moods_holds_songs_of_both(tmp_path: Path) -> None:
    song(tmp_path / "calm;sad" / "a.flac", "sad", 1)
    found = read_collection(tmp_path)
    assert found.songs[0].moods == ("calm", "sad")
    assert found.multi_label


def test_a_tables_paths_are_relative_to_it(tunes: Path) -> None:
    found = read_collection(table(tunes, "file,mood,artist\na.mp3,calm,Bach\n" + str(tunes / "b.mp3") + ",sad,Bach\n"))
    assert [one.path.name for one in found.songs] == ["a.mp3", "b.mp3"]
    assert {one.artist for one in found.songs} == {"bach"}
    assert {one.artist_from for one in found.songs} == {"column"}


def test_several_moods_are_separated_by_semicolons_or_bars(tunes: Path) -> None:
    found = read_collection(table(tunes, "file,moods\na.mp3,calm; Warm\nb.mp3,warm|sad\n"))
    assert [one.moods for one in found.songs] == [("calm", "Warm"), ("Warm", "sad")]
    assert found.moods == ("calm", "sad", "Warm")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("file;mood\na.mp3;heiß\n", "utf-8-sig"),
        ("File\tMood\na.mp3\theiß\n", "utf-16"),
        ("file,mood\na.mp3,heiß\n", "cp1252"),
    ],
)
def test_a_spreadsheets_own_kinds_of_csv_are_read(tunes: Path, text: str, encoding: str) -> None:
    found = read_collection(table(tunes, text, encoding))
    assert [one.moods for one in found.songs] == [("heiß",)]


def test_bad_rows_are_told_by_the_number_that_a_spreadsheet_shows(tunes: Path) -> None:
    rows = [
        "file,mood,fold",
        "a.mp3,calm,0",
        "gone.mp3,calm,0",
        "",
        ",sad,1",
        "b.mp3,,1",
        "b.mp3,sad,one",
        "b.mp3,sad,",
    ]
    found = read_collection(table(tunes, "\n".join(rows)))
    assert told(found) == [
        ("row 3", "file_missing"),
        ("row 5", "file_missing"),
        ("row 6", "mood_missing"),
        ("row 7", "fold_invalid"),
        ("row 8", "fold_invalid"),
    ]
    assert len(found.songs) == 1


def test_the_same_recording_is_kept_once_and_both_places_are_told(tunes: Path) -> None:
    (tunes / "copy.mp3").write_bytes((tunes / "a.mp3").read_bytes())
    found = read_collection(table(tunes, "file,mood\na.mp3,calm\nb.mp3,sad\ncopy.mp3,sad\n"))
    assert told(found) == [("row 4", "song_repeated")]
    assert "row 2" in found.problems[0].message
    assert "“calm”" in found.problems[0].message


def test_another_column_may_hold_the_moods(tunes: Path) -> None:
    found = read_collection(table(tunes, "file,mood,quadrant\na.mp3,x,Q1\n"), mood_column="Quadrant")
    assert found.songs[0].moods == ("Q1",)
    assert found.notes == ["Columns that are not read: mood."]


def test_a_missing_column_is_named_with_those_that_are_there(tunes: Path) -> None:
    with pytest.raises(MoodError, match=r"no column “file”.*title, mood") as caught:
        read_collection(table(tunes, "title,mood\nx,calm\n"))
    assert caught.value.code == "column_missing"


@pytest.mark.parametrize(("content", "code"), [(b"", "data_unreadable"), (b"\x93\0\0\0\xff", "data_unreadable")])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "songs.csv"
    path.write_bytes(content)
    with pytest.raises(MoodError) as caught:
        read_collection(path)
    assert caught.value.code == code


def test_a_collected_folder_is_read_by_its_table_and_not_by_its_folders(tmp_path: Path) -> None:
    for number, mood in enumerate(("happy", "sad")):
        song(tmp_path / f"{number}.flac", mood, number, artist=f"singer {number}")
    collected.run(tmp_path, "file,mood\n0.flac,happy;loud\n1.flac,sad\n")
    found = read_collection(tmp_path / "set")
    assert [(one.place, one.moods, one.artist) for one in found.songs] == [
        ("row 2", ("happy", "loud"), "singer 0"),
        ("row 3", ("sad",), "singer 1"),
    ]
    assert found.notes[-1].startswith("The folder is read by its table, labels.csv")
    assert found.songs == read_collection(tmp_path / "set" / "labels.csv").songs


def test_a_folder_that_is_still_collected_is_not_taken_for_folders_of_moods(tmp_path: Path) -> None:
    for number in range(2):
        song(tmp_path / f"{number}.flac", "sad", number)
    collected.run(tmp_path, "file,mood\n0.flac,happy\n1.flac,sad\n")
    (tmp_path / "set" / "labels.csv").unlink()
    with pytest.raises(MoodError, match="come to its end"):
        read_collection(tmp_path / "set")


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MoodError, match="nowhere") as caught:
        read_collection(tmp_path / "nowhere")
    assert caught.value.code == "data_missing"


def test_a_folder_without_folders_says_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(MoodError, match="folder named after it"):
        read_collection(tmp_path)


def test_songs_beside_the_folders_are_told_and_not_used(tmp_path: Path) -> None:
    folders(tmp_path, 1)
    song(tmp_path / "loose.flac", "sad", 9)
    found = read_collection(tmp_path)
    assert len(found.songs) == 2
    assert found.notes == ["Songs beside the folders of moods, where nothing says what they are, are not used: 1."]


def test_a_file_that_may_not_be_read_is_a_problem_and_no_crash(tunes: Path) -> None:
    (tunes / "b.mp3").chmod(0)
    if os.access(tunes / "b.mp3", os.R_OK):
        pytest.skip("whoever runs this may read everything")
    assert told(read_collection(table(tunes, "file,mood\nb.mp3,sad\n"))) == [("row 2", "file_unreadable")]


def test_a_single_mood_is_nothing_to_tell_apart(tunes: Path) -> None:
    found = read_collection(table(tunes, "file,mood\na.mp3,calm\nb.mp3, CALM \n"))
    with pytest.raises(MoodError, match="“calm”") as caught:
        require_two_moods(found)
    assert caught.value.code == "one_mood_only"


def test_no_song_at_all_is_said_with_how_many_were_left_out(tunes: Path) -> None:
    found = read_collection(table(tunes, "file,mood\ngone.mp3,calm\n"))
    with pytest.raises(MoodError, match="1 were left out") as caught:
        require_two_moods(found)
    assert caught.value.code == "no_songs"
