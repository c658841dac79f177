"""Pages work offline: they load nothing from other hosts."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

HOST = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
# XML namespaces, which no browser fetches.
NAMESPACES = {"http://www.w3.org"}

FILES = sorted(
    path
    for folder in ("templates", "static")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".html", ".css", ".js", ".svg", ".txt", ".json", ".xml", ".webmanifest")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_for_browsers_refers_to_another_host(path: Path) -> None:
    assert set(HOST.findall(path.read_text())) - NAMESPACES == set()
