"""The demo songs, made by a process of their own: what makes sound is too heavy for the web process."""

from __future__ import annotations

import logging
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path

from django.conf import settings

from classifier.errors import ProductError

logger = logging.getLogger(__name__)

TIME_LIMIT_S = 180
"""They take some ten seconds on a machine of our days; a small computer of a hobbyist takes ten times as long."""


def demo_songs(folder: Path) -> list[Path]:
    """Write the demo songs into a folder, and say where they are, in the order in which they are meant to be met."""
    command = [sys.executable, "-m", "ml.demo", str(folder)]
    try:
        made = subprocess.run(
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=True
        )
    except subprocess.TimeoutExpired as error:
        logger.error("The demo songs took more than %s s.", TIME_LIMIT_S)
        raise _not_made() from error
    except subprocess.CalledProcessError as error:
        logger.error("The demo songs were not made: %s", error.stderr)
        raise _not_made() from error
    return [folder / name for name in made.stdout.splitlines()]


def _not_made() -> ProductError:
    return ProductError(
        "demo_failed",
        "The demo songs could not be made, and the server’s log says why: try again, or choose songs of your own.",
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
