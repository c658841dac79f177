"""Two web hosts and a worker host that share PostgreSQL, Redis and a bucket, and no disk."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests import sounds
from tests.s3_server import BUCKET, KEYS, Bucket, running_s3
from tests.system.clients import ApiClient, first_visit
from tests.system.conftest import program
from tests.system.processes import descendants, free_port, signal_group, wait_for
from tests.system.product import ROOT, environment
from tests.system.servers import running_postgres, running_redis

TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


@dataclass
class Host:
    """A machine with its own data folder and home."""

    folder: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-u", *command],
                cwd=ROOT,
                env=environment(**self.settings) | {"HOME": str(home), "DATA_DIR": str(self.folder / "data")},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_web(self) -> None:
        self.start("-m", "gunicorn", "--config", "python:mmc.webserver", "--bind", f"127.0.0.1:{self.port}", "mmc.wsgi")

    def stop(self) -> None:
        for process in self.processes:
            pids = descendants(process.pid)
            signal_group(process.pid, signal.SIGKILL)
            for pid in pids:
                signal_group(pid, signal.SIGKILL)
            process.wait()

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def large_files(self) -> list[str]:
        """Audio, pictures and copies of them."""
        return [str(path) for path in self.folder.rglob("*") if path.is_file() and path.suffix not in ("", ".dat")]


@dataclass
class Site:
    first: Host
    second: Host
    worker: Host
    bucket: Bucket
    client: ApiClient


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hosts")
    with (
        running_redis([program("redis-server"), "--save", "", "--appendonly", "no"], folder) as redis_port,
        running_postgres(Path(program("initdb")).parent, "mood", "secret", "mood") as postgres_port,
        running_s3() as bucket,
    ):
        settings = {
            "DATABASE_URL": f"postgres://mood:secret@127.0.0.1:{postgres_port}/mood",
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "SECRET_KEY": "the same on every host",
            "REQUIRE_SETUP_TOKEN": "true",
            "REQUEUE_AFTER_S": "2",
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT": bucket.endpoint,
            "S3_REGION": "us-east-1",
            "S3_ACCESS_KEY": KEYS["access_key"],
            "S3_SECRET_KEY": KEYS["secret_key"],
            "S3_PREFIX": "countermood",
        }
        first, second, worker = (Host(folder / name, settings) for name in ("first", "second", "worker"))
        try:
            assert worker.start("manage.py", "migrate", "--no-input").wait() == 0, worker.log()
            first.start_web()
            second.start_web()
            worker.start("-m", "celery", "--app", "mmc", "worker", "--loglevel", "INFO")
            worker.start("manage.py", "sweep", "--every", "1")
            token = wait_for(lambda: re.search(r"setup token is: (\S+)", first.log()), what="setup token in the log")
            # The token of one host is that of the other.
            yield Site(first, second, worker, bucket, first_visit(second.address, token[1]))
        finally:
            for host in (first, second, worker):
                host.stop()


def upload_over_two_hosts(site: Site, path: Path) -> str:
    """Sends the first half to one host and the second half to the other. Returns the id of the song."""
    content = path.read_bytes()
    half = len(content) // 2
    headers = site.client.headers | TUS
    created = requests.post(
        f"{site.first.address}/api/uploads/",
        data=content[:half],
        headers=headers
        | {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {b64encode(path.name.encode()).decode()}"},
        timeout=60,
    )
    assert created.status_code == 201, created.text
    assert created.headers["Upload-Offset"] == str(half)
    there = f"{site.second.address}{created.headers['Location']}"
    assert requests.head(there, headers=headers, timeout=60).headers["Upload-Offset"] == str(half)
    finished = requests.patch(there, data=content[half:], headers=headers | {"Upload-Offset": str(half)}, timeout=60)
    assert finished.status_code == 204, finished.text
    return finished.headers["Upload-Song"].rstrip("/").rpartition("/")[2]


@pytest.mark.timeout(900)
def test_songs_are_uploaded_analysed_played_and_deleted_without_a_common_disk(site: Site, tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "night train.aiff", sounds.music(12.0))
    song_id = upload_over_two_hosts(site, path)
    done = site.client.wait_until_finished(song_id)
    assert done["status"] == "done", site.worker.log()

    def get(address: str, **headers: str) -> requests.Response:
        url = f"{site.first.address}/songs/{song_id}/{address}"
        return requests.get(url, headers=site.client.headers | headers, timeout=60)

    whole = get("audio")
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "audio/mpeg")  # the playable copy
    part = get("audio", Range="bytes=100-299")
    assert (part.status_code, part.content) == (206, whole.content[100:300])
    assert get("spectrogram.png").content.startswith(b"\x89PNG")
    assert get("passage.wav?start=2&end=4").content.startswith(b"RIFF")
    wait_for(lambda: get("saliency/primary.png").status_code == 200, what="saliency map")
    kept = [name.rpartition("/")[2].partition("-")[0] for name in site.bucket.names()]
    assert sorted(set(kept)) == ["playable", "saliency", "source.aiff", "spectrogram"]

    page = requests.delete(f"{site.second.address}/api/predictions/{song_id}/", headers=site.client.headers, timeout=60)
    assert page.status_code == 204, page.text
    assert site.bucket.names() == []
    assert site.second.large_files() == site.worker.large_files() == []
    # The first host has its copy of half an upload until the clean-up: the upload was finished elsewhere.
    assert [Path(name).suffix for name in site.first.large_files()] == [".upload"]
