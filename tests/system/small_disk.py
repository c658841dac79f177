"""A small disk for the data of a product, which a test can fill to its last byte."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

BLOCK_BYTES = 1 << 20
STATVFS = """
import os

real = os.statvfs


def statvfs(place):
    state = real(place)
    try:
        with open({path!r}) as file:
            free = int(file.read())
    except OSError:
        return state
    return os.statvfs_result((*state[:4], free // state.f_frsize, *state[5:]))


os.statvfs = statvfs
"""


class MountedDisk:
    """A file system in memory."""

    settings: dict[str, str] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def leave(self, free_bytes: int) -> None:
        """Another program writes until so much is free."""
        with self._filler.open("ab", buffering=0) as file:
            block = BLOCK_BYTES
            while block:
                missing = self._free() - free_bytes
                if missing <= 0:
                    break
                try:
                    file.write(bytes(min(block, missing)))
                except OSError:
                    block //= 2

    def clear(self) -> None:
        self._filler.unlink()

    def _free(self) -> int:
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_frsize


class PretendedDisk:
    """Where nothing may be mounted: the disk is not full, and the processes of the product believe that it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "disk"
        self._path = folder / "free"
        code = folder / "code"
        code.mkdir()
        (code / "sitecustomize.py").write_text(STATVFS.format(path=str(self._path)))
        self.settings = {"PYTHONPATH": str(code)}

    def leave(self, free_bytes: int) -> None:
        self._path.write_text(str(free_bytes))

    def clear(self) -> None:
        self._path.unlink()


SmallDisk = MountedDisk | PretendedDisk


@contextlib.contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[SmallDisk]:
    place = folder / "disk"
    place.mkdir()
    try:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "none", str(place)]
        subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no such program, or not permitted
        yield PretendedDisk(folder)
        return
    try:
        yield MountedDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
