"""One module owns the mood words; and nothing is left open in the code."""

import ast
import re

from ml.moods import EMOTIONS, GENRES
from tests.architecture.sources import ROOT, python_files, tree_of

# Built from parts, so that this file does not find itself.
LEFT_OPEN = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")))
SOMEBODYS_FOLDER = re.compile(r"/(?:home|Users|root)/\w+")


def test_no_module_of_the_application_spells_a_mood() -> None:
    words = {*EMOTIONS, *GENRES} - {"Other"}
    spelled = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for path in python_files("classifier", "mmc")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and node.value in words
    ]
    assert spelled == []


def test_no_template_or_script_spells_a_mood() -> None:
    words = re.compile("|".join(sorted({*EMOTIONS, *GENRES} - {"Other"})))
    files = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*.*")]
    texts = [path for path in files if path.suffix in (".html", ".css", ".js")]
    assert [str(path.relative_to(ROOT)) for path in texts if words.search(path.read_text())] == []


def test_nothing_is_left_open_and_no_file_names_a_folder_of_somebody() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in python_files("classifier", "ml", "mmc", "tests")
        for line in path.read_text().splitlines()
        if LEFT_OPEN.search(line) or SOMEBODYS_FOLDER.search(line)
    ]
    assert found == []
