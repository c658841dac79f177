"""Simulates the queue traffic of many worker hosts against one PostgreSQL and one Redis, and prints tables.

    python -m tests.scale                              # 10 million songs and 200 hosts: half an hour, 15 GB in /tmp
    python -m tests.scale --songs 100000 --hosts 1 8   # quicker

The servers are real, and so is the code that claims, renews and finishes songs; only the analysis is pretended. All of
it runs on this machine, whose cores serve PostgreSQL, Redis and every host at once: the numbers are a lower bound. Run
nothing else meanwhile. docs/scaling.md has the results.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.__main__ import machine
from tests.scale.tables import cycle_table, statement_table
from tests.system.conftest import program
from tests.system.product import ROOT, environment
from tests.system.servers import running_postgres, running_redis

HOSTS = [1, 8, 64, 200]
# As in production: every commit reaches the disk. A connection for each host, and some for this program.
POSTGRES = ["-c", "max_connections=400", "-c", "shared_buffers=1GB", "-c", "max_wal_size=8GB"]
HOSTS_A_PROCESS = 25


def main() -> None:
    parser = argparse.ArgumentParser(description="The queue traffic of many worker hosts.")
    parser.add_argument("--songs", type=int, default=10_000_000, help="rows in the table of songs")
    parser.add_argument("--queued", type=int, default=1_000_000, help="how many of them wait")
    parser.add_argument("--people", type=int, default=50, help="who share the waiting ones")
    parser.add_argument("--hosts", type=int, nargs="+", default=HOSTS)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        os.chmod(folder, 0o755)
        redis_command = [program("redis-server"), "--save", "", "--appendonly", "no"]
        bin_dir = Path(program("postgres")).parent
        with (
            running_redis(redis_command, Path(folder)) as redis_port,
            running_postgres(bin_dir, "mood", "scale", "mood", options=POSTGRES) as postgres_port,
        ):
            settings = {
                "DATA_DIR": f"{folder}/data",
                "DATABASE_URL": f"postgres://mood:scale@127.0.0.1:{postgres_port}/mood",
                "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
                "LOG_LEVEL": "ERROR",
                "LEASE_S": "600",
            }
            run(options, settings, server_pids(postgres_port, redis_port))


def run(options: argparse.Namespace, settings: dict[str, str], pids: dict[str, int]) -> None:
    started = time.monotonic()
    filled = part("rows", settings, options.songs, options.queued, options.people)
    print(f"{options.songs:,} songs, {options.queued:,} of them queued, of {options.people} people:")
    print(f"{time.monotonic() - started:.0f} s to fill, {filled['table_mb']:,} MB with indexes, on {machine()}.\n")
    print(statement_table(part("statements", settings)), flush=True)
    for mode in ("claims", "songs"):
        rows = []
        for hosts in options.hosts:
            before = cpu_seconds(pids)
            rows.append(measure(hosts, mode, options.seconds, settings))
            rows[-1]["cpu"] = {name: value - before[name] for name, value in cpu_seconds(pids).items()}
            print(f"{mode}, {hosts} hosts: {rows[-1]['done']:,}", file=sys.stderr, flush=True)
        print(f"\n{cycle_table(mode, rows, options.seconds)}", flush=True)
    print(f"\n{json.dumps(part('check', settings))}")


def measure(hosts: int, mode: str, seconds: float, settings: dict[str, str]) -> dict[str, Any]:
    """Hosts are threads, each with its own connections, in several processes."""
    part("messages", settings, hosts)
    groups = [min(HOSTS_A_PROCESS, hosts - start) for start in range(0, hosts, HOSTS_A_PROCESS)]
    begin_at = time.time() + 4 + len(groups)
    processes = [start("hosts", settings, count, mode, seconds, begin_at) for count in groups]
    results = [json.loads(process.communicate()[0]) for process in processes]
    delays = sorted(delay for result in results for delay in result["claim_ms"])
    return {
        "hosts": hosts,
        "done": sum(result["done"] for result in results),
        "empty": sum(result["empty"] for result in results),
        "p50_ms": delays[len(delays) // 2] if delays else 0.0,
        "p95_ms": delays[int(len(delays) * 0.95)] if delays else 0.0,
        "client_cpu": sum(result["cpu_s"] for result in results),
    }


def part(name: str, settings: dict[str, str], *arguments: object) -> dict[str, Any]:
    output, _ = start(name, settings, *arguments).communicate()
    return json.loads(output)


def start(name: str, settings: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.scale.{name}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(**settings), stdout=subprocess.PIPE, text=True)


def server_pids(postgres_port: int, redis_port: int) -> dict[str, int]:
    """The main process of each server."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words[0].endswith("/postgres") and str(postgres_port) in words:
            found["postgres"] = int(folder.name)
        if "redis-server" in words[0] and str(redis_port) in f"{words}":
            found["redis"] = int(folder.name)
    return found


def cpu_seconds(pids: dict[str, int]) -> dict[str, float]:
    """Of each server with its children, also with those that have ended."""
    tick = os.sysconf("SC_CLK_TCK")
    seconds = dict.fromkeys(pids, 0.0)
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for name, pid in pids.items():
            if int(folder.name) == pid:
                seconds[name] += sum(map(int, fields[11:15])) / tick
            elif int(fields[1]) == pid:
                seconds[name] += sum(map(int, fields[11:13])) / tick
    return seconds


if __name__ == "__main__":
    main()
