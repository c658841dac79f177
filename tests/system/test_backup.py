"""A backup moves an installation from one database to another, with every row and file."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.system.conftest import program
from tests.system.product import ROOT, environment
from tests.system.servers import running_postgres

# Two people with songs, a corrected verdict, a token and a saved filter; the models are replaced.
FILL = """
import django
django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
from django.utils import timezone
from classifier import ml_gateway
from classifier.accounts.tokens import token_create
from classifier.jobs.analyse import song_analyse
from classifier.models import Person, SavedFilter
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.stored import playlist_create
from classifier.services.resumable_uploads import resumable_upload_create
from classifier.services.song_submit import song_submit
from classifier.services.song_verdict import song_correct
from tests.classifier.fake_analysis import FakeAnalyser, upload

call_command("migrate", verbosity=0)
ml_gateway.analyse = FakeAnalyser().analyse
ml_gateway.playable_copy = lambda source, target: bool(target.write_bytes(b"ID3 a copy"))
olga = Person.objects.create_superuser("olga", password="open sesame, please")
anna = Person.objects.create_user("anna", password="open sesame, please")
for mark in range(6):
    owner = (olga, anna)[mark % 2]
    song, _ = song_submit(owner=owner, upload=upload(f"Süß {mark}.wav", mark), now=timezone.now(), to_queue=False)
    if mark < 5:
        song_analyse(song_id=song.id)
token_create(owner=anna, name="script", now=timezone.now())
resumable_upload_create(owner=anna, size_bytes=9, now=timezone.now())
SavedFilter.objects.create(owner=anna, name="sad", query="first=sad", created_at=datetime(2026, 1, 2, tzinfo=UTC))
playlist = playlist_create(owner=anna, name="All", rule=PlaylistRule(), now=timezone.now())
assert playlist.entries.exists()
"""

# After a restore: everything is still usable, and new rows get new ids.
USE = """
import django
django.setup()
from django.contrib.auth import authenticate
from django.utils import timezone
from classifier.accounts.tokens import token_create
from classifier.library.text_search import *
from classifier.models import Person, Song
from classifier.querysets import SongQuerySet
anna = Person.objects.get(username="anna")
assert anna.check_password("open sesame, please")
token_create(owner=anna, name="after the restore", now=timezone.now())
for song in Song.objects.all():
    assert song.file.open("rb").read(4) == b"RIFF"
print("usable")
"""


# The archive of a version that had only the first seven migrations.
OLD = """
import json, sys
from pathlib import Path
from tests.system import old_installations
from classifier.backup.archive import ArchiveWriter
from classifier.backup.rows import rows_write, tables
from classifier.backup.schema import applied_migrations

apps = old_installations.create_at("0007_sixteen_moods")
with open(sys.argv[1], "wb") as stream:
    archive = ArchiveWriter(stream)
    manifest = {"format": 1, "version": "0.1.0", "created_at": "2026-03-10", "secrets": False}
    archive.add("manifest.json", json.dumps(manifest | {"migrations": applied_migrations()}).encode())
    for model in tables(apps):
        path = Path(f"{sys.argv[1]}.rows")
        rows_write(model, path, using="default")
        archive.add(f"rows/{model._meta.label_lower}.jsonl.gz", path.read_bytes())
    archive.add("summary.json", b"{}")
    archive.close()
"""


def run(data_dir: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data_dir), DJANGO_SETTINGS_MODULE="mmc.settings", **settings),
        capture_output=True,
        text=True,
        check=False,
    )


def manage(data_dir: Path, *arguments: str, **settings: str) -> str:
    done = run(data_dir, "manage.py", *arguments, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def python(data_dir: Path, script: str, *arguments: str, **settings: str) -> str:
    done = run(data_dir, "-c", script, *arguments, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup of an installation with SQLite."""
    folder = tmp_path_factory.mktemp("source")
    python(folder / "var", FILL)
    manage(folder / "var", "backup", str(folder / "backup.tar"), "--with-secrets")
    return folder


def contents(archive: Path) -> tuple[dict[str, list[Any]], dict[str, bytes]]:
    """The rows of each table, and the files."""
    rows, files = {}, {}
    with tarfile.open(archive) as tar:
        for info in tar:
            data = tar.extractfile(info).read()  # type: ignore[union-attr]
            if info.name.startswith("rows/"):
                rows[info.name] = [json.loads(line) for line in gzip.decompress(data).splitlines()]
            elif info.name.startswith("media/"):
                files[info.name] = data
    return rows, files


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The address of a server with two empty databases."""
    with running_postgres(Path(program("initdb")).parent, "mood", "secret", "one") as port:
        address = f"postgres://mood:secret@127.0.0.1:{port}"
        with psycopg.connect(f"{address}/one", autocommit=True) as connection:
            connection.execute("CREATE DATABASE two")
        yield address


@pytest.mark.timeout(900)
def test_a_library_travels_from_sqlite_over_two_postgres_databases_back_to_sqlite(
    filled: Path, postgres: str, tmp_path: Path
) -> None:
    archive = filled / "backup.tar"
    stages = {"first": f"{postgres}/one", "second": f"{postgres}/two", "third": ""}
    for name, database in stages.items():
        restored = manage(tmp_path / name, "restore", str(archive), DATABASE_URL=database)
        assert "Restored 2 users and 6 songs with 16 files" in restored
        archive = tmp_path / f"{name}.tar"
        manage(tmp_path / name, "backup", str(archive), "--with-secrets", DATABASE_URL=database)
        assert "Complete: 6 songs, 16 files" in manage(tmp_path / name, "backup", "--verify", str(archive))
    rows, files = contents(filled / "backup.tar")
    # Uploads in progress stay behind: no archive has their bytes.
    assert len(rows["rows/classifier.resumableupload.jsonl.gz"]) == 1
    rows["rows/classifier.resumableupload.jsonl.gz"] = []
    assert contents(archive) == (rows, files)
    secret = (filled / "var" / "secret_key").read_text()
    assert (tmp_path / "third" / "secret_key").read_text() == secret
    for name, database in stages.items():
        assert python(tmp_path / name, USE, DATABASE_URL=database) == "usable\n"


@pytest.mark.timeout(600)
def test_a_backup_of_a_newer_version_is_refused_and_a_damaged_one_restores_nothing(
    filled: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.tar"
    with tarfile.open(filled / "backup.tar") as source, tarfile.open(newer, "w") as target:
        for info in source:
            stream = source.extractfile(info)
            assert stream is not None
            if info.name == "manifest.json":
                manifest = json.load(stream)
                manifest["version"] = "99.0.0"
                manifest["migrations"]["classifier"].append("9999_from_the_future")
                (tmp_path / "manifest.json").write_text(json.dumps(manifest))
                target.add(tmp_path / "manifest.json", info.name)
            else:
                target.addfile(info, stream)
    refused = run(tmp_path / "var", "manage.py", "restore", str(newer))
    assert refused.returncode == 1
    assert "was made by Countermood 99.0.0, which is newer than this one" in refused.stderr
    assert "Traceback" not in refused.stderr

    damaged = bytearray((filled / "backup.tar").read_bytes())
    damaged[damaged.rfind(b"ID3 a copy")] ^= 0xFF
    (tmp_path / "damaged.tar").write_bytes(damaged)
    refused = run(tmp_path / "var", "manage.py", "restore", str(tmp_path / "damaged.tar"))
    assert refused.returncode == 1
    assert "wrong checksum of media/songs/" in refused.stderr
    assert [path for path in (tmp_path / "var" / "media").rglob("*") if path.is_file()] == []
    assert "Restored 2 users" in manage(tmp_path / "var", "restore", str(filled / "backup.tar"))


@pytest.mark.timeout(600)
def test_a_backup_of_an_older_version_becomes_an_installation_of_this_one(tmp_path: Path) -> None:
    archive = tmp_path / "old.tar"
    python(tmp_path / "old", OLD, str(archive))
    # Into a database without tables, and into one that a start has migrated already.
    manage(tmp_path / "started", "migrate")
    for name in ("empty", "started"):
        assert "Restored 1 users and 5 songs" in manage(tmp_path / name, "restore", str(archive))
        python(tmp_path / name, "from tests.system import old_installations; old_installations.use()")
