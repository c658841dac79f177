"""Finds the audio files among the paths of a command line."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.sources.folder_listing import AUDIO_SUFFIXES, IGNORED_FOLDERS
from classifier.uploads.limits import file_too_large, max_upload_bytes

STDIN = Path("-")
BLOCK_BYTES = 1 << 20

# Ignored silently, like hidden files: files that are stored next to songs.
IGNORED_SUFFIXES = (
    *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".pdf"),
    *(".txt", ".md", ".nfo", ".log", ".cue", ".m3u", ".m3u8", ".pls", ".xspf", ".lrc", ".sfv", ".md5", ".ini", ".db"),
    *(".json", ".xml", ".html", ".htm", ".url", ".csv"),
)


@dataclass(frozen=True)
class PathEntry:
    """An audio file; with an error, a file or folder that cannot be read; skipped, a file that is not audio."""

    path: Path
    error: ProductError | None = None
    skipped: bool = False


def find_audio(paths: list[Path]) -> Iterator[PathEntry]:
    """Files as they are named, and the audio files of folders in the order of their names.

    Linked folders are followed, each folder once. A folder without audio files is an error.
    """
    for path in paths:
        if path == STDIN or not os.path.isdir(path):
            yield PathEntry(path)
            continue
        empty = True
        for entry in _in_folder(path):
            empty = empty and entry.skipped
            yield entry
        if empty:
            yield PathEntry(path, ProductError("no_songs", f"The folder {path} has no songs: name another one."))


def _in_folder(top: Path) -> Iterator[PathEntry]:
    visited: set[tuple[int, int]] = set()
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in visited:
                continue
            visited.add((status.st_dev, status.st_ino))
            names = sorted(os.listdir(folder))
        except OSError as error:
            yield PathEntry(folder, _unreadable("folder", folder, error))
            continue
        subfolders = []
        for name in names:
            path = folder / name
            if name.startswith("."):
                continue
            if not os.path.isdir(path):
                yield from _file(path)
            elif name not in IGNORED_FOLDERS:
                subfolders.append(path)
        folders += reversed(subfolders)


def _file(path: Path) -> Iterator[PathEntry]:
    suffix = path.suffix.lower()
    if suffix in IGNORED_SUFFIXES:
        return
    try:
        # Opening a named pipe would block.
        regular = stat.S_ISREG(os.stat(path).st_mode)
        audio = regular and (suffix in AUDIO_SUFFIXES or _content_is_audio(path))
    except OSError as error:
        yield PathEntry(path, _unreadable("file", path, error))
    else:
        yield PathEntry(path, skipped=not audio)


def _content_is_audio(path: Path) -> bool:
    with path.open("rb") as file:
        head = ml_gateway.read_head(file)
    try:
        ml_gateway.recognise(head)
    except ml_gateway.MoodError:
        return False
    return True


@contextmanager
def regular_file(path: Path) -> Iterator[Path]:
    """The path itself; for standard input (“-”) or a named pipe, a temporary copy of what it holds.

    Raises ProductError: file_unreadable, file_too_large.
    """
    try:
        piped = path == STDIN or stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        piped = False  # reported where the file is opened
    if not piped:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="countermood-") as folder:
        copy = Path(folder, "stdin" if path == STDIN else path.name)
        with copy.open("wb") as target:
            if path == STDIN:
                if sys.stdin.isatty():
                    raise ProductError("file_unreadable", "Standard input is a terminal: pipe an audio file into it.")
                _copy(sys.stdin.buffer, target)
            else:
                _copy_pipe(path, target)
        yield copy


def _copy_pipe(path: Path, target: BinaryIO) -> None:
    """Fails at once where no program writes to the pipe; a plain open() would wait for one indefinitely."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise _unreadable("pipe", path, error) from error
    with os.fdopen(descriptor, "rb", buffering=0) as source:
        first = source.read(1)
        if first == b"":
            raise ProductError("file_unreadable", f"No program writes to the pipe {path}: start it first.")
        # None: the program has the pipe open, but has written nothing yet.
        target.write(first or b"")
        os.set_blocking(descriptor, True)
        _copy(source, target)


def _copy(source: RawIOBase | BinaryIO, target: BinaryIO) -> None:
    left = max_upload_bytes()
    while block := source.read(BLOCK_BYTES):
        left -= len(block)
        if left < 0:
            raise file_too_large()
        target.write(block)


def _unreadable(kind: str, path: Path, error: OSError) -> ProductError:
    return ProductError(
        "file_unreadable", f"The {kind} {path} cannot be read ({error.strerror}): check its name and permissions."
    )
