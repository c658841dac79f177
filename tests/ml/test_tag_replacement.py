"""A new file takes the place of the old one at once, or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ml.audio.audio_hash import audio_hash
from ml.audio.tag_writing import replacement as module
from ml.audio.tag_writing.replacement import replacement
from ml.audio.tag_writing.writing import read_fields, write_fields
from ml.errors import MoodError
from tests import sounds

ROOT = Path(__file__).parents[2]
A, B = {"MOOD": ["Calm"]}, {"MOOD": ["Tense and Dark", "Tense", "Dark"]}
WRITE_FOR_EVER = """
import sys
from pathlib import Path
from ml.audio.tag_writing.writing import write_fields
path, fields = Path(sys.argv[1]), ({"MOOD": ["Calm"]}, {"MOOD": ["Tense and Dark", "Tense", "Dark"]})
while True:
    write_fields(path, *fields)
    print("written", flush=True)
    fields = fields[::-1]
"""


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = sounds.write(tmp_path / "song.flac", sounds.music(3.0))
    write_fields(path, {}, A)
    return path


def refusal(path: Path) -> MoodError:
    """Why the file is not replaced; nothing is left beside it."""
    with pytest.raises(MoodError) as caught, replacement(path) as new:
        new.write_bytes(b"other")
    assert caught.value.message.endswith(".")
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(".countermood")] == []
    return caught.value


def test_a_process_that_is_killed_leaves_the_old_or_the_new_file(song: Path) -> None:
    """Twelve times, after another number of writes each; what the killed one left is used or removed by the next."""
    audio = audio_hash(song)
    for kill in range(12):
        first, second = (A, B) if read_fields(song).fields == A else (B, A)
        write_fields(song, first, second)
        write_fields(song, second, A)
        process = subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, str(song)], stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        for _ in range(kill % 4):
            process.stdout.readline()
        time.sleep(0.003 * kill)  # somewhere within a write; where exactly does not matter
        process.kill()
        process.wait()
        process.stdout.close()
        assert read_fields(song).fields in (A, B)
        assert audio_hash(song) == audio
        assert len(list(song.parent.iterdir())) <= 2
    write_fields(song, read_fields(song).fields, {"MOOD": ["Last"]})
    assert [one.name for one in song.parent.iterdir()] == [song.name]


def test_a_process_that_is_killed_before_the_rename_leaves_the_old_file(song: Path) -> None:
    content = song.read_bytes()
    pid = os.fork()
    if pid == 0:
        with replacement(song) as new:
            new.write_bytes(b"half of it")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    assert song.read_bytes() == content
    assert len(list(song.parent.iterdir())) == 2
    write_fields(song, A, B)
    assert [one.name for one in song.parent.iterdir()] == [song.name]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_the_old_file(song: Path, number: int) -> None:
    content = song.read_bytes()

    def write() -> None:
        with replacement(song) as new:
            new.write_bytes(b"half of it")
            raise OSError(number, os.strerror(number))

    with pytest.raises(MoodError) as caught:
        write()
    assert caught.value.code == "disk_full"
    assert song.read_bytes() == content
    assert [one.name for one in song.parent.iterdir()] == [song.name]


def test_a_disk_that_fills_up_while_mutagen_writes_is_told_as_that(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mutagen.flac

    def full(*args: Any, **kwargs: Any) -> None:
        try:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise mutagen.MutagenError(error) from None

    monkeypatch.setattr(mutagen.flac.FLAC, "save", full)
    with pytest.raises(MoodError, match="full"):
        write_fields(song, A, B)
    assert read_fields(song).fields == A


def test_mode_owner_and_attributes_stay_and_the_time_is_new(song: Path) -> None:
    song.chmod(0o640)
    os.utime(song, (1_000_000_000, 1_000_000_000))
    if os.geteuid() == 0:
        os.chown(song, 12_345, 23_456)
    try:
        os.setxattr(song, "user.rating", b"5")
        has_attributes = True
    except OSError:  # a file system without them
        has_attributes = False
    before = song.stat()
    write_fields(song, A, B)
    after = song.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert not has_attributes or os.getxattr(song, "user.rating") == b"5"
    assert after.st_mtime > 1_700_000_000


def test_an_owner_that_cannot_be_kept_is_a_sentence(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = os.stat_result((*song.stat()[:4], 4_321, *song.stat()[5:]))
    real = os.lstat
    monkeypatch.setattr(module.os, "lstat", lambda path: state if path == song else real(path))

    def refused(*args: Any) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(module.os, "fchown", refused)
    with pytest.raises(MoodError) as caught, replacement(song):
        pass
    assert caught.value.code == "file_owner"
    assert "4321" in caught.value.message


def test_a_link_stays_a_link(song: Path) -> None:
    link = song.with_name("link.flac")
    link.symlink_to(song.name)
    write_fields(link, A, B)
    assert link.is_symlink()
    assert read_fields(song).fields == B


def test_another_name_of_the_same_file_keeps_the_old_content(song: Path) -> None:
    other = song.with_name("other.flac")
    os.link(song, other)
    write_fields(song, A, B)
    assert (read_fields(song).fields, read_fields(other).fields) == (B, A)


def test_a_read_only_file_is_refused(song: Path) -> None:
    song.chmod(0o444)
    assert refusal(song).code == "file_read_only"


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert refusal(folder).code == "file_unwritable"
    assert refusal(tmp_path / "missing.mp3").code == "file_unwritable"


def test_two_processes_do_not_write_to_the_same_file(song: Path) -> None:
    with replacement(song) as new:
        new.write_bytes(song.read_bytes())
        with pytest.raises(MoodError) as caught, replacement(song):
            pass
    assert caught.value.code == "file_busy"
    assert read_fields(song).fields == A


def test_a_file_that_another_program_changed_meanwhile_is_not_replaced(song: Path) -> None:
    def write() -> None:
        with replacement(song) as new:
            new.write_bytes(b"new")
            song.write_bytes(b"of another program")

    with pytest.raises(MoodError) as caught:
        write()
    assert caught.value.code == "tags_changed"
    assert song.read_bytes() == b"of another program"


def test_a_file_system_without_locks_is_a_sentence(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*args: Any) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(module.fcntl, "flock", none)
    with pytest.raises(MoodError, match="no locks"), replacement(song):
        pass
    assert read_fields(song).fields == A
