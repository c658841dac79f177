"""Redis and PostgreSQL servers for tests, each on a free port with its own folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from tests.system.processes import all_gone, descendants, free_port, signal_group, wait_for


class RedisServer:
    """Started with this command. `kill` loses its data, unless the command says where to keep them."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.port = free_port()
        self._command = [*command, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, start_new_session=True)
        wait_for(lambda: _redis_answers(self.port), what="answer from Redis")

    def kill(self) -> None:
        signal_group(self._process.pid, signal.SIGKILL)
        self._process.wait()


class PostgresServer:
    """A new PostgreSQL server with this user and an empty database."""

    def __init__(
        self, bin_dir: Path, user: str, password: str, database: str, options: Sequence[str] = ("-F",)
    ) -> None:
        # Under /tmp: the path of a socket must be short, and the user of the server must have access.
        self.folder = Path(tempfile.mkdtemp(prefix="mood-pg-"))
        self.port = free_port()
        self.address = f"postgres://{user}:{password}@127.0.0.1:{self.port}"
        as_user = []
        password_file = self.folder / "password"
        password_file.write_text(password)
        if os.geteuid() == 0:
            # The server refuses to run as root.
            server = pwd.getpwnam("postgres")
            for path in (self.folder, password_file):
                os.chown(path, server.pw_uid, server.pw_gid)
            as_user = ["runuser", "-u", "postgres", "--"]
        data = self.folder / "data"
        initdb = [str(bin_dir / "initdb"), f"--pgdata={data}", "--no-sync", "--encoding=UTF8", "--locale=C"]
        account = [f"--username={user}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        subprocess.run([*as_user, *initdb, *account], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
        sockets = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}"]
        self._command = [*as_user, str(bin_dir / "postgres"), "-D", str(data), "-p", str(self.port), *options, *sockets]
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.start()
            with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{database}"')
        except BaseException:
            self.stop()
            raise

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self.folder, stderr=log, start_new_session=True)
        wait_for(lambda: _postgres_answers(f"{self.address}/postgres"), what="answer from PostgreSQL")

    def kill(self) -> None:
        """The server and the processes of its connections at once, as when the power fails."""
        assert self._process is not None
        pids = descendants(self._process.pid)
        if os.geteuid() != 0:
            # Otherwise this is runuser, which ends by itself after it has waited for the server.
            pids.insert(0, self._process.pid)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._process.wait()
        # Processes of connections end when they notice; until then, the next server does not start.
        wait_for(lambda: all_gone(pids), what="end of PostgreSQL")

    def stop(self) -> None:
        if self._process is not None:
            # A fast shutdown: a killed server would leave shared memory behind.
            signal_group(self._process.pid, signal.SIGINT)
            self._process.wait()
        shutil.rmtree(self.folder)


@contextmanager
def running_redis(command: list[str], folder: Path) -> Iterator[int]:
    """The port of a Redis server started with this command."""
    server = RedisServer(command, folder)
    server.start()
    try:
        yield server.port
    finally:
        server.kill()


@contextmanager
def running_postgres(
    bin_dir: Path, user: str, password: str, database: str, options: Sequence[str] = ("-F",)
) -> Iterator[int]:
    """The port of a new PostgreSQL server with this user and database. By default it does not wait for the disk."""
    server = PostgresServer(bin_dir, user, password, database, options)
    try:
        yield server.port
    finally:
        server.stop()


def _redis_answers(port: int) -> bool:
    try:
        with redis.Redis(port=port, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _postgres_answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True
