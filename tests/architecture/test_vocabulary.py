"""Only `ml.moods` spells mood words; no file has open ends or paths of a developer's machine."""

import ast
import re

from ml.moods import EMOTIONS, GENRES
from tests.architecture.sources import ROOT, python_files, tree_of

# Composed, so that this file does not match itself.
OPEN_ENDS = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
HOME_FOLDER = re.compile(r"/(?:home|Users|root)/\w+")


def test_no_module_of_the_application_spells_a_mood_word() -> None:
    words = {*EMOTIONS, *GENRES} - {"Other"}
    matches = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for path in python_files("classifier", "mmc")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and node.value in words
    ]
    assert matches == []


def test_no_template_or_script_spells_a_mood_word() -> None:
    words = re.compile("|".join(sorted({*EMOTIONS, *GENRES} - {"Other"})))
    files = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*.*")]
    texts = [path for path in files if path.suffix in (".html", ".css", ".js")]
    assert [str(path.relative_to(ROOT)) for path in texts if words.search(path.read_text())] == []


def test_no_file_has_an_open_end_or_the_path_of_a_home_folder() -> None:
    matches = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in python_files("classifier", "ml", "mmc", "tests")
        for line in path.read_text().splitlines()
        if OPEN_ENDS.search(line) or HOME_FOLDER.search(line)
    ]
    assert matches == []
