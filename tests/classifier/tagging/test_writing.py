"""Moods are written into files, and scans, other programs and full disks come between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen.flac
import pytest

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Song, SongLocation, Source, Status, TagState
from ml.audio.audio_hash import audio_hash
from tests.classifier.tagging.conftest import AddSong, moods, preview, scan, state_of
from tests.classifier.tagging.jobs import SIDES, outcomes, set_moods, write


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".m4a", ".ogg", ".opus", ".wav", ".aiff", ".wma"])
def test_a_scan_after_writing_finds_nothing_changed(source: Source, add_song: AddSong, suffix: str) -> None:
    path = add_song(f"one{suffix}")
    song, sound = Song.objects.get(), audio_hash(path)
    write(preview(source))
    assert moods(path)[0] == "Sad but Tender"
    assert audio_hash(path) == sound
    location = SongLocation.objects.get()
    assert (location.size_bytes, location.modified_ns, location.file_id) == state_of(source, location.key)
    counts = scan(source)
    assert counts == {"files": 1, "unchanged": 1}
    after = Song.objects.get()
    assert (after.status, after.audio_hash, after.finished_at) == (Status.DONE, song.audio_hash, song.finished_at)
    assert after.size_bytes == path.stat().st_size


def test_a_file_that_changed_since_the_scan_is_still_found_by_the_next_one(source: Source, add_song: AddSong) -> None:
    path = add_song("one.flac")
    tags = mutagen.flac.FLAC(path)
    tags["title"] = "Another title"
    tags.save()
    write(preview(source))
    assert moods(path) == SIDES
    assert scan(source)["changed"] == 1
    assert Song.objects.get().title == "Another title"


def test_a_second_preview_finds_nothing_to_write(source: Source, add_song: AddSong) -> None:
    add_song("one.flac")
    write(preview(source))
    job = preview(source)
    assert outcomes(job) == {"one.flac": "same"}
    with pytest.raises(ProductError) as caught:
        write(job)
    assert caught.value.code == "tags_nothing"


def test_another_result_updates_what_was_written_and_nothing_else(source: Source, add_song: AddSong) -> None:
    """Also where the file was renamed, and beside moods of others."""
    path, other = add_song("one.flac"), add_song("two.flac", 2)
    set_moods(other, "Groovy")
    scan(source)
    write(preview(source, existing="add"))
    path.rename(path.with_name("renamed.flac"))
    scan(source)
    Song.objects.update(actual_primary="calm")
    job = preview(source, existing="add")
    assert outcomes(job) == {"renamed.flac": "update", "two.flac": "add"}
    write(job)
    assert moods(path.with_name("renamed.flac")) == ["Calm"]
    assert moods(other) == ["Groovy", "Calm"]


def test_a_file_that_another_program_changed_after_the_preview_stays(source: Source, add_song: AddSong) -> None:
    path, other = add_song("one.flac"), add_song("two.flac", 2)
    job = preview(source)
    set_moods(path, "Groovy")
    job = write(job)
    assert (moods(path), moods(other)) == (["Groovy"], SIDES)
    failed = job.changes.get(state=TagState.FAILED)
    assert failed.error_code == "tags_changed"
    assert job.counts == {"total": 2, "done": 2, "written": 1, "failed": 1}


def test_a_full_disk_ends_the_task_and_it_can_go_on(
    source: Source, add_song: AddSong, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [add_song("one.flac"), add_song("two.flac", 2)]
    job = preview(source)

    def full(*args: Any, **kwargs: Any) -> None:
        raise ml_gateway.MoodError("disk_full", "The disk of the file is full.")

    with monkeypatch.context() as patched:
        patched.setattr(ml_gateway.tag_files, "write", full)
        job = write(job)
    assert (job.status, job.error_code, job.counts["failed"]) == ("failed", "disk_full", 1)
    assert [moods(path) for path in paths] == [[], []]
    assert write(job).status == "done"
    assert [moods(path) for path in paths] == [SIDES, SIDES]


def test_links_to_one_file_are_one_change(source: Source, add_song: AddSong, music: Path) -> None:
    path = add_song("one.flac")
    (music / "link.flac").symlink_to(path.name)
    scan(source)
    SongLocation.objects.update(song=Song.objects.filter(status=Status.DONE).get())
    job = write(preview(source))
    assert job.changes.count() == 1
    assert moods(path) == SIDES
    assert (music / "link.flac").is_symlink()
    assert scan(source)["unchanged"] == 2
