"""Undo gives the files the moods that they had, and the journal outlives what it came from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.db.models import Q

from classifier.models import Person, Source, TagChange, TagJob, TagState
from classifier.services.person_delete import person_delete
from tests.classifier.tagging.conftest import LATER, AddSong, moods, preview, scan
from tests.classifier.tagging.jobs import set_moods, undo, write


def test_undo_gives_the_files_the_moods_they_had(source: Source, add_song: AddSong) -> None:
    new, had = add_song("one.flac"), add_song("two.flac", 2)
    set_moods(had, "Groovy", "Funky")
    scan(source)
    job = undo(write(preview(source, existing="replace")))
    assert (job.step, job.status, job.counts["undone"]) == ("undo", "done", 2)
    assert (moods(new), moods(had)) == ([], ["Groovy", "Funky"])
    assert scan(source) == {"files": 2, "unchanged": 2}
    assert preview(source).counts["new"] == 1


def test_undo_of_a_file_that_had_no_tag_gives_the_same_bytes(source: Source, add_song: AddSong, music: Path) -> None:
    path = add_song("one.wav")
    content = path.read_bytes()
    undo(write(preview(source)))
    assert path.read_bytes() == content


def test_undo_leaves_moods_that_somebody_changed_since(source: Source, add_song: AddSong) -> None:
    path, other = add_song("one.flac"), add_song("two.flac", 2)
    job = write(preview(source))
    set_moods(path, "Groovy")
    job = undo(job)
    assert (moods(path), moods(other)) == (["Groovy"], [])
    assert job.counts == {"total": 2, "done": 2, "undone": 1, "failed": 1}
    assert job.changes.get(state=TagState.WRITTEN).error_code == "tags_changed"


def test_undo_follows_a_file_that_was_renamed(source: Source, add_song: AddSong) -> None:
    path = add_song("one.flac")
    job = write(preview(source))
    path.rename(path.with_name("renamed.flac"))
    scan(source)
    undo(job)
    assert moods(path.with_name("renamed.flac")) == []


def test_removing_a_source_keeps_the_journal(source: Source, add_song: AddSong) -> None:
    add_song("one.flac")
    job = write(preview(source))
    source.delete()
    change = TagChange.objects.get(Q(job=job))
    assert (change.location, change.state) == (None, TagState.WRITTEN)
    assert os.path.exists(change.path)


def test_the_journal_goes_with_a_source_to_another_owner(
    source: Source, add_song: AddSong, anna: Person, olga: Person, settings: Any
) -> None:
    add_song("one.flac")
    job = write(preview(source))
    Source.objects.update(owner=anna)
    TagJob.objects.update(owner=anna)
    person_delete(person=anna, songs="keep", by=olga, now=LATER)
    job.refresh_from_db()
    assert job.owner == olga
    assert undo(job).counts["undone"] == 1
