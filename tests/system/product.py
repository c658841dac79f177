"""The product as `make run` starts it: `manage.py serve` on a free port with its own data folder."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system.processes import command_line, descendants, free_port, signal_group, wait_for

ROOT = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "CI")


def environment(**settings: str) -> dict[str, str]:
    """A clean environment: the settings of the tests themselves must not reach the product."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", **settings}


class RunningProduct:
    """One running `serve`; as a context manager, it is always killed at the end."""

    def __init__(self, data_dir: Path, command: list[str] | None = None, **settings: str) -> None:
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.data_dir = data_dir
        self._output = data_dir.parent / f"{data_dir.name}.out"
        command = command or [sys.executable, "manage.py", "serve", "--port", "{port}"]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [word.format(port=self.port) for word in command],
                cwd=ROOT,
                env=environment(DATA_DIR=str(data_dir), **settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> "RunningProduct":
        def started() -> bool:
            assert self.process.poll() is None, f"It stopped: {self.output()!r}"
            return "Press Ctrl-C to stop" in self.output()

        wait_for(started, what="start of the product")
        return self

    def __exit__(self, *error: object) -> None:
        pids = descendants(self.process.pid)
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pid in pids:
            signal_group(pid, signal.SIGKILL)

    def output(self) -> str:
        return self._output.read_text()

    def log(self, name: str) -> str:
        return (self.data_dir / "log" / f"{name}.log").read_text()

    def pids(self) -> list[int]:
        """Of all its processes but its own, oldest first."""
        return descendants(self.process.pid)

    def pids_of(self, words: str) -> list[int]:
        """Of the processes whose command line contains these words, oldest first."""
        return [pid for pid in self.pids() if words in command_line(pid)]

    def worker(self) -> int:
        """The main process of the worker."""
        return wait_for(lambda: self.pids_of(" celery "), what="worker")[0]

    def worker_child(self) -> int:
        """The process in which the worker analyses songs."""
        return wait_for(lambda: descendants(self.worker()), what="child of the worker")[0]

    @contextmanager
    def paused_analysis(self) -> Iterator[None]:
        """Songs stay queued meanwhile, however fast the machine is; the worker itself still answers."""
        child = self.worker_child()
        os.kill(child, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(child, signal.SIGCONT)
