"""What docker-compose.yml starts, without Docker: the same commands and settings, on a real Redis and PostgreSQL."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from tests import sounds
from tests.system.compose import MissingError, Service, services
from tests.system.conftest import program
from tests.system.processes import descendants, end, free_port, wait_for
from tests.system.product import ROOT, environment
from tests.system.servers import running_postgres, running_redis
from tests.system.visitor import Caller, Visitor, newcomer

PASSWORD = "a-password-for-this-test"


@dataclass
class Composed:
    """The services' processes, with their output in `folder`."""

    folder: Path
    services: dict[str, Service]
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.out").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                self._here(self.services[name].command),
                cwd=ROOT,
                env=environment(**self.services[name].environment | self.settings),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, name: str) -> None:
        self.start(name)
        assert self.processes.pop(name).wait(timeout=60) == 0, self.log(name)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        family = descendants(process.pid)
        end(process.pid, signal.SIGKILL)
        for pid in family:
            end(pid, signal.SIGKILL)
        process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.out").read_text()

    def _here(self, command: list[str]) -> list[str]:
        """The image's programs are those beside this Python; its port is one that is free here."""
        first, *rest = command
        return [str(Path(sys.executable).with_name(first))] + [
            word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in rest
        ]


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    folder = tmp_path_factory.mktemp("composed")
    found = services({"POSTGRES_PASSWORD": PASSWORD})
    redis_server, *redis_options = found["redis"].command
    postgres = found["postgres"].environment
    with (
        running_redis([program(redis_server), *redis_options], folder) as redis_port,
        running_postgres(
            Path(program("initdb")).parent, postgres["POSTGRES_USER"], PASSWORD, postgres["POSTGRES_DB"]
        ) as postgres_port,
    ):
        web = found["web"].environment
        settings = {
            "DATABASE_URL": web["DATABASE_URL"].replace("@postgres:5432/", f"@127.0.0.1:{postgres_port}/"),
            "REDIS_URL": web["REDIS_URL"].replace("//redis:6379/", f"//127.0.0.1:{redis_port}/"),
            "DATA_DIR": str(folder / "data"),
            "REQUEUE_AFTER_S": "2",
        }
        assert str(postgres_port) in settings["DATABASE_URL"]
        assert str(redis_port) in settings["REDIS_URL"]
        composed = Composed(folder, found, settings)
        try:
            composed.run("migrate")
            for name in ("web", "worker", "sweep"):
                composed.start(name)
            yield composed
        finally:
            for name in list(composed.processes):
                composed.kill(name)


@pytest.fixture(scope="module")
def caller(composed: Composed) -> Caller:
    """The owner, who found the setup token in the log of the web process."""
    announced = wait_for(
        lambda: re.search(r"setup token is: (\S+)", composed.log("web")), timeout_s=30, what="setup token in the log"
    )
    assert Visitor(composed.address).make_owner("a guess").status_code == 403
    return newcomer(composed.address, announced[1])


@pytest.mark.timeout(300)
def test_a_song_goes_through_postgres_and_redis_to_its_mood(composed: Composed, caller: Caller, tmp_path: Path) -> None:
    song = caller.submit(sounds.write(tmp_path / "song.flac", sounds.music(30.0)))
    done = caller.await_end(song["id"], timeout_s=120)
    assert done["status"] == "done", composed.log("worker")
    assert done["duration_s"] == pytest.approx(30.0, abs=0.1)
    assert done["mood"]["name"]
    assert done["segments"]


@pytest.mark.timeout(300)
def test_a_song_that_waited_while_redis_lost_everything_is_heard_all_the_same(
    composed: Composed, caller: Caller, tmp_path: Path
) -> None:
    composed.kill("worker")
    song = caller.submit(sounds.write(tmp_path / "song.mp3", sounds.music(12.0)))
    with redis.Redis.from_url(composed.settings["REDIS_URL"]) as broker:
        assert broker.llen("songs") == 1
        broker.flushall()
    composed.start("worker")
    assert caller.await_end(song["id"], timeout_s=120)["status"] == "done", composed.log("worker")


def test_the_health_check_asks_what_the_web_process_answers(composed: Composed, caller: Caller) -> None:
    def passes(port: int) -> bool:
        kind, _, *arguments = composed.services["web"].health_check
        assert kind == "CMD"
        here = [word.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for word in arguments]
        asked = subprocess.run([sys.executable, *here], timeout=20, check=False, stderr=subprocess.DEVNULL)
        return asked.returncode == 0

    assert passes(composed.port)
    assert not passes(free_port())


def test_without_a_database_password_compose_says_how_to_make_one() -> None:
    with pytest.raises(MissingError, match=r"POSTGRES_PASSWORD: write it to \.env with `make env`"):
        services({})


def test_make_env_writes_what_compose_needs_and_never_the_same_twice(tmp_path: Path) -> None:
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
