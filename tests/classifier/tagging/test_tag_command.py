"""`manage.py tag --write`, `--dry-run` and `--undo`."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import mutagen.flac
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from classifier.models import Person, Song, TagChange, TagJob
from classifier.vocabularies.stored import vocabulary_save
from ml.audio.audio_hash import audio_hash
from tests import sounds
from tests.classifier.fake_analysis import FakeAnalyser
from tests.classifier.tagging.conftest import AddSong, moods, preview, run

pytestmark = pytest.mark.django_db(transaction=True)

SIDES = ["Calm but Powerful", "Calm", "Powerful"]


@pytest.fixture
def album(tmp_path: Path, analyser: FakeAnalyser) -> Path:
    """Two songs; every song is “Calm but Powerful”."""
    folder = tmp_path / "album"
    folder.mkdir()
    for number, suffix in enumerate((".flac", ".mp3")):
        sounds.write(folder / f"{number}{suffix}", sounds.music(1.0, seed=number))
    return folder


def tag(*arguments: Any) -> tuple[list[dict[str, Any]], int]:
    out, status = StringIO(), 0
    try:
        call_command("tag", *map(str, arguments), "--json", stdout=out)
    except SystemExit as error:
        status = int(error.code or 0)
    return [json.loads(line) for line in out.getvalue().splitlines()], status


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_write_and_undo_without_paths(album: Path) -> None:
    hashes = [audio_hash(path) for path in sorted(album.iterdir())]
    answers, status = tag(album, "--write")
    assert status == 0
    assert [answer["tags"] for answer in answers] == [{"outcome": "new", "before": [], "after": SIDES}] * 2
    assert [moods(path) for path in sorted(album.iterdir())] == [SIDES] * 2
    assert [audio_hash(path) for path in sorted(album.iterdir())] == hashes
    undone, status = tag("--undo")
    assert status == 0
    assert [(Path(one["path"]).name, one["tags"]["outcome"]) for one in undone] == [
        *(("1.mp3", "undone"), ("0.flac", "undone"))
    ]
    assert [moods(path) for path in album.iterdir()] == [[], []]
    assert tag("--undo") == ([], 0)
    assert not Song.objects.exists()


def test_moods_are_in_the_words_of_a_language_or_a_user(album: Path, anna: Person) -> None:
    vocabulary_save(person=anna, content={"terms": {"calm": {"name": "Still"}}}, now=timezone.now())
    answers, _ = tag(album, "--words", "anna", "--write", "--dry-run")
    assert {(one["mood"]["name"], one["vocabulary"]) for one in answers} == {("Still but Powerful", "own-en@1")}
    assert answers[0]["tags"]["after"] == ["Still but Powerful", "Still", "Powerful"]
    [answer] = tag(album / "0.flac", "--words", "de", "--write")[0]
    assert answer["mood"]["name"] == "Ruhig, aber kraftvoll"
    assert moods(album / "0.flac") == ["Ruhig aber kraftvoll", "Ruhig", "Kraftvoll"]
    with pytest.raises(CommandError, match="There is no user “pt”"):
        tag(album, "--words", "pt")


def test_a_dry_run_changes_nothing(album: Path) -> None:
    before = contents(album)
    answers, _ = tag(album, "--write", "--dry-run", "--numbers", "--values", "one")
    assert [answer["tags"]["after"] for answer in answers] == [["Calm but Powerful"]] * 2
    assert contents(album) == before
    assert not TagJob.objects.exists()


def test_moods_of_others_are_kept_unless_asked(album: Path) -> None:
    path = album / "0.flac"
    file = mutagen.flac.FLAC(path)
    file["mood"] = ["Groovy"]
    file.save()
    [answer], status = tag(path, "--write")
    assert (answer["tags"]["outcome"], status, moods(path)) == ("keep", 0, ["Groovy"])
    tag(path, "--write", "--existing", "replace")
    assert moods(path) == SIDES
    tag("--undo", path)
    assert moods(path) == ["Groovy"]


def test_undo_of_one_file_leaves_the_others(album: Path) -> None:
    tag(album, "--write")
    tag("--undo", album / "0.flac")
    assert [moods(path) for path in sorted(album.iterdir())] == [[], SIDES]
    tag("--undo", album)
    assert [moods(path) for path in album.iterdir()] == [[], []]


def test_a_folder_without_songs_undoes_nothing(album: Path, tmp_path: Path) -> None:
    tag(album, "--write")
    (tmp_path / "empty").mkdir()
    assert tag("--undo", tmp_path / "empty") == ([], 0)
    assert [moods(path) for path in sorted(album.iterdir())] == [SIDES] * 2


def test_a_file_that_cannot_be_written_fails_alone(album: Path) -> None:
    (album / "0.flac").chmod(0o444)
    answers, status = tag(album, "--write")
    assert status == 1
    assert answers[0]["status"] == "done"
    assert answers[0]["tags"]["error"]["code"] == "file_read_only"
    assert [moods(path) for path in sorted(album.iterdir())] == [[], SIDES]
    answers, status = tag("--undo")
    assert [moods(path) for path in album.iterdir()] == [[], []]
    assert (len(answers), status) == (1, 0)


def test_people_see_what_was_written(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tag", str(album / "0.flac"), "--write")
    call_command("tag", str(album / "0.flac"), "--write")
    call_command("tag", "--undo")
    shown = capsys.readouterr()
    assert "written: Calm but Powerful; Calm; Powerful (before: none)" in shown.out
    assert "in the file already: Calm but Powerful; Calm; Powerful" in shown.out
    assert "undone: none (before: Calm but Powerful; Calm; Powerful)" in shown.out
    assert "The moods of 1 file are as they were before, 0 failed." in shown.err


@pytest.mark.parametrize("arguments", [("--dry-run", "x.mp3"), ("--undo", "--write"), ()])
def test_options_that_do_not_fit_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("tag", *arguments)


def test_the_command_undoes_what_a_page_wrote(add_song: AddSong, source: Any) -> None:
    path = add_song("one.flac")
    job = preview(source)
    TagJob.objects.filter(id=job.id).update(step="write", status="waiting")
    run(job)
    assert moods(path)
    source.delete()
    tag("--undo", path)
    assert moods(path) == []
    assert TagChange.objects.get().state == "undone"
    assert os.path.isfile(path)
