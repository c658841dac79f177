"""Kills parts of the product at random while songs are uploaded and analysed.

    python -m tests.chaos --songs 500
    python -m tests.chaos --songs 50 --seed 7 --set-up servers

Uploads songs with three clients, whole and in parts, and reads one in five from a folder. Meanwhile kills web, worker,
its children, sweep and sources with SIGKILL, and in the set-up of Docker Compose also PostgreSQL and Redis, which loses
its data. Then every accepted song and every file of the folder must be there once, with one result. Exits with 1 if
not. The same seed chooses the same parts in the same order.
"""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.run import run
from tests.chaos.set_ups import SET_UPS

PAUSE_S = (1.0, 8.0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.partition("\n")[0])
    parser.add_argument("--songs", type=int, default=500, help="on each set-up")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--set-up", choices=SET_UPS, action="append", help="by default both")
    arguments = parser.parse_args()
    # So that a run that is ended leaves no servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    print(f"Seed {seed}", flush=True)
    failed = False
    for name in arguments.set_up or SET_UPS:
        folder = Path(tempfile.mkdtemp(prefix=f"chaos-{name}-"))
        started = time.monotonic()
        outcome = run(
            SET_UPS[name](folder),
            folder,
            songs=arguments.songs,
            seed=seed,
            pause_s=PAUSE_S,
            timeout_s=60.0 * arguments.songs,
            report=lambda line: print(f"{time.monotonic() - started:6.0f} s  {line}", file=sys.stderr, flush=True),  # noqa: B023
        )
        print(f"{name}: {outcome}", flush=True)
        if outcome.problems:
            print(f"Its data and logs are in {folder}.")
        failed |= bool(outcome.problems)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
