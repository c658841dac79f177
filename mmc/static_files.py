"""Static files under an address that changes with their content, without a build step.

The whole folder has one fingerprint, in front of the names of its files: references between the files are relative and
stay as they are, which a fingerprint for each file would not allow.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

LENGTH = 12
# Packages whose files are served beside ours.
PACKAGES = ("django-htmx",)


def fingerprint(folder: Path) -> str:
    digest = hashlib.sha256(" ".join(version(package) for package in PACKAGES).encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"\0{path.relative_to(folder)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:LENGTH]
