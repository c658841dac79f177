"""Requirements: named, pinned, from the public index alone, and split into what serves and what trains."""

import re
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from tests.architecture.sources import ROOT, imports, python_files
from tests.architecture.test_imports import KERAS_MODULES

PIN = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w-]+\])?==[\w.]+(?: ; .+)?")
FILES = tuple(f"requirements-{part}.txt" for part in ("serving", "s3", "parquet", "training", "dev"))
# Modules of packages that come with another, required one.
PART_OF = {
    "kombu": "celery", "amqp": "celery", "billiard": "celery", "keras": "tensorflow", "botocore": "boto3",
    "h11": "uvicorn", "joserfc": "authlib", "hypothesis": "schemathesis",
}  # fmt: skip
S3_MODULES = {"boto3", "botocore", "storages"}
FIRST_PARTY = {"classifier", "countermood_client", "ml", "mmc", "tests"}
TRAINING_ONLY = {"tensorflow", "keras", "librosa", "numba", "scikit-learn", "matplotlib"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(file: str) -> list[str]:
    """The lines of a file without comments and without the lines that include another file."""
    lines = [line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("-r ")]


def included(file: str) -> list[str]:
    return [line.removeprefix("-r ") for line in (ROOT / file).read_text().splitlines() if line.startswith("-r ")]


def pinned(*files: str) -> set[str]:
    matches = {line: PIN.fullmatch(line) for file in files for line in requirements(file)}
    assert [line for line, match in matches.items() if match is None] == []
    return {normal(match["name"]) for match in matches.values() if match}


def with_dependencies(names: set[str]) -> set[str]:
    """These distributions and everything that they install, as far as it is installed here."""
    everything, pending = set(), list(names)
    while pending:
        name = pending.pop()
        if name in everything:
            continue
        everything.add(name)
        # Extras are left out: nothing here asks for one that brings a package of training.
        lines = [line for line in requires_or_none(name) if "extra ==" not in line]
        pending += [normal(re.match(r"[\w.-]+", line)[0]) for line in lines]
    return everything


def requires_or_none(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []


def unlisted(paths: Iterable[Path], required: set[str]) -> set[str]:
    """Modules that these files import although no required distribution provides them."""
    distributions = packages_distributions()
    modules = {one.module.partition(".")[0] for path in paths for one in imports(path)}
    return {
        module
        for module in modules - set(sys.stdlib_module_names) - FIRST_PARTY
        if not {normal(PART_OF.get(module, name)) for name in distributions.get(module, [module])} & required
    }


def test_every_requirement_is_pinned_in_the_constraints_too() -> None:
    assert pinned(*FILES) <= pinned("constraints.txt")


def test_the_pins_of_requirements_and_constraints_agree() -> None:
    def versions(file: str) -> dict[str, str]:
        parts = [re.split(r"(?:\[[\w-]+\])?==| ;", line) for line in requirements(file)]
        return {normal(name): version for name, version, *_ in parts}

    constraints = versions("constraints.txt")
    for file in FILES:
        assert {name: constraints[name] for name in versions(file)} == versions(file)


def test_requirements_txt_installs_everything_by_including_the_other_files() -> None:
    assert included("requirements.txt") == ["requirements-serving.txt", "requirements-training.txt"]
    assert requirements("requirements.txt") == []
    assert included("requirements-dev.txt") == [
        "requirements.txt",
        "requirements-s3.txt",
        "requirements-parquet.txt",
    ]


def test_serving_installs_no_training_package() -> None:
    assert with_dependencies(pinned("requirements-serving.txt")) & TRAINING_ONLY == set()
    assert pinned("requirements-training.txt") & TRAINING_ONLY == TRAINING_ONLY - {"keras", "numba"}


def test_serving_imports_only_what_its_requirements_list() -> None:
    training = ROOT / "ml" / "training"
    serving = [
        path
        for path in python_files("classifier", "ml", "mmc")
        if training not in path.parents and str(path.relative_to(ROOT)) not in KERAS_MODULES
    ]
    # ml/models/runtime.py opens Keras files too, which only training makes.
    optional = pinned("requirements-s3.txt", "requirements-parquet.txt")
    assert unlisted(serving, pinned("requirements-serving.txt") | optional) == {"keras"}


def test_only_the_storage_in_s3_imports_its_packages() -> None:
    importing = {
        path.name
        for path in python_files("classifier", "ml", "mmc")
        if {one.module.partition(".")[0] for one in imports(path)} & S3_MODULES
    }
    assert importing == {"s3_storage.py"}


def test_only_the_export_to_parquet_imports_its_package() -> None:
    importing = {
        path.name
        for path in python_files("classifier", "ml", "mmc")
        if {one.module.partition(".")[0] for one in imports(path)} & {"pyarrow"}
    }
    assert importing == {"parquet_file.py"}


def test_training_and_tests_import_only_what_their_requirements_list() -> None:
    required = pinned(*FILES[:-1])
    assert unlisted(python_files("ml"), required) == set()
    assert unlisted(python_files("tests"), required | pinned("requirements-dev.txt")) == set()


def test_the_image_installs_what_serves_and_parquet_if_it_is_asked_to() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    serving = {"requirements-serving.txt", "requirements-s3.txt", "requirements-parquet.txt"}
    assert set(re.findall(r"requirements[\w-]*\.txt", dockerfile)) == serving
    always, _, asked = dockerfile.partition("ARG WITH_PARQUET=false\n")
    assert "-r requirements-parquet.txt" not in always
    assert asked.startswith('RUN if [ "$WITH_PARQUET" = true ]; then')
    assert {f"!{file}" for file in serving} <= set((ROOT / ".dockerignore").read_text().splitlines())
