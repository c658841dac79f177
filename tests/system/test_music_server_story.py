"""A real music server of sixty songs, connected to a running product: all are analysed, and none of them twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mutagen.easyid3
import pytest

from tests.system.clients import first_visit
from tests.system.music_servers import MusicServer, supysonic, write_library
from tests.system.processes import wait_for
from tests.system.product import ROOT, RunningProduct, environment
from tests.system.test_sources import rows

SONGS = 60
MOVED = SONGS * 2 // 3
SONG_S = 3.0
ANALYSED_S = [(SONGS * SONG_S,)]
CONNECT = """
from django.utils import timezone
from classifier.models import Person, Source
from classifier.sources.secrets import encrypt
from classifier.sources.servers import server_for
source = Source(
    owner=Person.objects.get(), kind="opensubsonic", name="Server", address={address!r}, username={username!r},
    encrypted_secret=encrypt({password!r}), created_at=timezone.now(),
)
assert server_for(source).check().songs == {songs}
source.save()
"""
SCAN = """
from django.utils import timezone
from classifier.models import Source
from classifier.sources.scan import scan_request
scan_request(Source.objects.get(), timezone.now())
"""
UNFINISHED = "SELECT count(*) FROM classifier_song WHERE status IN ('queued', 'running')"
ANALYSES = "SELECT id FROM classifier_analysis ORDER BY id"
MUSIC = "SELECT round(sum(seconds), 3) FROM classifier_analysedmusic"
PRESENT = "SELECT path FROM classifier_songlocation WHERE missing_since IS NULL AND song_id IS NOT NULL"


def run_in_product(data_dir: Path, code: str) -> None:
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
    subprocess.run(command, cwd=ROOT, env=environment(DATA_DIR=str(data_dir)), check=True)


def scan_finished(data_dir: Path) -> str:
    """When the last scan ended; empty while one waits or runs."""
    columns = "scan_status, scan_finished_at, scan_error_message"
    [(status, finished_at, error)] = rows(data_dir, f"SELECT {columns} FROM classifier_source")
    assert status != "failed", error
    return str(finished_at) if status == "done" else ""


def tidy_up(server: MusicServer) -> None:
    """Retag some of the songs, move others, and do both to some."""
    files = sorted(server.music.rglob("*.mp3"))
    for path in files[: len(files) // 2]:
        tags = mutagen.easyid3.EasyID3(path)
        tags["title"] = f"{path.stem}, remastered in {'many ' * 20}words"
        tags.save()
    for path in files[-MOVED:]:
        target = server.music / "Moved" / path.name
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
    server.scan()


@pytest.mark.timeout(1500)
def test_a_music_server_is_analysed_once_whatever_happens_to_its_files(tmp_path: Path) -> None:
    data_dir, music = tmp_path / "var", tmp_path / "music"
    write_library(music, SONGS, duration_s=SONG_S)
    with supysonic(tmp_path / "server", music) as server, RunningProduct(data_dir) as product:
        first_visit(product.address)
        code = CONNECT.format(address=server.address, username=server.username, password=server.password, songs=SONGS)
        run_in_product(data_dir, code)
        wait_for(lambda: len(rows(data_dir, ANALYSES)) == SONGS, what="analyses of all songs", timeout_s=900)
        wait_for(lambda: rows(data_dir, MUSIC) == ANALYSED_S, what="count of the analysed music")
        analyses, first_scan = rows(data_dir, ANALYSES), scan_finished(data_dir)
        assert list((data_dir / "media").rglob("*.mp3")) == []

        tidy_up(server)
        run_in_product(data_dir, SCAN)
        wait_for(lambda: scan_finished(data_dir) not in ("", first_scan), what="second scan")
        wait_for(lambda: rows(data_dir, UNFINISHED) == [(0,)], what="recognition of all songs")
        paths = [path for (path,) in rows(data_dir, PRESENT)]
        assert len(paths) == SONGS
        assert sum(path.startswith("Moved/") for path in paths) == MOVED
        assert rows(data_dir, ANALYSES) == analyses
        assert rows(data_dir, MUSIC) == ANALYSED_S
        assert rows(data_dir, "SELECT count(*) FROM classifier_song") == [(SONGS,)]
        for name in ("web", "worker", "sources"):
            log = product.log(name)
            assert "Traceback" not in log
            assert server.password not in log
