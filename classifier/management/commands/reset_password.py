"""Set a new password for a user."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from classifier.accounts.second_factor import second_factor_clear
from classifier.accounts.users import password_generate, password_set, user_named
from classifier.errors import ProductError


class Command(BaseCommand):
    help = "Sets a new password for a user and ends their sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USER")
        parser.add_argument(
            "--generate", action="store_true", help="generate a password and print it instead of asking for one"
        )
        parser.add_argument(
            "--remove-second-factor",
            action="store_true",
            help="also remove authenticator app, passkeys and recovery codes, for somebody who lost them",
        )

    def handle(
        self, *args: Any, username: str, generate: bool, remove_second_factor: bool = False, **options: Any
    ) -> None:
        interactive = sys.stdin.isatty() and not generate
        try:
            user = user_named(username)
            password = self._ask() if interactive else password_generate()
            password_set(user=user, password=password, temporary=not interactive)
            if remove_second_factor:
                second_factor_clear(person=user)
        except ProductError as error:
            raise CommandError(error.message) from error
        if interactive:
            self.stdout.write(f"The password of {username} is changed.")
        else:
            self.stdout.write(f"The new password of {username} is {password}; they should change it after signing in.")

    def _ask(self) -> str:
        password = getpass("New password: ")
        if getpass("New password again: ") != password:
            raise CommandError("The two passwords differ: nothing was changed.")
        return password
