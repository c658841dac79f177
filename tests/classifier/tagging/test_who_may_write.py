"""Who may write moods into which files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from classifier.errors import ProductError
from classifier.models import Person, Source
from classifier.services.tag_jobs import tag_job_write
from tests.classifier.tagging.conftest import START, AddSong, moods, preview, run
from tests.classifier.tagging.jobs import write


def test_nobody_writes_unless_the_setting_names_the_folder(source: Source, add_song: AddSong, settings: Any) -> None:
    path = add_song("one.flac")
    job = preview(source)
    settings.MUSIC_DIRS_WRITABLE = []
    with pytest.raises(ProductError) as caught:
        write(job)
    assert caught.value.code == "tags_off"
    assert moods(path) == []


def test_a_task_that_waits_does_nothing_after_the_setting_changed(
    source: Source, add_song: AddSong, settings: Any
) -> None:
    path = add_song("one.flac")
    job = preview(source)
    assert job.owner is not None
    tag_job_write(job=job, owner=job.owner)
    settings.MUSIC_DIRS_WRITABLE = []
    assert run(job).error_code == "tags_off"
    assert moods(path) == []


def test_a_link_out_of_the_writable_folders_is_not_followed(
    source: Source, add_song: AddSong, music: Path, settings: Any, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settings.MUSIC_DIRS = [music, elsewhere]
    path = add_song("one.flac")
    target = path.rename(elsewhere / "one.flac")
    path.symlink_to(target)
    job = write(preview(source))
    assert job.changes.get().error_code == "tags_off"
    assert moods(target) == []


def test_only_owners_write_unless_everyone_may(music: Path, anna: Person, settings: Any) -> None:
    source = Source.objects.create(owner=anna, kind="folder", name="Music", address=str(music), created_at=START)
    with pytest.raises(ProductError) as caught:
        preview(source)
    assert caught.value.code == "tags_not_yours"
    settings.MUSIC_WRITERS = "everyone"
    assert preview(source).status == "done"


def test_files_of_music_servers_are_not_written(olga: Person, settings: Any) -> None:
    source = Source.objects.create(owner=olga, kind="jellyfin", name="J", address="http://j", created_at=START)
    with pytest.raises(ProductError) as caught:
        preview(source)
    assert caught.value.code == "tags_not_here"
