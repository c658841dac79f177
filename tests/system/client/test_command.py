"""The command `countermood` and the examples of the client, as another machine runs them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from countermood_client import Client
from tests.system.client.conftest import CLIENT, Machine
from tests.system.processes import wait_for

README = (CLIENT / "README.md").read_text()


def test_tag_prints_the_mood_of_each_song(machine: Machine, song: Callable[..., Path]) -> None:
    song("album/one.mp3", 1)
    song("album/two.flac", 2)
    (machine.home / "album" / "broken.ogg").write_bytes(b"no sound at all")
    done = machine.run("tag", "album", "--json")
    assert done.returncode == 1
    assert re.fullmatch(r"album/broken\.ogg: .+\.\n", done.stderr), done.stderr
    moods = {one["path"]: one["mood"]["name"] for one in map(json.loads, done.stdout.splitlines())}
    assert moods.keys() == {"album/one.mp3", "album/two.flac"}

    again = machine.run("tag", "album/one.mp3")
    assert again.returncode == 0, again.stderr
    assert re.fullmatch(rf"album/one\.mp3\t{moods['album/one.mp3']}\t\d+%\n", again.stdout), again.stdout

    listed = machine.run("songs", "--filter", "q=one").stdout
    assert listed.startswith("one.mp3\t")
    exported = machine.run("export", "--filter", "q=two", "--output", "songs.csv")
    assert exported.returncode == 0, exported.stderr
    [row] = csv.DictReader(io.StringIO((machine.home / "songs.csv").read_text("utf-8-sig")))
    assert row["file_name"] == "two.flac"

    with Client(machine.url, token=machine.token) as client:
        made = client.create_playlist("Both", {"order": "mixture", "weights": {"calm": 1, "joyful": 1}})
        assert client.refresh_playlist(made["id"]) == {"added": 0, "removed": 0}
        assert made["songs"] == len(list(client.playlist_songs(made["id"]))) >= 2
    assert machine.run("playlist").stdout == f"Both\t{made['songs']} songs\n"
    assert machine.run("playlist", "Both").stdout.startswith("#EXTM3U\n#PLAYLIST:Both\n")
    assert machine.run("playlist", "Neither").returncode == 1


def test_corrections_and_webhooks(machine: Machine, song: Callable[..., Path]) -> None:
    song("three.mp3", 7)
    assert machine.run("tag", "three.mp3").returncode == 0
    (machine.home / "moods.csv").write_text("path,actual_primary\nthree.mp3,sad\nfour.mp3,sad\n")
    trial = machine.run("corrections", "moods.csv", "--dry-run")
    assert (trial.returncode, trial.stdout.splitlines()[0]) == (1, "2\tthree.mp3\tnot judged -> corrected: Sad")
    assert "would change; nothing was changed" in trial.stderr
    assert machine.run("corrections", "moods.csv").stderr.startswith("1 changed, 0 unchanged, 1 with a problem")

    webhook_id, url, secret = machine.run("webhooks", "--add", "https://example.org/in").stdout.strip().split("\t")
    assert (url, secret[:6]) == ("https://example.org/in", "whsec_")
    assert machine.run("webhooks").stdout.startswith(f"{webhook_id}\t{url}\tsong.done, song.failed")
    assert machine.run("webhooks", "--delete", webhook_id).returncode == 0
    assert machine.run("webhooks").stdout == ""
    refused = machine.run("links", "http://127.0.0.1:1/song.mp3")
    assert (refused.returncode, "own network" in refused.stderr) == (1, True)


def test_watch_uploads_what_comes_into_a_folder(machine: Machine, song: Callable[..., Path]) -> None:
    song("in/early.mp3", 3)
    output = machine.home / "output"
    with output.open("w") as file:
        process = subprocess.Popen(
            machine.words("watch", "in", "--every", 0.2), cwd=machine.home, env=machine.settings, stdout=file
        )
    try:
        wait_for(lambda: "early.mp3\t" in output.read_text(), what="mood of the first song")
        song("in/late.mp3", 4)
        wait_for(lambda: "late.mp3\t" in output.read_text(), what="mood of the second song")
    finally:
        process.kill()
        process.wait()
    assert output.read_text().count("\n") == 2


def test_a_wrong_token_is_a_sentence(machine: Machine, song: Callable[..., Path]) -> None:
    machine.token = "mmc_wrong"
    done = machine.run("tag", song("one.mp3", 5))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"one\.mp3: .+\.\n", done.stderr), done.stderr


def test_the_readme_runs(machine: Machine, song: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    song("song.mp3", 6)
    monkeypatch.chdir(machine.home)
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    program = "\n".join(examples).replace("http://localhost:8000", machine.url).replace("mmc_…", machine.token)
    exec(program, {})
    assert "corrected" in (machine.home / "corrected.csv").read_text()
    with Client(machine.url, token=machine.token) as client:
        [corrected] = client.songs(q="song.mp3")
    assert corrected["verdict"] == "corrected"
