"""Stylesheets have no rules for classes that nothing uses."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

STYLESHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
# Added by Django's forms and by htmx.
FROM_LIBRARIES = {"errorlist", "htmx-request"}


def used_words() -> set[str]:
    """All words of templates, scripts and classifier, which also renders class names."""
    files = [
        path
        for folder, suffix in (("templates", "html"), ("static/js", "js"), ("classifier", "py"))
        for path in (ROOT / folder).rglob(f"*.{suffix}")
    ]
    return {word for path in files for word in re.findall(r"[a-z][\w-]*", path.read_text())}


USED = used_words()


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_every_class_of_a_stylesheet_is_used(path: Path) -> None:
    rules = re.sub(r'/\*.*?\*/|"[^"]*"', "", path.read_text(), flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-z][\w-]*)", rules)) - FROM_LIBRARIES
    # Numbered classes are rendered from a number.
    assert {name for name in classes if name not in USED and not re.fullmatch(r"depth-\d+", name)} == set()
