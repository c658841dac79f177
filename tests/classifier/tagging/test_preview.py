"""The preview of moods in files: every change, before anything happens."""

from __future__ import annotations

from pathlib import Path

import mutagen.flac
import pytest

from classifier import ml_gateway
from classifier.models import Song, Source, TagChange, TagJob
from classifier.tagging.song_moods import mood_words
from tests.classifier.tagging.conftest import AddSong, moods, preview, scan
from tests.classifier.tagging.jobs import SIDES, outcomes, set_moods, write


def test_a_preview_changes_no_file(source: Source, add_song: AddSong) -> None:
    paths = [add_song("Album/one.flac"), add_song("two.mp3", 2)]
    contents = [path.read_bytes() for path in paths]
    job = preview(source)
    assert (job.step, job.status) == ("read", "done")
    assert [path.read_bytes() for path in paths] == contents
    changes = {Path(change.path).name: change for change in job.changes.all()}
    assert changes["one.flac"].after == {"MOOD": SIDES}
    assert changes["two.mp3"].after == {"TMOO": SIDES}
    assert {change.outcome for change in changes.values()} == {"new"}
    assert job.counts == {"total": 2, "done": 2, "new": 2}


def test_songs_without_a_mood_to_state_are_left_out_and_counted(source: Source, add_song: AddSong, music: Path) -> None:
    add_song("certain.flac")
    add_song("uncertain.flac", 2, certain=False)
    wrong = add_song("wrong.flac", 3)
    Song.objects.filter(locations__key=wrong.name).update(verdict="disagreed")
    (music / "new.flac").write_bytes(wrong.read_bytes() + b" ")
    scan(source)
    job = preview(source)
    assert outcomes(job) == {"certain.flac": "new"}
    assert job.left_out == {"uncertain": 1, "called_wrong": 1, "no_result": 1}


def test_a_mood_that_the_user_stated_counts_more_than_the_result(source: Source, add_song: AddSong) -> None:
    path = add_song("one.flac", stated="calm", certain=False)
    write(preview(source))
    assert moods(path) == ["Calm"]


def test_one_value_and_numbers_on_request(source: Source, add_song: AddSong) -> None:
    path = add_song("one.flac")
    write(preview(source, values="one", with_numbers=True))
    tags = mutagen.flac.FLAC(path)
    assert (tags["mood"], tags["valence"], tags["arousal"]) == (["Sad but Tender"], ["3.50"], ["2.25"])


@pytest.mark.parametrize(
    ("existing", "outcome", "after"),
    [("keep", "keep", ["Groovy"]), ("add", "add", ["Groovy", *SIDES]), ("replace", "replace", SIDES)],
)
def test_moods_of_others_are_in_the_preview_before_anything_happens_to_them(
    source: Source, add_song: AddSong, existing: str, outcome: str, after: list[str]
) -> None:
    path = add_song("one.flac")
    set_moods(path, "Groovy")
    scan(source)
    job = preview(source, existing=existing)
    change = job.changes.get()
    assert (change.outcome, change.before) == (outcome, {"mood": ["Groovy"]})
    assert moods(path) == ["Groovy"]
    if outcome != "keep":
        write(job)
    assert moods(path) == after


def test_files_that_cannot_be_written_are_in_the_preview_with_the_reason(source: Source, add_song: AddSong) -> None:
    path, gone = add_song("one.flac"), add_song("gone.flac", 2)
    path.write_bytes(b"fLaC" + bytes(500))
    gone.unlink()
    job = preview(source)
    reasons = {Path(change.path).name: change.error_code for change in job.changes.filter(outcome="unreadable")}
    assert reasons == {"one.flac": "tags_damaged", "gone.flac": "source_file_missing"}


def test_a_new_preview_takes_the_place_of_one_that_was_not_written(source: Source, add_song: AddSong) -> None:
    add_song("one.flac")
    first = preview(source)
    second = preview(source, values="one")
    assert list(TagJob.objects.all()) == [second]
    assert not TagChange.objects.filter(job_id=first.id).exists()


def test_no_mood_has_a_sign_at_which_programs_split() -> None:
    names = list(ml_gateway.MOODS)
    words = {word for one in names for two in names if one != two for word in mood_words([one, two], "sides")}
    assert len(words) == len(names) + len(names) * (len(names) - 1)
    assert [word for word in words if set(word) & set(";/,\\|\0")] == []
