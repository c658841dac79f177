"""Write everything of a person into one archive, which import_account reads on another installation."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.users import user_named
from classifier.errors import ProductError
from classifier.library.account_export import account_archive


class Command(BaseCommand):
    help = "Write the songs, results, playlists, filters and sources of a person into a zip file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the name of the user")
        parser.add_argument("file", type=Path, help="the archive to write, a .zip file")
        parser.add_argument("--audio", action="store_true", help="with the uploaded files")

    def handle(self, *args: Any, user: str, file: Path, audio: bool, **options: Any) -> None:
        try:
            person = user_named(user)
        except ProductError as error:
            raise CommandError(error.message) from error
        if file.exists():
            raise CommandError(f"{file} exists already: choose another name, or delete it.")
        draft = file.with_name(f"{file.name}.partial")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                for block in account_archive(person, with_audio=audio, now=timezone.now()):
                    stream.write(block)
                stream.flush()
                os.fsync(stream.fileno())
            draft.rename(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        finally:
            draft.unlink(missing_ok=True)
        record_event(Kind.EXPORTED, person, what="account with audio" if audio else "account", file=file.name)
        self.stdout.write(f"Wrote {file} with everything of {person.username}.")
