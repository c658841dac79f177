"""Paths on the command line of `manage.py tag`: linked and locked folders, pipes, other files, odd names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import ProductError
from classifier.management.audio_paths import PathEntry, find_audio, regular_file
from tests import sounds
from tests.architecture.sources import ROOT
from tests.classifier.fake_analysis import wav
from tests.system.product import environment


def tag(*arguments: str, unprivileged: bool = False, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs the command; unprivileged, root too is bound by the permissions of files."""
    command = [sys.executable, "manage.py", "tag", *arguments]
    if unprivileged and os.geteuid() == 0:
        capabilities = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={capabilities}", f"--inh-caps={capabilities}", *command]
    variables = options.pop("env", {})
    return subprocess.run(
        command, cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=100, **options
    )


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return sounds.write(tmp_path / "song.wav", sounds.music(4.0))


def add(path: Path, content: bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav() if content is None else content)
    return path


def names(entries: list[PathEntry], folder: Path) -> list[str]:
    return [str(entry.path.relative_to(folder)) for entry in entries]


def test_a_linked_folder_is_followed_once(tmp_path: Path) -> None:
    add(tmp_path / "disk" / "b.wav")
    library = tmp_path / "library"
    add(library / "a.wav")
    (library / "first link").symlink_to(tmp_path / "disk")
    (library / "second link").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "loop").symlink_to(library)
    assert names(list(find_audio([library])), library) == ["a.wav", "first link/b.wav"]


def test_a_folder_that_is_named_twice_is_searched_twice(tmp_path: Path) -> None:
    song = add(tmp_path / "a.wav")
    assert [entry.path for entry in find_audio([tmp_path, tmp_path])] == [song, song]


def test_a_link_to_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.wav").symlink_to(tmp_path / "gone.wav")
    [entry] = find_audio([tmp_path])
    assert entry.error is not None
    assert entry.error.code == "file_unreadable"


def test_files_beside_songs_are_ignored_and_other_files_are_reported(tmp_path: Path) -> None:
    for name in ("cover.jpg", "notes.txt", "list.m3u", ".hidden.wav", "._a.wav", "@eaDir/a.wav", "__MACOSX/b.wav"):
        add(tmp_path / name)
    add(tmp_path / "archive.zip", b"PK\x03\x04" + bytes(100))
    add(tmp_path / "no suffix")
    os.mkfifo(tmp_path / "pipe.mp3")
    entries = list(find_audio([tmp_path]))
    assert names([entry for entry in entries if entry.skipped], tmp_path) == ["archive.zip", "pipe.mp3"]
    assert names([entry for entry in entries if not entry.skipped], tmp_path) == ["no suffix"]


def test_skipped_files_are_named_on_standard_error(tmp_path: Path, song: Path) -> None:
    for number in range(6):
        add(tmp_path / f"{number}.zip", b"PK\x03\x04" + bytes(100))
    done = tag(str(tmp_path))
    assert done.returncode == 0
    skipped = ", ".join(f"{tmp_path}/{number}.zip" for number in range(5))
    assert f"Skipped 6 files that are not audio: {skipped} and 1 more.\n" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root needs setpriv")
def test_a_folder_that_cannot_be_read_is_named_and_the_others_still_come(tmp_path: Path, song: Path) -> None:
    locked = tmp_path / "locked"
    add(locked / "b.wav")
    locked.chmod(0)
    try:
        done = tag(str(tmp_path), unprivileged=True)
    finally:
        locked.chmod(0o700)
    assert done.returncode == 1
    assert f"{locked}: The folder {locked} cannot be read (Permission denied)" in done.stderr
    assert done.stdout.startswith(f"{song}: ")


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root needs setpriv")
def test_a_data_folder_that_cannot_be_written_does_not_hinder_an_analysis(tmp_path: Path, song: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o500)
    done = tag(str(song), unprivileged=True, env={"DATA_DIR": str(data)})
    assert (done.returncode, done.stdout.startswith(f"{song}: ")) == (0, True), done.stderr
    stored = tag(str(song), "--store", "anna", unprivileged=True, env={"DATA_DIR": str(data)})
    assert stored.returncode == 1
    assert "Traceback" not in stored.stderr


def test_standard_input_is_analysed(song: Path) -> None:
    with song.open("rb") as file:
        done = tag("-", "--json", stdin=file)
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["file_name"], answer["path"]) == ("done", "stdin", "-")


def test_a_named_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    content = wav() * 3
    ready = threading.Event()

    def write() -> None:
        with pipe.open("wb") as target:
            ready.set()
            target.write(content)

    # Held open by this test, so that the reader finds a writer however the threads run.
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    thread = threading.Thread(target=write)
    thread.start()
    assert ready.wait(60)
    with regular_file(pipe) as copy:
        assert copy.read_bytes() == content
    thread.join()
    os.close(reader)


def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(ProductError, match="No program writes to the pipe"), regular_file(tmp_path / "pipe.wav"):
        pass


def test_a_pipe_beyond_the_size_limit_is_refused(song: Path, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1_100_000)
    with (tmp_path / "large").open("rb") as file:
        done = tag("-", stdin=file, env={"MAX_UPLOAD_MB": "1"})
    assert done.returncode == 1
    assert "[file_too_large]" in done.stderr


def test_names_that_the_terminal_cannot_show_are_escaped(tmp_path: Path, song: Path) -> None:
    for name in ("\N{MUSICAL NOTE}.wav", "red \x1b[31m.wav", "two\nlines.wav"):
        shutil.copy(song, tmp_path / name)
    done = tag(str(tmp_path), env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert [line.partition(": ")[0].removeprefix(f"{tmp_path}/") for line in lines] == [
        "red \\x1b[31m.wav",
        "song.wav",
        "two\\nlines.wav",
        "\\U0001f3b5.wav",
    ]
    as_json = tag("--json", str(tmp_path), env={"PYTHONIOENCODING": "ascii"})
    paths = [json.loads(line)["path"] for line in as_json.stdout.splitlines()]
    assert f"{tmp_path}/\N{MUSICAL NOTE}.wav" in paths
