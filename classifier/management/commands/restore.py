"""Restore a backup into an installation without users."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from classifier.backup.archive import ArchiveError
from classifier.backup.restore import Restored, backup_restore
from classifier.errors import ProductError


class Command(BaseCommand):
    help = "Restore an archive of `manage.py backup` into an installation without users. All of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the archive; - for standard input")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            if file == "-":
                restored = backup_restore(sys.stdin.buffer)
            else:
                with open(file, "rb") as stream:
                    restored = backup_restore(stream)
        except (ArchiveError, ProductError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_text(restored))


def _text(restored: Restored) -> str:
    lines = [
        f"Restored {restored.people:,} users and {restored.songs:,} songs with {len(restored.files):,} files, "
        f"from Countermood {restored.version}. Every checksum was right."
    ]
    if restored.missing:
        lines.append(f"{restored.missing:,} files were missing when the backup was made.")
    if restored.secrets and settings.SECRET_KEY_IS_SHARED:
        lines.append("SECRET_KEY is set here, so the secret key of the archive has no effect.")
    elif restored.secrets:
        lines.append("The secret key is that of the archive: restart the server if it is running.")
    else:
        lines.append("The archive has no secret key: everyone signs in again.")
    return "\n".join(lines)
