"""What processes hold in memory: the web process nothing heavy, the worker no training."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sounds
from tests.architecture.sources import ROOT
from tests.system.product import environment

TRAINING = {"tensorflow", "keras", "librosa", "numba", "sklearn", "matplotlib"}
LISTENING = {"scipy", "av", "ai_edge_litert", "pydub", "soundfile"}

# What a web process loads at its start, and with the pages that every visit opens.
VISIT = """
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
pages = ("home", "song-list", "corrections", "song-compare", "how-good", "users", "tokens", "password", "palette")
for name in (*pages, "health", "predictions", "model"):
    assert client.get(reverse(name)).status_code == 200, name
wave = SimpleUploadedFile("a.wav", open(sys.argv[1], "rb").read())
assert client.post(reverse("predict"), {"file": wave}).status_code == 202
text = SimpleUploadedFile("a.mp3", b"no music at all " * 99)
assert client.post(reverse("predict"), {"file": text}).status_code == 415
song_id = client.get(reverse("predictions")).json()["results"][0]["id"]
assert client.get(f"/songs/{song_id}/").status_code == 200
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""

LISTEN = """
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
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


# What a worker loads before it forks the processes that listen: with the numeric libraries among it, they would take
# as many threads as there are cores, and two workers would wait for each other's.
START = """
import json, sys
from mmc.celery import app
app.loader.import_default_modules()
app.finalize()
from django.core.checks import run_checks
assert run_checks() == []
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_a_worker_forks_before_anything_heavy_is_in_memory(tmp_path: Path) -> None:
    loaded = loaded_after(START, DATA_DIR=str(tmp_path / "var"))
    assert "celery" in loaded
    assert loaded & (TRAINING | LISTENING | {"numpy"}) == set()


def test_the_web_process_answers_without_anything_heavy_in_memory(tmp_path: Path, song: Path) -> None:
    loaded = loaded_after(VISIT, str(song), DATA_DIR=str(tmp_path / "var"))
    assert "django" in loaded
    assert loaded & (TRAINING | LISTENING | {"numpy"}) == set()


def test_a_song_is_heard_without_tensorflow_or_librosa(song: Path) -> None:
    loaded = loaded_after(LISTEN, str(song), str(ROOT / "ml" / "bundles" / "mood-3"))
    assert "ai_edge_litert" in loaded
    assert loaded & TRAINING == set()
