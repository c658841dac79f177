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

from tests.system.processes import free_port, signal_group, wait_for


@contextmanager
def running_redis(command: list[str], folder: Path) -> Iterator[int]:
    """The port of a Redis server started with this command."""
    port = free_port()
    process = subprocess.Popen(
        [*command, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lambda: _redis_answers(port), what="answer from Redis")
        yield port
    finally:
        signal_group(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def running_postgres(
    bin_dir: Path, user: str, password: str, database: str, options: Sequence[str] = ("-F",)
) -> Iterator[int]:
    """The port of a new PostgreSQL server with this user and database. By default it does not wait for the disk."""
    # Under /tmp: the path of a socket must be short, and the user of the server must have access.
    folder = Path(tempfile.mkdtemp(prefix="mood-pg-"))
    as_user = []
    if os.geteuid() == 0:
        # The server refuses to run as root.
        server = pwd.getpwnam("postgres")
        os.chown(folder, server.pw_uid, server.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]
    password_file = folder / "password"
    password_file.write_text(password)
    if as_user:
        os.chown(password_file, server.pw_uid, server.pw_gid)
    initdb = [str(bin_dir / "initdb"), f"--pgdata={folder / 'data'}", "--no-sync", "--encoding=UTF8", "--locale=C"]
    account = [f"--username={user}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
    subprocess.run([*as_user, *initdb, *account], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    port = free_port()
    postgres = [str(bin_dir / "postgres"), "-D", str(folder / "data"), "-p", str(port), *options]
    sockets = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*as_user, *postgres, *sockets], cwd=folder, stderr=log, start_new_session=True)
    try:
        address = f"postgres://{user}:{password}@127.0.0.1:{port}"
        wait_for(lambda: _postgres_answers(f"{address}/postgres"), what="answer from PostgreSQL")
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        yield port
    finally:
        # A fast shutdown: a killed server would leave shared memory behind.
        signal_group(process.pid, signal.SIGINT)
        process.wait()
        shutil.rmtree(folder)


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
