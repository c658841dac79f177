"""An account moves from one installation to another: two homes, each with its own database and files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.system.product import ROOT, environment

SONG = ROOT / "classifier" / "demo_songs" / "Slow Water.opus"
JUDGE = """
from django.utils import timezone
from classifier.models import Song
from classifier.services.song_verdict import song_correct
song_correct(song=Song.objects.get(), primary="sad", secondary="tender", now=timezone.now())
"""
DESCRIBE = """
import hashlib, json
from classifier.models import Song
from classifier.serializers import song_json
from classifier.uploads.song_storage import song_storage
print(json.dumps([
    song_json(song) | {"id": None, "progress": None}
    | {"audio": hashlib.sha256(b"".join(song_storage().read(song.file.name))).hexdigest()}
    for song in Song.objects.select_related("owner").prefetch_related("analyses__detail")
]))
"""


class Home:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manage("migrate", "--verbosity", "0")
        self.manage("createsuperuser", "--noinput", "--username", "olga", "--email", "")

    def manage(self, *words: str) -> str:
        settings = {
            "DATA_DIR": str(self.folder),
            "DJANGO_SUPERUSER_PASSWORD": "open sesame, please",
            "LOG_LEVEL": "ERROR",
        }
        process = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment(**settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        return process.stdout

    def songs(self) -> list[dict[str, Any]]:
        described: list[dict[str, Any]] = json.loads(self.manage("shell", "--command", DESCRIBE).splitlines()[-1])
        return described


@pytest.mark.timeout(400)
def test_an_account_moves_to_another_installation(tmp_path: Path) -> None:
    first, second = Home(tmp_path / "first"), Home(tmp_path / "second")
    first.manage("tag", str(SONG), "--store", "olga")
    first.manage("shell", "--command", JUDGE)
    first.manage("export_account", "olga", str(tmp_path / "olga.zip"), "--audio")
    report = second.manage("import_account", "olga", str(tmp_path / "olga.zip"))
    assert "Songs: 1 added with audio" in report
    [song] = second.songs()
    assert song["actual_mood"]["name"] == "Sad but Tender"
    assert len(song["segments"]) > 3
    assert [song] == first.songs()
    assert "1 here already" in second.manage("import_account", "olga", str(tmp_path / "olga.zip"))
    assert second.songs() == [song]
