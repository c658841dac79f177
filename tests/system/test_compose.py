"""The services of docker-compose.yml without Docker: the same commands and settings, with real Redis and PostgreSQL."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import requests

from classifier.accounts.attempt_limits import GUESSES
from tests import sounds
from tests.system.clients import ApiClient, BrowserClient, first_visit
from tests.system.compose import MissingError, Service, services
from tests.system.conftest import program
from tests.system.processes import descendants, free_port, signal_group, wait_for
from tests.system.product import ROOT, environment
from tests.system.servers import running_postgres, running_redis

PASSWORD = "a-password-for-this-test"


@dataclass
class Services:
    """Running services, with their output in `folder`."""

    folder: Path
    definitions: dict[str, Service]
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.out").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                self._local(self.definitions[name].command),
                cwd=ROOT,
                env=environment(**self.definitions[name].environment | self.settings),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, name: str) -> None:
        self.start(name)
        assert self.processes.pop(name).wait() == 0, self.log(name)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        pids = descendants(process.pid)
        signal_group(process.pid, signal.SIGKILL)
        for pid in pids:
            signal_group(pid, signal.SIGKILL)
        process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.out").read_text()

    def _local(self, command: list[str]) -> list[str]:
        """With the programs next to this Python, and a free port."""
        first, *rest = command
        return [str(Path(sys.executable).with_name(first))] + [
            word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in rest
        ]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("compose")
    definitions = services({"POSTGRES_PASSWORD": PASSWORD})
    redis_server, *redis_options = definitions["redis"].command
    postgres = definitions["postgres"].environment
    with (
        running_redis([program(redis_server), *redis_options], folder) as redis_port,
        running_postgres(
            Path(program("initdb")).parent, postgres["POSTGRES_USER"], PASSWORD, postgres["POSTGRES_DB"]
        ) as postgres_port,
    ):
        web = definitions["web"].environment
        settings = {
            "DATABASE_URL": web["DATABASE_URL"].replace("@postgres:5432/", f"@127.0.0.1:{postgres_port}/"),
            "REDIS_URL": web["REDIS_URL"].replace("//redis:6379/", f"//127.0.0.1:{redis_port}/"),
            "DATA_DIR": str(folder / "data"),
            "REQUEUE_AFTER_S": "2",
            "WEB_PROCESSES": "2",
        }
        assert str(postgres_port) in settings["DATABASE_URL"]
        assert str(redis_port) in settings["REDIS_URL"]
        running = Services(folder, definitions, settings)
        try:
            running.run("migrate")
            for name in ("web", "worker", "sweep"):
                running.start(name)
            yield running
        finally:
            for name in list(running.processes):
                running.kill(name)


@pytest.fixture(scope="module")
def client(running: Services) -> ApiClient:
    """Of the owner, with the setup token from the log of the web process."""
    token = wait_for(lambda: re.search(r"setup token is: (\S+)", running.log("web")), what="setup token in the log")
    assert BrowserClient(running.address).create_owner("a guess").status_code == 403
    return first_visit(running.address, token[1])


@pytest.mark.timeout(600)
def test_a_song_is_analysed_with_postgres_and_redis(running: Services, client: ApiClient, tmp_path: Path) -> None:
    song = client.submit(sounds.write(tmp_path / "song.flac", sounds.music(30.0)))
    done = client.wait_until_finished(song["id"])
    assert done["status"] == "done", running.log("worker")
    assert done["duration_s"] == pytest.approx(30.0, abs=0.1)
    assert done["mood"]["name"]
    assert done["segments"]


@pytest.mark.timeout(600)
def test_a_queued_song_is_analysed_although_redis_lost_everything(
    running: Services, client: ApiClient, tmp_path: Path
) -> None:
    running.kill("worker")
    song = client.submit(sounds.write(tmp_path / "song.mp3", sounds.music(12.0)))
    with redis.Redis.from_url(running.settings["REDIS_URL"]) as broker:
        assert broker.llen("interactive") == 1
        broker.flushall()
    running.start("worker")
    assert client.wait_until_finished(song["id"])["status"] == "done", running.log("worker")


@pytest.mark.timeout(600)
def test_parallel_guesses_at_several_processes_get_no_more_tries_than_allowed(
    running: Services, client: ApiClient
) -> None:
    page = requests.Session()
    page.get(f"{running.address}/login/", timeout=60)
    form = {"username": "guessed", "password": "a guess", "csrfmiddlewaretoken": page.cookies["csrftoken"]}

    def guess(_: int) -> int:
        cookies = page.cookies.get_dict()
        return requests.post(f"{running.address}/login/", data=form, cookies=cookies, timeout=300).status_code

    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(guess, range(60))) == {200}
    with psycopg.connect(running.settings["DATABASE_URL"]) as database:
        counts = database.execute("SELECT count FROM classifier_signinfailure").fetchall()
    # Of the name from this address, of the address, and of the name: refused guesses were given back.
    assert counts == [(GUESSES.attempts,)] * 3


def test_the_health_check_passes_while_the_web_process_answers(running: Services, client: ApiClient) -> None:
    def passes(port: int) -> bool:
        kind, _, *arguments = running.definitions["web"].health_check
        assert kind == "CMD"
        local = [word.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for word in arguments]
        check = subprocess.run([sys.executable, *local], check=False, stderr=subprocess.DEVNULL)
        return check.returncode == 0

    assert passes(running.port)
    assert not passes(free_port())


@pytest.mark.timeout(600)
def test_the_owner_sees_from_outside_that_redis_does_not_answer(running: Services, client: ApiClient) -> None:
    def ready() -> tuple[int, list[str]]:
        response = requests.get(f"{running.address}/health/ready", headers=client.headers, timeout=30)
        return response.status_code, [reason["code"] for reason in response.json()["reasons"]]

    def status() -> dict[str, Any]:
        return requests.get(f"{running.address}/api/status/", headers=client.headers, timeout=30).json()

    wait_for(lambda: ready() == (200, []), what="server that is ready")
    assert status()["ready"] is True
    with redis.Redis.from_url(running.settings["REDIS_URL"]) as broker:
        broker.client_pause(20_000)
    wait_for(lambda: ready() == (503, ["broker_down"]), what="reason why it is not")
    wait_for(lambda: "broker" in status()["message"], what="the same for dashboards")
    wait_for(lambda: ready() == (200, []), what="server that is ready again")


def test_without_a_database_password_compose_says_how_to_create_one() -> None:
    with pytest.raises(MissingError, match=r"POSTGRES_PASSWORD: write it to \.env with `make env`"):
        services({})


def test_make_env_writes_a_new_password_each_time(tmp_path: Path) -> None:
    passwords = set()
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        subprocess.run(
            ["make", "--silent", "--file", str(ROOT / "Makefile"), "env"], cwd=folder, check=True, capture_output=True
        )
        name, _, password = (folder / ".env").read_text().strip().partition("=")
        assert (folder / ".env").stat().st_mode & 0o777 == 0o600
        assert services({name: password})["postgres"].environment[name] == password
        passwords.add(password)
    assert len(passwords) == 2
    assert all(len(password) >= 32 for password in passwords)
