"""Reading songs with their moods from folders and tables, and errors by row."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.training.own.label_files import read_collection
from ml.training.own.labelled_songs import Collection, require_two_moods
from tests.ml import collect_runs
from tests.ml.labelled_sounds import folders, song


def table(place: Path, text: str, encoding: str = "utf-8") -> Path:
    path = place / "songs.csv"
    path.write_text(text, encoding=encoding)
    return path


def told(collection: Collection) -> list[tuple[str, str]]:
    return [(problem.place, problem.code) for problem in collection.problems]


@pytest.fixture
def tunes(tmp_path: Path) -> Path:
    """Two files that look like songs; nothing is decoded here."""
    for name in ("a.mp3", "b.mp3"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_mood_folders_contain_songs_at_any_depth(tmp_path: Path) -> None:
    folders(tmp_path, 1)
    song(tmp_path / "happy" / "album" / "deep.flac", "happy", 50)
    (tmp_path / "happy" / "cover.jpg").write_bytes(b"\xff\xd8\xff no song")
    (tmp_path / ".hidden").mkdir()
    result = read_collection(tmp_path)
    assert [(one.place, one.moods) for one in result.songs] == [
        ("happy/0.flac", ("happy",)),
        ("happy/album/deep.flac", ("happy",)),
        ("sad/0.flac", ("sad",)),
    ]
    assert result.problems == []


def test_artists_come_from_tags_and_unknown_ones_are_unique(tmp_path: Path) -> None:
    song(tmp_path / "sad" / "a.flac", "sad", 1, artist="Nina  SIMONE")
    song(tmp_path / "sad" / "b.flac", "sad", 2)
    song(tmp_path / "sad" / "c.flac", "sad", 3)
    artists, *unknown = read_collection(tmp_path).songs
    assert (artists.artist, artists.artist_from) == ("nina simone", "tag")
    assert {one.artist_from for one in unknown} == {"file"}
    assert len({one.artist for one in unknown}) == 2


def test_a_folder_named_after_two_moods_has_songs_of_both(tmp_path: Path) -> None:
    song(tmp_path / "calm;sad" / "a.flac", "sad", 1)
    result = read_collection(tmp_path)
    assert result.songs[0].moods == ("calm", "sad")
    assert result.multi_label


def test_paths_are_relative_to_the_table(tunes: Path) -> None:
    result = read_collection(table(tunes, "file,mood,artist\na.mp3,calm,Bach\n" + str(tunes / "b.mp3") + ",sad,Bach\n"))
    assert [one.path.name for one in result.songs] == ["a.mp3", "b.mp3"]
    assert {one.artist for one in result.songs} == {"bach"}
    assert {one.artist_from for one in result.songs} == {"column"}


def test_several_moods_are_separated_by_semicolons_or_bars(tunes: Path) -> None:
    result = read_collection(table(tunes, "file,moods\na.mp3,calm; Warm\nb.mp3,warm|sad\n"))
    assert [one.moods for one in result.songs] == [("calm", "Warm"), ("Warm", "sad")]
    assert result.moods == ("calm", "sad", "Warm")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("file;mood\na.mp3;heiß\n", "utf-8-sig"),
        ("File\tMood\na.mp3\theiß\n", "utf-16"),
        ("file,mood\na.mp3,heiß\n", "cp1252"),
    ],
)
def test_csv_dialects_of_spreadsheets_are_read(tunes: Path, text: str, encoding: str) -> None:
    result = read_collection(table(tunes, text, encoding))
    assert [one.moods for one in result.songs] == [("heiß",)]


def test_bad_rows_are_reported_by_spreadsheet_row(tunes: Path) -> None:
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
    result = read_collection(table(tunes, "\n".join(rows)))
    assert told(result) == [
        ("row 3", "file_missing"),
        ("row 5", "file_missing"),
        ("row 6", "mood_missing"),
        ("row 7", "fold_invalid"),
        ("row 8", "fold_invalid"),
    ]
    assert len(result.songs) == 1


def test_duplicates_are_reported_with_both_places(tunes: Path) -> None:
    (tunes / "copy.mp3").write_bytes((tunes / "a.mp3").read_bytes())
    result = read_collection(table(tunes, "file,mood\na.mp3,calm\nb.mp3,sad\ncopy.mp3,sad\n"))
    assert told(result) == [("row 4", "song_repeated")]
    assert "row 2" in result.problems[0].message
    assert "“calm”" in result.problems[0].message


def test_moods_can_come_from_another_column(tunes: Path) -> None:
    result = read_collection(table(tunes, "file,mood,quadrant\na.mp3,x,Q1\n"), mood_column="Quadrant")
    assert result.songs[0].moods == ("Q1",)
    assert result.notes == ["Ignored columns: mood."]


def test_a_missing_column_is_reported_with_the_existing_ones(tunes: Path) -> None:
    with pytest.raises(MoodError, match=r"no column “file”.*title, mood") as caught:
        read_collection(table(tunes, "title,mood\nx,calm\n"))
    assert caught.value.code == "column_missing"


@pytest.mark.parametrize(("content", "code"), [(b"", "data_unreadable"), (b"\x93\0\0\0\xff", "data_unreadable")])
def test_a_file_that_is_not_a_table_is_rejected(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "songs.csv"
    path.write_bytes(content)
    with pytest.raises(MoodError) as caught:
        read_collection(path)
    assert caught.value.code == code


def test_a_collected_folder_is_read_by_its_table(tmp_path: Path) -> None:
    for number, mood in enumerate(("happy", "sad")):
        song(tmp_path / f"{number}.flac", mood, number, artist=f"singer {number}")
    collect_runs.run(tmp_path, "file,mood\n0.flac,happy;loud\n1.flac,sad\n")
    result = read_collection(tmp_path / "set")
    assert [(one.place, one.moods, one.artist) for one in result.songs] == [
        ("row 2", ("happy", "loud"), "singer 0"),
        ("row 3", ("sad",), "singer 1"),
    ]
    assert result.notes[-1].startswith("The folder is read by its table labels.csv")
    assert result.songs == read_collection(tmp_path / "set" / "labels.csv").songs


def test_an_unfinished_collection_is_rejected(tmp_path: Path) -> None:
    for number in range(2):
        song(tmp_path / f"{number}.flac", "sad", number)
    collect_runs.run(tmp_path, "file,mood\n0.flac,happy\n1.flac,sad\n")
    (tmp_path / "set" / "labels.csv").unlink()
    with pytest.raises(MoodError, match="finish first"):
        read_collection(tmp_path / "set")


def test_a_missing_path_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MoodError, match="nowhere") as caught:
        read_collection(tmp_path / "nowhere")
    assert caught.value.code == "data_missing"


def test_a_folder_without_mood_folders_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(MoodError, match="folder named after it"):
        read_collection(tmp_path)


def test_songs_outside_mood_folders_are_reported(tmp_path: Path) -> None:
    folders(tmp_path, 1)
    song(tmp_path / "loose.flac", "sad", 9)
    result = read_collection(tmp_path)
    assert len(result.songs) == 2
    assert result.notes == ["Songs outside the mood folders are not used: 1."]


def test_an_unreadable_file_is_a_problem(tunes: Path) -> None:
    (tunes / "b.mp3").chmod(0)
    if os.access(tunes / "b.mp3", os.R_OK):
        pytest.skip("root can read every file")
    assert told(read_collection(table(tunes, "file,mood\nb.mp3,sad\n"))) == [("row 2", "file_unreadable")]


def test_a_single_mood_is_rejected(tunes: Path) -> None:
    result = read_collection(table(tunes, "file,mood\na.mp3,calm\nb.mp3, CALM \n"))
    with pytest.raises(MoodError, match="“calm”") as caught:
        require_two_moods(result)
    assert caught.value.code == "one_mood_only"


def test_no_usable_songs_are_reported_with_the_number_left_out(tunes: Path) -> None:
    result = read_collection(table(tunes, "file,mood\ngone.mp3,calm\n"))
    with pytest.raises(MoodError, match="1 were left out") as caught:
        require_two_moods(result)
    assert caught.value.code == "no_songs"
