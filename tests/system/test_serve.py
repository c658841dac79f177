"""`manage.py serve`, which is what `make run` runs: its start, its end, and what dies in between."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.processes import all_gone, descendants, wait_for
from tests.system.product import ROOT, Serving, environment
from tests.system.visitor import Visitor


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_process(data_dir: Path, number: signal.Signals) -> None:
    with Serving(data_dir) as serving:
        serving.worker_child()
        family = serving.family()
        assert len(family) >= 5  # web and its process, worker and its child, sweep
        serving.process.send_signal(number)
        assert serving.process.wait(timeout=15) == 0
    assert all_gone(family)
    assert serving.printed().endswith("Stopping …\nStopped.\n")


def test_killing_serve_itself_leaves_no_process_behind(data_dir: Path) -> None:
    with Serving(data_dir) as serving:
        serving.worker_child()
        family = serving.family()
        serving.process.kill()
        wait_for(lambda: all_gone(family), timeout_s=20, what="end of every process")


def test_the_first_start_says_where_to_go_and_what_to_do(data_dir: Path) -> None:
    with Serving(data_dir) as serving:
        assert serving.printed().endswith(
            f"Countermood is at http://localhost:{serving.port}\n"
            "Your first visit there creates the owner's account; then drop a song onto the page.\n"
            f"Ctrl-C stops it. Its logs are in {data_dir / 'log'}.\n"
        )


def test_with_a_setup_token_asked_for_the_start_shows_it(data_dir: Path) -> None:
    with Serving(data_dir, REQUIRE_SETUP_TOKEN="true") as serving:
        token = (data_dir / "setup_token").read_text().strip()
        assert f"It asks for the setup token, which is {token}\n" in serving.printed()
        assert Visitor(serving.address).make_owner("a guess").status_code == 403
        assert Visitor(serving.address).make_owner(token).url == f"{serving.address}/"


def test_as_many_songs_are_heard_at_once_as_the_setting_says_and_pages_come_first(data_dir: Path) -> None:
    with Serving(data_dir, WORKER_PROCESSES="2") as serving:
        children = wait_for(lambda: two_of(descendants(serving.worker())), timeout_s=30, what="two children")
        assert [os.getpriority(os.PRIO_PROCESS, pid) for pid in children] == [10, 10]
        assert os.getpriority(os.PRIO_PROCESS, serving.processes("gunicorn")[-1]) == 0


def two_of(pids: list[int]) -> list[int]:
    """Both, once they have done what they do at their start."""
    lowered = [pid for pid in pids if os.getpriority(os.PRIO_PROCESS, pid) > 0]
    return lowered if len(lowered) == 2 else []


@pytest.mark.parametrize("name", ["web", "worker", "sweep"])
def test_what_died_is_started_again(data_dir: Path, name: str) -> None:
    words = {"web": " gunicorn ", "worker": " celery ", "sweep": " sweep "}[name]
    with Serving(data_dir) as serving:
        serving.worker_child()
        before = serving.processes(words)
        os.kill(before[0], signal.SIGKILL)
        wait_for(lambda: all_gone(before), timeout_s=10, what=f"end of the {name} and its children")
        assert wait_for(lambda: serving.processes(words), timeout_s=10, what=f"new {name}")
        assert f"The {name} was ended by signal 9 and starts again in 1 s" in serving.printed()
        visitor = Visitor(serving.address)
        wait_for(lambda: visitor.health().get("ok"), timeout_s=20, what="answer of the web process")


def test_a_port_in_use_is_told_in_one_sentence(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        printed = _serve_in_vain(data_dir, port)
    assert printed.endswith(
        f"CommandError: Port {port} cannot be used (Address already in use): stop what uses it, "
        f"or choose another, as in `make run PORT={port + 1}`.\n"
    )


@pytest.mark.parametrize("port", ["0", "65536", "eight thousand"])
def test_a_port_that_is_none_is_told_in_one_sentence(data_dir: Path, port: str) -> None:
    assert _serve_in_vain(data_dir, port).endswith(
        f"CommandError: The port is '{port}'; it takes a whole number from 1 to 65535.\n"
    )


def test_make_run_serves_and_ctrl_c_stops_it(data_dir: Path) -> None:
    if not sys.prefix.startswith(str(ROOT)):
        pytest.skip("These tests do not run in the .venv that `make run` would use.")
    with Serving(data_dir, ["make", "--no-print-directory", "run", "PORT={port}"]) as serving:
        assert f"Countermood is at {serving.address}\n" in serving.printed()
        family = serving.family()
        # As a terminal does: to make, its shell and serve alike.
        os.killpg(serving.process.pid, signal.SIGINT)
        serving.process.wait(timeout=15)
        assert all_gone(family)
    assert "Stopped.\n" in serving.printed()


def _serve_in_vain(data_dir: Path, port: int | str) -> str:
    failed = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data_dir)),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "Traceback" not in failed.stderr
    return failed.stderr
