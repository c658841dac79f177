"""Which package may import which."""

import pytest

from tests.architecture.sources import ROOT, imports, python_files

# The packages of ml/, each of which may import from itself and from those before it.
ML_LAYERS = (
    "errors",
    "deadline",
    "spec",
    "links",
    "audio",
    "demo",
    "features",
    "calibration",
    "moods",
    "models",
    "inference",
    "personal",
    "training",
)
# Written in Keras, so only training loads them; serving runs the exported networks.
KERAS_MODULES = {f"ml/models/{name}.py" for name in ("cnn1d", "cnn2d", "ensemble", "shared_layers")}
# Side by side: neither imports the other.
INDEPENDENT = {("audio", "features"), ("audio", "moods"), ("features", "moods")}

# The parts of classifier/, from the lowest to the highest. Each imports from itself and from earlier lines. Where a
# module is named, it is apart from the rest of its package.
CLASSIFIER_LAYERS = (
    ("errors", "packed_json_dictionary", "languages", "formats"),
    ("packed_json",),
    ("fields",),
    ("identifiers",),
    ("ml_gateway",),
    ("localized", "stored_texts", "script_texts", "ml_texts"),
    ("active_words",),
    ("model_cards", "query_parameters", "error_responses", "checks"),
    ("models and querysets",),
    ("serializers", "recordings", "vocabularies"),
    ("recalibration",),
    (
        *("accounts", "uploads", "outgoing", "webhooks.outbox"),
        *("monitoring.counters", "monitoring.stage_clock", "monitoring.broker_state"),
    ),
    ("sources",),
    ("jobs",),
    ("sources.pacing",),
    ("sources.progress",),
    ("tagging",),
    ("library",),
    ("services", "monitoring", "backup", "webhooks"),
    ("playlists",),
    ("account_import",),
    ("tasks", "media"),
    ("sentences",),
    ("charts",),
    ("templatetags",),
    (
        "views",
        "api",
        "accounts.views",
        "management",
        "middleware",
        "monitoring.requests",
        "monitoring.views",
    ),
    ("urls", "apps"),
)
LAYER_OF = {part: number for number, parts in enumerate(CLASSIFIER_LAYERS) for part in parts}


def top(module: str) -> str:
    return module.partition(".")[0]


def package(module: str) -> str:
    return module.split(".")[1]


def test_ml_imports_neither_django_nor_the_application() -> None:
    web_packages = {"django", "rest_framework", "celery", "kombu", "classifier", "mmc"}
    assert [str(one) for path in python_files("ml") for one in imports(path) if top(one.module) in web_packages] == []


def test_inside_ml_imports_run_one_way() -> None:
    wrong = []
    for path in python_files("ml"):
        here = path.relative_to(ROOT / "ml").parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        for one in imports(path):
            if top(one.module) != "ml":
                continue
            there = package(one.module)
            backwards = ML_LAYERS.index(there) > ML_LAYERS.index(here)
            if backwards or (here, there) in INDEPENDENT or (there, here) in INDEPENDENT:
                wrong.append(str(one))
    assert wrong == []


def part_of(module: str) -> str:
    """The part of classifier/ that a module such as `classifier.jobs.lease` belongs to."""
    name = module.removeprefix("classifier.")
    if name in ("models", "querysets") or name.endswith("_models"):
        return "models and querysets"
    # `accounts.views` has a line of its own, apart from the rest of `accounts`.
    within = ".".join(name.split(".")[:2])
    return within if within in LAYER_OF else name.partition(".")[0]


def test_inside_classifier_imports_run_one_way() -> None:
    wrong = []
    for path in python_files("classifier"):
        here = part_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for one in imports(path):
            if top(one.module) != "classifier":
                continue
            there = part_of(one.module)
            if there != here and LAYER_OF[there] >= LAYER_OF[here]:
                wrong.append(str(one))
    assert wrong == []


def test_only_urls_import_views() -> None:
    views = {"classifier.views", "classifier.accounts.views", "classifier.monitoring.views", "classifier.api.views"}
    importing = {
        one.path
        for path in python_files("classifier")
        for one in imports(path)
        if any(one.module == view or one.module.startswith(f"{view}.") for view in views)
        and not one.path.startswith(("classifier/views/", "classifier/accounts/views/"))
    }
    assert importing <= {"classifier/urls.py", "classifier/api/urls.py"}


def test_only_the_gateway_imports_ml() -> None:
    importing = {
        one.path for path in python_files("classifier", "mmc") for one in imports(path) if top(one.module) == "ml"
    }
    assert importing == {"classifier/ml_gateway.py"}


def test_only_training_imports_the_training_libraries() -> None:
    heavy = {"tensorflow", "librosa", "keras", "numba", "sklearn", "matplotlib"}
    loading = {
        one.path
        for path in python_files("ml", "classifier", "mmc")
        for one in imports(path)
        if one.at_once and top(one.module) in heavy
    }
    assert {path for path in loading if not path.startswith("ml/training/")} <= KERAS_MODULES


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager", "misc"])
def test_no_file_has_a_name_that_says_nothing(name: str) -> None:
    files = [*python_files("classifier", "ml", "mmc", "tests"), *(ROOT / "static").rglob("*.*")]
    assert [str(path) for path in files if name in (path.stem, path.stem.rstrip("s"), path.parent.name)] == []
