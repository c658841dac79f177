"""Real music servers for tests, each installed once into a virtual environment of its own, beside that of the tests."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests import sounds
from tests.system.processes import free_port, signal_group, wait_for
from tests.system.product import environment

SUPYSONIC = ("supysonic==0.7.9", "waitress==3.0.2")
MANEKI = ("maneki==0.29.0",)
USERNAME, PASSWORD = "tester", "secret & more"

CONFIGURATION = """[base]
database_uri = sqlite:///{folder}/supysonic.db
[webapp]
cache_dir = {folder}/cache
mount_webui = off
[daemon]
socket = {folder}/daemon.sock
run_watcher = no
"""


@dataclass
class MusicServer:
    address: str
    username: str
    password: str
    music: Path
    """The folder with its songs."""
    folder: Path
    """Its own files."""
    bin: Path

    def scan(self) -> None:
        """Only supysonic: read the folder again."""
        _run([self.bin / "supysonic-cli", "folder", "scan", "--foreground", "Music"], self.folder)


def write_library(folder: Path, count: int, *, duration_s: float = 4.0) -> list[Path]:
    """Songs of three artists with two albums each, that all sound differently."""
    paths = []
    for number in range(count):
        artist, album = f"Artist {number % 3}", f"Album {number % 6}"
        path = folder / artist / album / f"{number:02d} song.mp3"
        path.parent.mkdir(parents=True, exist_ok=True)
        tags = {"title": f"Song {number:02d}", "artist": artist, "album": album, "track": str(number), "date": "2020"}
        sound = sounds.chord([220 + 7 * number, 331 + 5 * number], duration_s)
        paths.append(sounds.write(path, sound, tags=tags))
    return paths


@contextmanager
def supysonic(folder: Path, music: Path) -> Iterator[MusicServer]:
    """supysonic with the songs of a folder, which it has read."""
    programs = installed(SUPYSONIC)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "supysonic.conf").write_text(CONFIGURATION.format(folder=folder))
    cli = programs / "supysonic-cli"
    _run([cli, "user", "add", USERNAME, "-p", PASSWORD], folder)
    _run([cli, "folder", "add", "Music", music], folder)
    port = free_port()
    server = MusicServer(f"http://127.0.0.1:{port}", USERNAME, PASSWORD, music, folder, programs)
    server.scan()
    command = [programs / "supysonic-server", "-S", "waitress", "-h", "127.0.0.1", "-p", str(port)]
    with _running(command, folder, f"{server.address}/rest/ping"):
        yield server


@contextmanager
def maneki(folder: Path, music: Path) -> Iterator[MusicServer]:
    """maneki with the songs of a folder. It needs Python 3.13."""
    programs = installed(MANEKI, python=python_3_13())
    folder.mkdir(parents=True, exist_ok=True)
    _run([programs / "maneki", "config", "init"], folder)
    port = free_port()
    server = MusicServer(f"http://127.0.0.1:{port}/audio", "admin", "admin", music, folder, programs)
    command = [programs / "maneki", "serve", music, "--host", "127.0.0.1", "--port", str(port), "--no-ui", "-w", "1"]
    with _running(command, folder, f"{server.address}/rest/ping"):
        yield server


def python_3_13() -> str:
    """An interpreter; without one, the test is skipped."""
    of_pyenv = sorted(Path.home().glob(".pyenv/versions/3.13.*/bin/python"))
    for path in (sys.executable, shutil.which("python3.13"), *map(str, of_pyenv)):
        if path and _prints([path, "-c", "import sys; print(sys.version_info[:2])"], "(3, 13)"):
            return path
    pytest.skip("maneki needs Python 3.13, which is not installed here.")


def installed(requirements: Sequence[str], python: str = sys.executable) -> Path:
    """The folder with the programs of these packages. Without the package index the test is skipped; in CI it fails."""
    place = Path(sys.prefix).resolve() / "music-servers" / requirements[0]
    place.parent.mkdir(exist_ok=True)
    complete = place / "complete"
    with (place.parent / f"{place.name}.lock").open("w") as lock:
        # Several test runs may share the environment.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            shutil.rmtree(place, ignore_errors=True)
            subprocess.run([python, "-m", "venv", place], check=True)
            install = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            result = subprocess.run([*install, *requirements], capture_output=True, text=True, check=False)
            if result.returncode:
                reason = f"{requirements[0]} cannot be installed: {result.stderr[-300:]}"
                (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
            complete.touch()
    return place / "bin"


@contextmanager
def _running(command: list[str | Path], folder: Path, url: str) -> Iterator[None]:
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(folder), stdout=output, stderr=output, start_new_session=True
        )
    try:

        def answers() -> bool:
            assert process.poll() is None, (folder / "output").read_text()[-2000:]
            try:
                with urlopen(url, timeout=5) as response:
                    return response.status == 200
            except URLError as error:
                return hasattr(error, "code")  # any answer

        wait_for(answers, what="answer of the music server")
        yield
    finally:
        signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _run(command: list[str | Path], folder: Path) -> None:
    result = subprocess.run(command, cwd=folder, env=_environment(folder), capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"


def _environment(folder: Path) -> dict[str, str]:
    return environment(HOME=str(folder), XDG_CONFIG_HOME=str(folder / "config"), XDG_DATA_HOME=str(folder / "data"))


def _prints(command: list[str], text: str) -> bool:
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return result.stdout.strip() == text
