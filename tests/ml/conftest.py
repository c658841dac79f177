"""Where songs are collected from, and to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ml.sound_server import SoundServer, sound_server


@pytest.fixture
def server() -> Iterator[SoundServer]:
    with sound_server() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder for lists and songs; the data set goes to workspace/set."""
    return tmp_path
