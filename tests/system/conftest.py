"""Programs that the system tests need."""

import os
import shutil
from pathlib import Path

import pytest


def program(name: str) -> str:
    """The path of a program. Without it the test is skipped; in CI it fails."""
    path = shutil.which(name) or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed; .ci/run installs it.")
    return path
