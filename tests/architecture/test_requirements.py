"""What has to be installed: named, pinned, and from the public index alone."""

import re
import sys
from importlib.metadata import packages_distributions

from tests.architecture.sources import ROOT, imports, python_files

PIN = re.compile(r"(?P<name>[\w.-]+)(?:\[\w+\])?==[\w.]+(?: ; .+)?")
# Packages that are one with another, which is required.
PART_OF = {"kombu": "celery", "amqp": "celery", "billiard": "celery", "keras": "tensorflow"}
OWN = {"classifier", "ml", "mmc", "tests"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def lines(file: str) -> list[str]:
    """Without comments; and without the line that takes in another file."""
    found = [line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines()]
    return [line for line in found if line and not line.startswith("-r ")]


def pinned(file: str) -> set[str]:
    matches = {line: PIN.fullmatch(line) for line in lines(file)}
    assert [line for line, match in matches.items() if match is None] == []
    return {normal(match["name"]) for match in matches.values() if match}


def test_everything_is_pinned_and_nothing_comes_from_a_place_of_its_own() -> None:
    required = pinned("requirements.txt") | pinned("requirements-dev.txt")
    assert required <= pinned("constraints.txt")


def test_the_pins_of_requirements_and_constraints_agree() -> None:
    def versions(file: str) -> dict[str, str]:
        parts = [re.split(r"(?:\[\w+\])?==| ;", line) for line in lines(file)]
        return {normal(name): version for name, version, *_ in parts}

    constraints = versions("constraints.txt")
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert {name: constraints[name] for name in versions(file)} == versions(file)


def test_what_is_imported_is_required_by_its_name() -> None:
    distributions = packages_distributions()

    def missing(folders: tuple[str, ...], required: set[str]) -> set[str]:
        modules = {one.module.partition(".")[0] for path in python_files(*folders) for one in imports(path)}
        foreign = modules - set(sys.stdlib_module_names) - OWN
        return {
            module
            for module in foreign
            if not {normal(PART_OF.get(module, name)) for name in distributions.get(module, [module])} & required
        }

    required = pinned("requirements.txt")
    assert missing(("classifier", "ml", "mmc"), required) == set()
    assert missing(("tests",), required | pinned("requirements-dev.txt")) == set()
