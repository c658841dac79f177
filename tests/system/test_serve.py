"""`manage.py serve`, which `make run` runs: start, stop, and processes that die in between."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.jobs.process_limits import NICENESS
from mmc import __version__
from tests import sounds
from tests.system.clients import BrowserClient, first_visit
from tests.system.processes import all_gone, descendants, wait_for
from tests.system.product import ROOT, RunningProduct, environment


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_process(data_dir: Path, number: signal.Signals) -> None:
    with RunningProduct(data_dir) as product:
        product.worker_child()
        pids = product.pids()
        assert len(pids) >= 5  # web and its process, worker and its child, sweep
        product.process.send_signal(number)
        assert product.process.wait() == 0
    assert all_gone(pids)
    assert product.output().endswith("Stopping …\nStopped.\n")


def test_killing_serve_itself_leaves_no_process_behind(data_dir: Path) -> None:
    with RunningProduct(data_dir) as product:
        product.worker_child()
        pids = product.pids()
        product.process.kill()
        wait_for(lambda: all_gone(pids), what="end of every process")


def test_the_first_start_prints_the_address_and_the_first_steps(data_dir: Path) -> None:
    with RunningProduct(data_dir) as product:
        assert product.output().endswith(
            f"Countermood {__version__} is running at http://localhost:{product.port}\n"
            "Open it to create the owner's account, then drop a song onto the page.\n"
            f"Press Ctrl-C to stop. Logs are in {data_dir / 'log'}.\n"
        )


def test_the_first_start_prints_the_setup_token_if_one_is_required(data_dir: Path) -> None:
    with RunningProduct(data_dir, REQUIRE_SETUP_TOKEN="true") as product:
        token = (data_dir / "setup_token").read_text().strip()
        assert f"The setup token is {token}\n" in product.output()
        assert BrowserClient(product.address).create_owner("a guess").status_code == 403
        assert BrowserClient(product.address).create_owner(token).url == f"{product.address}/"


def test_the_worker_has_the_configured_number_of_children(data_dir: Path) -> None:
    with RunningProduct(data_dir, WORKER_PROCESSES="2") as product:
        wait_for(lambda: len(descendants(product.worker())) == 2, what="two children")


def test_songs_are_analysed_at_a_lower_priority_than_pages(data_dir: Path, tmp_path: Path) -> None:
    own_priority = os.getpriority(os.PRIO_PROCESS, 0)
    lower = max(own_priority, NICENESS)
    song = sounds.write(tmp_path / "song.wav", sounds.music(6.0))
    with RunningProduct(data_dir) as product:
        api = first_visit(product.address)
        assert api.wait_until_finished(api.submit(song)["id"])["status"] == "done"
        # The process that analysed it stays for the next song.
        priorities = [os.getpriority(os.PRIO_PROCESS, pid) for pid in descendants(product.worker())]
        assert max(priorities) == lower
        assert os.getpriority(os.PRIO_PROCESS, product.pids_of("gunicorn")[-1]) == own_priority


@pytest.mark.parametrize("name", ["web", "worker", "sweep", "sources"])
def test_a_killed_program_is_restarted(data_dir: Path, name: str) -> None:
    words = {"web": " gunicorn ", "worker": " celery ", "sweep": " sweep ", "sources": " sources "}[name]
    with RunningProduct(data_dir) as product:
        product.worker_child()
        before = product.pids_of(words)
        os.kill(before[0], signal.SIGKILL)
        wait_for(lambda: all_gone(before), what=f"end of the {name} and its children")
        assert wait_for(lambda: product.pids_of(words), what=f"new {name}")
        assert f"The {name} was killed by signal 9 and restarts in 1 s" in product.output()
        browser = BrowserClient(product.address)
        wait_for(lambda: browser.health().get("ok"), what="answer from the web process")


def test_a_port_in_use_is_rejected_with_one_sentence(data_dir: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        errors = _failed_start(data_dir, port)
    assert errors.endswith(
        f"CommandError: Port {port} cannot be used (Address already in use). Stop the program that uses it, "
        f"or choose another port: `make run PORT={port + 1}`.\n"
    )


@pytest.mark.parametrize("port", ["0", "65536", "eight thousand"])
def test_an_invalid_port_is_rejected_with_one_sentence(data_dir: Path, port: str) -> None:
    assert _failed_start(data_dir, port).endswith(
        f"CommandError: The port is '{port}'; it takes a whole number from 1 to 65535.\n"
    )


def test_make_run_serves_and_ctrl_c_stops_it(data_dir: Path) -> None:
    if not sys.prefix.startswith(str(ROOT)):
        pytest.skip("These tests do not run in the .venv that `make run` would use.")
    with RunningProduct(data_dir, ["make", "--no-print-directory", "run", "PORT={port}"]) as product:
        assert f"Countermood {__version__} is running at {product.address}\n" in product.output()
        pids = product.pids()
        # As a terminal does: to make, its shell and serve alike.
        os.killpg(product.process.pid, signal.SIGINT)
        product.process.wait()
        wait_for(lambda: all_gone(pids), what="end of every process")
    assert "Stopped.\n" in product.output()


def _failed_start(data_dir: Path, port: int | str) -> str:
    """The errors of a start that fails."""
    process = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data_dir)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert process.stdout == ""
    assert "Traceback" not in process.stderr
    return process.stderr
