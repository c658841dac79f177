"""Check that a model is complete and works on this machine."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError

from classifier import ml_gateway


class Command(BaseCommand):
    help = (
        "Loads a model, and compares its weights with their checksums, and the scores of its networks with its "
        "golden example. The exit status is 1 if they differ."
    )
    # The check of the model itself would only warn.
    requires_system_checks = (Tags.security,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", nargs="?", metavar="VERSION", help="a bundle; the default is MODEL_BUNDLE")

    def handle(self, *args: Any, version: str | None, **options: Any) -> None:
        version = version or settings.MODEL_BUNDLE
        try:
            ml_gateway.bundle(version)
        except ml_gateway.MoodError as error:
            raise CommandError(f"{error.message} [{error.code}]") from error
        self.stdout.write(f"{version} is complete, and its networks reproduce its golden example.")
