"""The examples of docs/api.md and docs/exports.md are run, in their order, against a server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.utils import timezone

from classifier.accounts.tokens import token_create
from classifier.api.v1.examples import SONG
from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song
from tests.architecture.sources import ROOT
from tests.classifier.fake_analysis import FakeAnalyser, wav

TEXT = (ROOT / "docs" / "api.md").read_text()
EXAMPLES = [
    example
    for text in (TEXT, (ROOT / "docs" / "exports.md").read_text())
    for example in re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
]
needs_programs = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "jq"))), reason="needs bash, curl and jq, which the examples use"
)


def test_the_song_of_the_documentation_is_the_real_answer() -> None:
    objects = [json.loads(text) for text in re.findall(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)]
    assert orjson.loads(SONG.read_bytes()) in objects


@needs_programs
@pytest.mark.django_db(transaction=True)
def test_the_examples_run(live_server: Any, tmp_path: Path, analyser: FakeAnalyser, monkeypatch: Any) -> None:
    # The examples wait for the worker of a real installation.
    monkeypatch.setattr("classifier.services.song_submit.enqueue", lambda song_id, now: song_analyse(song_id=song_id))
    anna = Person.objects.create_user("anna")
    _, key = token_create(owner=anna, name="documentation", now=timezone.now())
    for number, name in enumerate(("song.mp3", "one.mp3", "two.mp3")):
        (tmp_path / name).write_bytes(wav(mark=number))
    environment = os.environ | {"SERVER": live_server.url, "TOKEN": key}
    script = "set -euo pipefail\n" + "\n".join(text for kind, text in EXAMPLES if kind == "sh")
    script = script.replace("curl -s", "curl --fail-with-body --max-time 60 -s")
    shell = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert shell.returncode == 0, shell.stdout + shell.stderr
    assert '"Calm but Powerful"' in shell.stdout
    assert "event: end" in shell.stdout
    assert Song.objects.filter(actual_primary="sad").count() == 1
    assert Song.objects.count() == 3
    [python] = [text for kind, text in EXAMPLES if kind == "python"]
    program = subprocess.run(
        [sys.executable, "-c", python], env=environment, capture_output=True, text=True, timeout=300
    )
    assert program.returncode == 0, program.stderr
    assert program.stdout == "Nocturne - Calm but Powerful\n" * 3
