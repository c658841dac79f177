"""A new password for somebody who lost theirs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from classifier.accounts.people import password_make, password_set, person_named
from classifier.errors import ProductError


class Command(BaseCommand):
    help = "Sets a new password, and ends the person's sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USER")
        parser.add_argument("--generate", action="store_true", help="make a password and print it, instead of asking")

    def handle(self, *args: Any, username: str, generate: bool, **options: Any) -> None:
        asked = sys.stdin.isatty() and not generate
        try:
            person = person_named(username)
            password = self._asked() if asked else password_make()
            password_set(person=person, password=password)
        except ProductError as error:
            raise CommandError(error.message) from error
        if asked:
            self.stdout.write(f"{username} has a new password.")
        else:
            self.stdout.write(f"The new password of {username} is {password}; change it after signing in.")

    def _asked(self) -> str:
        password = getpass("New password: ")
        if getpass("Once more: ") != password:
            raise CommandError("The two were not the same, so that nothing was changed.")
        return password
