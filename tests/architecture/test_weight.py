"""Modules that processes load: the web process nothing heavy, the worker nothing of training."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sounds
from tests.architecture.sources import ROOT
from tests.system.product import environment

TRAINING = {"tensorflow", "keras", "librosa", "numba", "sklearn", "matplotlib"}
# What the first sign-in of its kind loads, and not the start.
SIGN_IN = {"authlib", "cryptography", "fido2", "joserfc", "pyotp", "requests", "segno"}
ANALYSIS = {"scipy", "av", "ai_edge_litert", "pydub", "soundfile"}
OPTIONAL = {"boto3", "botocore", "storages"}

# A web process: its start, and the pages of an ordinary visit.
WEB = """
import json, sys
from mmc.wsgi import application
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver, reverse

get_resolver().url_patterns
call_command("migrate", verbosity=0)
client = Client(headers={"host": "localhost"})
password = "open sesame, please"
form = {"username": "olga", "password": password, "password_again": password}
assert client.post("/setup/", form).status_code == 302
pages = ("home", "song-list", "corrections", "measurement", "song-compare", "how-good", "users", "tokens", "password",
         "palette", "account", "security-log")
for name in (*pages, "health", "predictions", "model", "v1-songs", "v1-schema", "v1-reference"):
    assert client.get(reverse(name)).status_code == 200, name
wave = SimpleUploadedFile("a.wav", open(sys.argv[1], "rb").read())
assert client.post(reverse("predict"), {"file": wave}).status_code == 202
text = SimpleUploadedFile("a.mp3", b"no music at all " * 99)
assert client.post(reverse("predict"), {"file": text}).status_code == 415
song_id = client.get(reverse("predictions")).json()["results"][0]["id"]
assert client.get(f"/songs/{song_id}/").status_code == 200
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""

ANALYSE = """
import json, sys
from pathlib import Path
from ml.inference.analysis import analyse
from ml.models.bundle import Bundle
analyse(Path(sys.argv[1]), bundle=Bundle.open(Path(sys.argv[2])), on_progress=lambda stage, done, total: None)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return sounds.write(tmp_path / "song.wav", sounds.music(6.0))


def loaded_after(script: str, *arguments: str, **settings: str) -> set[str]:
    process = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return set(json.loads(process.stdout.splitlines()[-1]))


# A process that scans folders, with one folder that it watches.
SOURCES = """
import json, os, sys, time
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
django.setup()
from django.core.management import call_command
from django.utils import timezone
from classifier.management.commands.sources import _request_changed
from classifier.models import Person, Source
from classifier.sources.watching import FolderWatcher
call_command("migrate", verbosity=0)
folder = sys.argv[1]
Source.objects.create(owner=Person.objects.create_user("anna"), kind="folder", name="Music", address=folder,
                      created_at=timezone.now())
call_command("sources")
assert Source.objects.get().scan_counts["new"] == 1, Source.objects.values()
watcher = FolderWatcher(poll=False)
_request_changed(watcher)
while "watchfiles" not in sys.modules:
    time.sleep(0.05)
watcher.stop()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


# A worker before it forks its children. If it loaded numeric libraries, each child would start a thread for each core,
# and two workers would slow each other down.
WORKER = """
import json, sys
from mmc.celery import app
app.loader.import_default_modules()
app.finalize()
from django.core.checks import run_checks
assert run_checks() == []
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_a_worker_loads_nothing_heavy_before_it_forks(tmp_path: Path) -> None:
    loaded = loaded_after(WORKER, DATA_DIR=str(tmp_path / "var"))
    assert "celery" in loaded
    assert loaded & (TRAINING | ANALYSIS | OPTIONAL | {"numpy"}) == set()


def test_the_web_process_loads_nothing_heavy(tmp_path: Path, song: Path) -> None:
    loaded = loaded_after(WEB, str(song), DATA_DIR=str(tmp_path / "var"))
    assert "django" in loaded
    assert loaded & (TRAINING | ANALYSIS | OPTIONAL | {"numpy"}) == set()


def test_the_process_that_scans_folders_loads_nothing_heavy(tmp_path: Path, song: Path) -> None:
    loaded = loaded_after(SOURCES, str(song.parent), DATA_DIR=str(tmp_path / "var"), MUSIC_DIRS=str(song.parent))
    assert "watchfiles" in loaded
    assert loaded & (TRAINING | ANALYSIS | OPTIONAL | {"numpy"}) == set()


def test_an_analysis_loads_neither_tensorflow_nor_librosa(song: Path) -> None:
    loaded = loaded_after(ANALYSE, str(song), str(ROOT / "ml" / "bundles" / "mood-5"))
    assert "ai_edge_litert" in loaded
    assert loaded & TRAINING == set()
