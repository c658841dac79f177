"""Programs that the system tests need."""

import os

import pytest

from tests.system.processes import find_program


def program(name: str) -> str:
    """The path of a program. Without it the test is skipped; in CI it fails."""
    path = find_program(name)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed; .ci/run installs it.")
    return path
