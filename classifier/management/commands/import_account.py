"""Import the archive of an account, which export_account or the page “Account” of another installation wrote."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classifier.account_import.run import ImportReport, account_import
from classifier.account_import.song_import import Outcome
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.users import user_named
from classifier.errors import ProductError

SAID_EVERY = 500


class Command(BaseCommand):
    help = "Import songs, results, playlists, filters and sources from the archive of an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the name of the user who gets them")
        parser.add_argument("file", type=Path, help="the archive, a .zip file")

    def handle(self, *args: Any, user: str, file: Path, **options: Any) -> None:
        try:
            person = user_named(user)
            with file.open("rb") as stream:
                report = account_import(owner=person, stream=stream, now=timezone.now(), on_progress=self._progress)
        except ProductError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        record_event(Kind.IMPORTED, person, songs=report.songs[Outcome.ADDED])
        for line in report_lines(report):
            self.stdout.write(line)
        if report.failed:
            raise CommandError(f"Songs that could not be imported: {report.failed:,}.")

    def _progress(self, report: ImportReport) -> None:
        done = report.songs.total()
        if done % SAID_EVERY == 0:
            self.stdout.write(f"{done:,} songs")


def report_lines(report: ImportReport) -> list[str]:
    songs = report.songs
    lines = [
        f"Songs: {songs[Outcome.ADDED]:,} added with audio, {songs[Outcome.ADDED_WITHOUT_AUDIO]:,} added with the "
        f"result only, {songs[Outcome.KNOWN]:,} here already.",
        f"Added saved filters: {report.filters:,}, playlists: {report.playlists:,}, folders: {report.sources:,}.",
    ]
    if songs[Outcome.EMPTY]:
        lines.append(f"Left out, since they have neither audio nor a result: {songs[Outcome.EMPTY]:,}.")
    lines += [f"Add this source again: {name}, {address}" for name, address in report.sources_left]
    lines += [f"Not imported: {name}: {message}" for name, message in report.problems]
    return lines
