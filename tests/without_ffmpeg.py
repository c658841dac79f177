"""Takes ffmpeg and its like off the PATH, so that no test passes because the machine happens to have them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

TOOLS = ("ffmpeg", "ffprobe", "avconv", "avprobe", "sox")


@pytest.fixture(scope="session", autouse=True)
def no_ffmpeg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each folder of the PATH that has such a tool gives way to one that links to everything else in it."""
    before = os.environ["PATH"]
    folders = []
    for folder in map(Path, before.split(os.pathsep)):
        if any((folder / tool).exists() for tool in TOOLS):
            stand_in = tmp_path_factory.mktemp("bin")
            for program in folder.iterdir():
                if program.name not in TOOLS:
                    (stand_in / program.name).symlink_to(program)
            folder = stand_in
        folders.append(str(folder))
    os.environ["PATH"] = os.pathsep.join(folders)
    yield
    os.environ["PATH"] = before
