"""Write a backup of the running installation, or verify one."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classifier.backup.archive import ArchiveError, archive_verify
from classifier.backup.create import Summary, backup_create
from classifier.errors import ProductError
from classifier.uploads.limits import size_text

STANDARD_STREAM = "-"


class Command(BaseCommand):
    help = "Write users, songs, results and files of the running installation into one archive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the archive, a .tar file; - for standard output (with --verify: input)")
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="add secret_key, sources_key and the sessions, so that people stay signed in and music servers "
            "connected; keep such an archive like a password",
        )
        parser.add_argument("--verify", action="store_true", help="only read an archive and compare checksums")

    def handle(self, *args: Any, file: str, with_secrets: bool, verify: bool, **options: Any) -> None:
        try:
            if verify:
                self._verify(file)
            else:
                self._create(file, with_secrets)
        except (ArchiveError, ProductError, OSError) as error:
            raise CommandError(str(error)) from error

    def _create(self, file: str, secrets: bool) -> None:
        if file == STANDARD_STREAM:
            summary = backup_create(sys.stdout.buffer, secrets=secrets, now=timezone.now())
            sys.stdout.buffer.flush()
        else:
            summary = self._create_file(Path(file), secrets)
        # Standard output may be the archive.
        report = self.stderr if file == STANDARD_STREAM else self.stdout
        report.write(_summary_text(summary, secrets), lambda text: text)

    def _create_file(self, path: Path, secrets: bool) -> Summary:
        if path.exists():
            raise CommandError(f"{path} exists already: choose another name, or delete it.")
        # An interrupted backup never looks like a complete one.
        draft = path.with_name(f"{path.name}.partial")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                summary = backup_create(stream, secrets=secrets, now=timezone.now())
                stream.flush()
                os.fsync(stream.fileno())
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
        return summary

    def _verify(self, file: str) -> None:
        if file == STANDARD_STREAM:
            checked = archive_verify(sys.stdin.buffer)
        else:
            with open(file, "rb") as stream:
                checked = archive_verify(stream)
        rows = checked.summary.get("rows", {})
        self.stdout.write(
            f"Complete: {rows.get('classifier.song', 0):,} songs, {checked.summary.get('files', 0):,} files, "
            f"{size_text(checked.size_bytes)}, of {checked.manifest['created_at'][:19]} by Countermood "
            f"{checked.manifest['version']}{', with secrets' if checked.manifest['secrets'] else ''}."
        )


def _summary_text(summary: Summary, secrets: bool) -> str:
    lines = [
        f"Saved {summary.rows.get('classifier.song', 0):,} songs with {summary.files:,} files "
        f"({size_text(summary.file_bytes)}). Check it with --verify."
    ]
    if summary.missing:
        lines.append(f"{len(summary.missing):,} files were missing, for instance {summary.missing[0]}.")
    if secrets:
        lines.append("It contains the secret key and the sessions: anyone who has it can sign in as any user.")
    else:
        lines.append(
            "It has no secret key and no sessions: after a restore, people sign in again. Keep it private all the same."
        )
    return "\n".join(lines)
