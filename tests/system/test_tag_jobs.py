"""Ctrl-C ends `manage.py tag --jobs` with all of its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests import sounds
from tests.system.processes import all_gone, descendants, wait_for
from tests.system.product import ROOT, environment


def test_ctrl_c_ends_all_processes(tmp_path: Path) -> None:
    for number in range(3):
        sounds.write_long(tmp_path / f"{number}.mp3", 3600)
    with subprocess.Popen(
        [sys.executable, "manage.py", "tag", "--jobs", "2", str(tmp_path)],
        cwd=ROOT,
        env=environment(DATA_DIR=str(tmp_path / "var")),
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background of a shell, SIGINT is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as tag:
        # Two processes, each with the one that analyses.
        wait_for(lambda: len(descendants(tag.pid)) == 4, what="start of all processes")
        pids = [tag.pid, *descendants(tag.pid)]
        os.kill(tag.pid, signal.SIGINT)
        assert tag.wait() == 130
        assert tag.stderr is not None
        assert "Traceback" not in tag.stderr.read()
    wait_for(lambda: all_gone(pids), what="end of all processes")
