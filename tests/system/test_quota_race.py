"""Uploads of one user at the same moment cannot pass the quota on PostgreSQL, where transactions run side by side."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.conftest import program
from tests.system.product import ROOT, environment
from tests.system.servers import running_postgres

ADD_SONGS = """
from concurrent.futures import ThreadPoolExecutor
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "mmc.settings"
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from classifier.errors import ProductError
from classifier.models import Person, Song
from classifier.services.song_submit import song_submit
from tests.classifier.fake_analysis import upload

call_command("migrate", verbosity=0)
anna = Person.objects.create_user("anna")

def add(mark):
    try:
        song_submit(owner=anna, upload=upload(mark=mark), now=timezone.now())
        return "added"
    except ProductError as error:
        return error.code
    finally:
        connection.close()

with ThreadPoolExecutor(8) as threads:
    outcomes = list(threads.map(add, range(32)))
print(Song.objects.count(), outcomes.count("added"), outcomes.count("quota_exceeded"))
"""


@pytest.mark.timeout(900)
def test_concurrent_uploads_cannot_pass_the_quota_on_postgres(tmp_path: Path) -> None:
    bin_dir = Path(program("postgres")).parent
    with running_postgres(bin_dir, "mood", "race", "mood") as port:
        settings = {
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": f"postgres://mood:race@127.0.0.1:{port}/mood",
            "QUOTA_SONGS": "3",
        }
        report = subprocess.run(
            [sys.executable, "-c", ADD_SONGS],
            cwd=ROOT,
            env=environment(**settings),
            capture_output=True,
            text=True,
            check=False,
        )
    assert report.returncode == 0, report.stderr
    assert report.stdout.split() == ["3", "3", "29"], report.stderr
