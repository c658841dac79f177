"""Keeps the start-up lines of TensorFlow off the screen: what it found of the machine, and what it could not load.

Some of them come from C++ while it is imported, before any setting of it holds: they only go with the file descriptor.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from ml.models.runtime import stderr_muted

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
ERRORS_ONLY = "3"


def mute_start_up_lines() -> None:
    """Whoever sets TF_CPP_MIN_LOG_LEVEL to 0 or 1 sees them."""
    if os.environ.setdefault(LEVEL, ERRORS_ONLY) >= "2" and _MutedImport not in map(type, sys.meta_path):
        sys.meta_path.insert(0, _MutedImport())


class _MutedImport(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "tensorflow":
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_muted(module: ModuleType) -> None:
            with stderr_muted():
                execute(module)

        spec.loader.exec_module = execute_muted  # type: ignore[method-assign]
        return spec
