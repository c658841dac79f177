"""What the tests of the whole system stand on: programs that must be there, and the product's own processes."""

import os
import shutil
from pathlib import Path

import pytest


def program(name: str) -> str:
    """Where a program is; without it the test is skipped, or fails where nothing may be skipped."""
    found = shutil.which(name) or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed; .ci/run installs it.")
    return found
