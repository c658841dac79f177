"""`manage.py serve`: the whole product in one terminal."""

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

from classifier.accounts.first_run import setup_due
from mmc.installation import kept_secret
from mmc.supervision import Patience, Program, Supervisor

# Only this machine can reach it: other machines come through compose or a proxy.
HOST = "127.0.0.1"
# Whoever presses Ctrl-C waits no longer than this. A song that is cut off starts over the next time.
PATIENCE = Patience(grace_s=3)

# The C library (glibc; others do not look) keeps what was freed for each thread apart, and a web process has many.
THRIFTY = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_MMAP_THRESHOLD_": "65536"}


def programs(port: int) -> list[Program]:
    python = [sys.executable, "-u", "-m"]
    return [
        Program(
            "web",
            [*python, "gunicorn", "--config", "python:mmc.webserver", "--bind", f"{HOST}:{port}", "mmc.wsgi"],
            THRIFTY,
        ),
        Program(
            "worker",
            [*python, "celery", "--app", "mmc", "worker", "--loglevel", "INFO"],
        ),
        Program("sweep", [sys.executable, "-u", "manage.py", "sweep", "--every", "5"]),
    ]


class Command(BaseCommand):
    help = "Serves the product on this machine: web pages, the worker that listens, and the sweep. Ctrl-C stops all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default="8000", help="1 to 65535; 8000 unless given")

    def handle(self, *args: object, port: str, **options: object) -> None:
        self.serve(port_number(port))

    def serve(self, port: int) -> None:
        refuse_taken(port)
        call_command("migrate", interactive=False, verbosity=0)
        welcome = self.welcome(port)
        connections.close_all()

        os.chdir(settings.BASE_DIR)
        supervisor = Supervisor(programs(port), log_dir=settings.DATA_DIR / "log", say=self.say, patience=PATIENCE)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: supervisor.stop())
        supervisor.run(on_tick=once_it_answers(port, lambda: self.say(welcome)))
        self.say("Stopped.")

    def welcome(self, port: int) -> str:
        first = "Sign in, and drop a song onto the page."
        if setup_due():
            first = "Your first visit there creates the owner's account; then drop a song onto the page."
            if settings.REQUIRE_SETUP_TOKEN:
                first += f"\nIt asks for the setup token, which is {kept_secret(settings.DATA_DIR / 'setup_token')}"
        return (
            f"Countermood is at http://localhost:{port}\n{first}\n"
            f"Ctrl-C stops it. Its logs are in {settings.DATA_DIR / 'log'}."
        )

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def port_number(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise CommandError(f"The port is {text!r}; it takes a whole number from 1 to 65535.")


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        # As gunicorn binds it: connections that have just been closed do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}): stop what uses it, or choose another, "
                f"as in `make run PORT={port + 1 if port < 65535 else 8000}`."
            ) from error


def once_it_answers(port: int, tell: Callable[[], None]) -> Callable[[], None]:
    """What to do at every tick so that `tell` is called once, when the web process answers for the first time."""
    told = False

    def look() -> None:
        nonlocal told
        if told:
            return
        connection = http.client.HTTPConnection(HOST, port, timeout=1)
        try:
            connection.request("GET", "/health/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()
        told = True
        tell()

    return look
