"""`manage.py serve`: web, worker, sweep and sources in one terminal."""

import http.client
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from classifier.accounts.first_run import current_setup_token, setup_required
from mmc import __version__
from mmc.supervision import Program, RestartPolicy, Supervisor

# Only this machine can reach it; for other machines there is Docker Compose, or a proxy. Containers listen on 0.0.0.0.
HOST = "127.0.0.1"
# Ctrl-C takes a few seconds at most: a song that is not finished by then is given back, and starts over the next time.
GRACE_S = 1
STOP_S = 3

# By default, glibc keeps freed memory for each thread, and a web process has many threads.
MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_MMAP_THRESHOLD_": "65536"}


def programs(host: str, port: int) -> list[Program]:
    python = [sys.executable, "-u", "-m"]
    return [
        Program(
            "web",
            [*python, "gunicorn", "--config", "python:mmc.webserver", "--bind", f"{host}:{port}", "mmc.wsgi"],
            MALLOC,
        ),
        Program(
            "worker",
            [*python, "celery", "--app", "mmc", "worker", "--loglevel", "INFO"],
            {} if grace_is_set() else {"WORKER_SHUTDOWN_GRACE_S": str(GRACE_S)},
        ),
        Program("sweep", [sys.executable, "-u", "manage.py", "sweep", "--every", "5"]),
        Program("sources", [sys.executable, "-u", "manage.py", "sources", "--every", "3"], MALLOC),
    ]


def policy() -> RestartPolicy:
    """Where WORKER_SHUTDOWN_GRACE_S is set, songs get that time to finish."""
    grace_s = settings.WORKER_SHUTDOWN_GRACE_S if grace_is_set() else GRACE_S
    return RestartPolicy(stop_timeout_s=STOP_S - GRACE_S + grace_s)


def grace_is_set() -> bool:
    """By its name, or by the earlier one."""
    return any(os.environ.get(name, "").strip() for name in ("WORKER_SHUTDOWN_GRACE_S", "WORKER_DRAIN_S"))


class Command(BaseCommand):
    help = "Run web server, worker, sweep and sources on this machine. Ctrl-C stops them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default="8000", help="1 to 65535; the default is 8000")
        parser.add_argument("--host", default=HOST, help=f"the address to listen on; the default is {HOST}")
        parser.add_argument("--echo-logs", action="store_true", help="print the logs too, for containers")

    def handle(self, *args: object, port: str, host: str, echo_logs: bool, **options: object) -> None:
        self.serve(host, port_number(port), echo_logs)

    def serve(self, host: str, port: int, echo_logs: bool) -> None:
        require_free_port(host, port)
        call_command("migrate", interactive=False, verbosity=0)
        welcome = self.welcome(port)
        connections.close_all()

        os.chdir(settings.BASE_DIR)
        supervisor = Supervisor(
            programs(host, port),
            log_dir=settings.DATA_DIR / "log",
            report=self.report,
            echo=self.report if echo_logs else None,
            policy=policy(),
        )
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: supervisor.stop())
        supervisor.run(on_tick=once_it_answers(port, lambda: self.report(welcome)))
        self.report("Stopped.")

    def welcome(self, port: int) -> str:
        first_steps = "Open it, sign in, and drop a song onto the page."
        if setup_required():
            first_steps = "Open it to create the owner's account, then drop a song onto the page."
            if settings.REQUIRE_SETUP_TOKEN:
                first_steps += f"\nThe setup token is {current_setup_token()}"
        return (
            f"Countermood {__version__} is running at http://localhost:{port}{settings.BASE_PATH}\n{first_steps}\n"
            f"Press Ctrl-C to stop. Logs are in {settings.DATA_DIR / 'log'}."
        )

    def report(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def port_number(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise CommandError(f"The port is {text!r}; it takes a whole number from 1 to 65535.")


def require_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        # As gunicorn does: connections that have just closed do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Stop the program that uses it, or choose another "
                f"port: `make run PORT={port + 1 if port < 65535 else 8000}`."
            ) from error


def once_it_answers(port: int, notify: Callable[[], None]) -> Callable[[], None]:
    """A function for every tick that calls `notify` once, when the web process answers for the first time."""
    notified = False

    def check() -> None:
        nonlocal notified
        if notified:
            return
        connection = http.client.HTTPConnection(HOST, port, timeout=1)
        try:
            connection.request("GET", "/health/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()
        notified = True
        notify()

    return check
