"""The two set-ups of the product, with parts that can be killed: `make run`, and the services of Docker Compose."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from tests.system.compose import services
from tests.system.conftest import program
from tests.system.processes import command_line, descendants, free_port, signal_group, wait_for
from tests.system.product import ROOT, RunningProduct, environment
from tests.system.servers import PostgresServer, RedisServer

# A lost song is noticed after seconds, and no song runs out of attempts.
SETTINGS = {
    "LEASE_S": "4",
    "REQUEUE_AFTER_S": "3",
    "MAX_ATTEMPTS": "20",
    "WORKER_PROCESSES": "2",
    "API_CALLS_PER_MINUTE": "1000000",
}
PASSWORD = "a-password-for-this-test"


class SetUp(ABC):
    """`kill` kills a part with SIGKILL and brings it back; `parts` are their names."""

    address: str
    data_dir: Path
    music: Path
    """The folder of a source."""
    parts: tuple[str, ...]

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def stop(self) -> None: ...

    @abstractmethod
    def kill(self, part: str) -> None: ...

    @abstractmethod
    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The result of a query on the product's database."""

    @abstractmethod
    def logs(self) -> str: ...


class Embedded(SetUp):
    """`manage.py serve` with SQLite and the file queue. It restarts what dies."""

    parts = ("web", "worker", "worker child", "sweep", "sources")
    words = {"web": " gunicorn ", "worker": " celery ", "sweep": " sweep ", "sources": " sources "}

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder / "var"
        self.music = folder / "music"
        self.folder = folder

    def start(self) -> None:
        self.product = RunningProduct(self.data_dir, **SETTINGS, MUSIC_DIRS=str(self.music))
        self.product.__enter__()
        self.address = self.product.address

    def stop(self) -> None:
        self.product.__exit__()

    def kill(self, part: str) -> None:
        if part == "worker child":
            workers = self.product.pids_of(" celery ")
            pids = descendants(workers[0])[:1] if workers else []
        else:
            pids = self.product.pids_of(self.words[part])[:1]
        for pid in pids:
            _kill(pid)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.data_dir / "db.sqlite3", timeout=30)) as database:
            return database.execute(query).fetchall()

    def logs(self) -> str:
        return self.product.output() + "".join(map(self.product.log, ("web", "worker", "sweep", "sources")))


class Servers(SetUp):
    """The commands of docker-compose.yml, with PostgreSQL and a Redis that stores nothing. `kill` starts them again."""

    parts = ("web", "worker", "worker child", "sweep", "sources", "redis", "postgres")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.music = folder / "music"
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.definitions = services({"POSTGRES_PASSWORD": PASSWORD})
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.postgres: PostgresServer | None = None
        self.redis: RedisServer | None = None

    def start(self) -> None:
        server, *options = self.definitions["redis"].command
        names = self.definitions["postgres"].environment
        self.postgres = PostgresServer(
            Path(program("initdb")).parent, names["POSTGRES_USER"], PASSWORD, names["POSTGRES_DB"]
        )
        self.redis = RedisServer([program(server), *options], self.folder)
        self.redis.start()
        self.database = f"{self.postgres.address}/{names['POSTGRES_DB']}"
        self.settings = SETTINGS | {
            "DATABASE_URL": self.database,
            "REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "DATA_DIR": str(self.data_dir),
            "MUSIC_DIRS": str(self.music),
            "REQUIRE_SETUP_TOKEN": "false",
        }
        assert self._start("migrate").wait() == 0, self.logs()
        for name in ("web", "worker", "sweep", "sources"):
            self.processes[name] = self._start(name)

    def stop(self) -> None:
        for process in self.processes.values():
            _kill_all(process)
        if self.redis is not None:
            self.redis.kill()
        if self.postgres is not None:
            self.postgres.stop()

    def kill(self, part: str) -> None:
        if part in ("redis", "postgres"):
            server = self.redis if part == "redis" else self.postgres
            assert server is not None
            server.kill()
            server.start()
        elif part == "worker child":
            for pid in descendants(self.processes["worker"].pid)[:1]:
                _kill(pid)
        else:
            _kill_all(self.processes[part])
            self.processes[part] = self._start(part)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(query.encode()).fetchall()

    def logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.out")))

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        first, *rest = self.definitions[name].command
        words = [str(Path(sys.executable).with_name(first)), *rest]
        with (self.folder / f"{name}.out").open("ab") as output:
            return subprocess.Popen(
                [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in words],
                cwd=ROOT,
                env=environment(**self.definitions[name].environment | self.settings),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


SET_UPS: dict[str, Callable[[Path], SetUp]] = {"embedded": Embedded, "servers": Servers}


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """A process and its children, as Docker ends a container."""
    pids = descendants(process.pid)
    signal_group(process.pid, signal.SIGKILL)
    for pid in pids:
        _kill(pid)
    process.wait()
    wait_for(lambda: not any(map(command_line, pids)), what="end of killed children")
