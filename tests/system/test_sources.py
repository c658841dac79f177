"""A folder with music, connected to a running server."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import sounds
from tests.system.clients import first_visit
from tests.system.processes import wait_for
from tests.system.product import ROOT, RunningProduct, environment

CONNECT = """
from django.utils import timezone
from classifier.models import Person, Source
owner = Person.objects.get()
Source.objects.create(owner=owner, kind="folder", name="Music", address={address!r}, created_at=timezone.now())
"""


def connect(data_dir: Path, folder: Path) -> None:
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", CONNECT.format(address=str(folder))]
    subprocess.run(command, cwd=ROOT, env=environment(DATA_DIR=str(data_dir)), check=True)


def rows(data_dir: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data_dir / "db.sqlite3", timeout=30)) as database:
        return database.execute(query).fetchall()


@pytest.mark.timeout(900)
def test_a_connected_folder_is_analysed_and_watched(tmp_path: Path) -> None:
    data_dir, music = tmp_path / "var", tmp_path / "music"
    (music / "album").mkdir(parents=True)
    first = sounds.write(music / "album/01 One.wav", sounds.music(6.0))
    with RunningProduct(data_dir, MUSIC_DIRS=str(music)) as product:
        first_visit(product.address)
        connect(data_dir, music)

        def analysed() -> list[tuple[Any, ...]]:
            return rows(data_dir, "SELECT id, file_name FROM classifier_song WHERE status = 'done' ORDER BY file_name")

        wait_for(lambda: len(analysed()) == 1, what="analysed song of the folder")
        song_id = analysed()[0][0]
        # Somebody tidies up while the server runs: a new name, and a copy under another one.
        moved = first.rename(music / "One.wav")
        (music / "album/Copy.wav").write_bytes(moved.read_bytes())
        sounds.write(music / "album/02 Two.wav", sounds.noise(6.0))
        keys = (
            "SELECT key FROM classifier_songlocation WHERE song_id IS NOT NULL AND missing_since IS NULL ORDER BY key"
        )
        expected = [("One.wav",), ("album/02 Two.wav",), ("album/Copy.wav",)]
        wait_for(lambda: rows(data_dir, keys) == expected, what="changes of the folder")
        wait_for(lambda: len(analysed()) == 2, what="analysis of the new song")
        # One song has both places of the same sound.
        places = f"SELECT key FROM classifier_songlocation WHERE song_id = '{song_id}' ORDER BY key"
        wait_for(lambda: rows(data_dir, places) == [("One.wav",), ("album/Copy.wav",)], what="merged copy")
        assert list((data_dir / "media").rglob("*.wav")) == []
        began = time.monotonic()
        product.process.send_signal(signal.SIGTERM)
        assert product.process.wait() == 0
        assert time.monotonic() - began < 60
        assert "Traceback" not in product.log("sources")
