"""Which part of the house may know which."""

import pytest

from tests.architecture.sources import ROOT, imports, python_files

# The rooms of ml/, each of which may import from those before it and from itself.
ROOMS = ("errors", "spec", "audio", "demo", "features", "calibration", "moods", "models", "inference", "training")
# Written in Keras, so only training loads them; serving runs the exported networks.
KERAS_MODULES = {f"ml/models/{name}.py" for name in ("cnn1d", "cnn2d", "ensemble", "shared_layers")}
# Beside each other: neither knows the other.
APART = {("audio", "features"), ("audio", "moods"), ("features", "moods")}


def top(module: str) -> str:
    return module.partition(".")[0]


def room(module: str) -> str:
    return module.split(".")[1]


def test_ml_knows_nothing_of_django_or_of_the_application() -> None:
    strangers = {"django", "rest_framework", "celery", "kombu", "classifier", "mmc"}
    assert [str(one) for path in python_files("ml") for one in imports(path) if top(one.module) in strangers] == []


def test_inside_ml_imports_run_one_way() -> None:
    wrong = []
    for path in python_files("ml"):
        here = path.relative_to(ROOT / "ml").parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        for one in imports(path):
            if top(one.module) != "ml":
                continue
            there = room(one.module)
            backwards = ROOMS.index(there) > ROOMS.index(here)
            if backwards or (here, there) in APART or (there, here) in APART:
                wrong.append(str(one))
    assert wrong == []


def test_only_the_gateway_imports_ml() -> None:
    knowing = {
        one.path for path in python_files("classifier", "mmc") for one in imports(path) if top(one.module) == "ml"
    }
    assert knowing == {"classifier/ml_gateway.py"}


def test_only_what_trains_loads_what_trains() -> None:
    heavy = {"tensorflow", "librosa", "keras", "numba", "sklearn", "matplotlib"}
    loading = {
        one.path
        for path in python_files("ml", "classifier", "mmc")
        for one in imports(path)
        if one.at_once and top(one.module) in heavy
    }
    assert {path for path in loading if not path.startswith("ml/training/")} <= KERAS_MODULES


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager", "misc"])
def test_no_file_is_named_after_nothing(name: str) -> None:
    files = [*python_files("classifier", "ml", "mmc", "tests"), *(ROOT / "static").rglob("*.*")]
    assert [str(path) for path in files if name in (path.stem, path.stem.rstrip("s"), path.parent.name)] == []
