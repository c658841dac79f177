"""The product as `make run` starts it: `manage.py serve` on a free port, with a data folder of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.system.processes import command_line, descendants, end, free_port, wait_for

ROOT = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "CI")


def environment(**settings: str) -> dict[str, str]:
    """A clean one: what the test's own process is set to must not reach the product."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", **settings}


class Serving:
    """One running `serve`; as a context manager it is ended, whatever happens."""

    def __init__(self, data_dir: Path, command: list[str] | None = None, **settings: str) -> None:
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.data_dir = data_dir
        self._printed = data_dir.parent / f"{data_dir.name}.out"
        command = command or [sys.executable, "manage.py", "serve", "--port", "{port}"]
        with self._printed.open("wb") as output:
            self.process = subprocess.Popen(
                [word.format(port=self.port) for word in command],
                cwd=ROOT,
                env=environment(DATA_DIR=str(data_dir), **settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> "Serving":
        wait_for(lambda: "Ctrl-C stops it" in self.printed(), timeout_s=60, what=f"welcome, but {self.printed()!r}")
        return self

    def __exit__(self, *error: object) -> None:
        family = descendants(self.process.pid)
        end(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pid in family:
            end(pid, signal.SIGKILL)

    def printed(self) -> str:
        return self._printed.read_text()

    def log(self, name: str) -> str:
        return (self.data_dir / "log" / f"{name}.log").read_text()

    def family(self) -> list[int]:
        return descendants(self.process.pid)

    def processes(self, words: str) -> list[int]:
        """Those in whose command line these words stand, the eldest first."""
        return [pid for pid in self.family() if words in command_line(pid)]

    def worker(self) -> int:
        """The worker's main process."""
        return wait_for(lambda: self.processes(" celery "), timeout_s=30, what="worker")[0]

    def worker_child(self) -> int:
        """The process in which the worker listens to songs."""
        return wait_for(lambda: descendants(self.worker()), timeout_s=30, what="child of the worker")[0]
