"""The documentation describes everything that the code has, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from classifier.errors import FILE_ERRORS
from ml.features.names import FEATURES
from ml.models.card import Card
from ml.training.reports.card_tables import page_texts
from ml.training.reports.markdown import replace_marked
from mmc import __version__
from tests.architecture.error_codes import error_codes
from tests.architecture.sources import ROOT, python_files, tree_of

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# Composed from the name of a field.
COMPOSED_CODES = {f"{name}_too_long" for name in ("title", "artist", "album", "album_artist", "music_genre")}
SETTING = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)
CODE = re.compile(r"`([a-z]+(?:_[a-z]+)*)`")


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


def settings_read() -> set[str]:
    """Every environment variable that the program reads with `env.kind("NAME", …)`."""
    return {
        node.args[0].value
        for path in python_files("classifier", "ml", "mmc")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def urls(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every URL of the application, with parameters as <id>."""
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from urls(pattern, here)
        elif isinstance(pattern, URLPattern) and pattern.name != "api-not-found":
            yield re.sub(r"<\w+:\w+>", "<id>", here)


def test_every_setting_is_described_and_every_described_one_exists() -> None:
    assert set(SETTING.findall(text_of("docs/settings.md"))) == settings_read()


def test_every_setting_of_the_compose_file_is_described() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", text_of("docker-compose.yml")))
    assert used <= set(re.findall(r"`([A-Z_]+)`", text_of("docs/settings.md")))


def test_every_error_code_is_described_and_every_described_one_exists() -> None:
    _, _, errors = text_of("docs/api.md").partition("## Errors")
    rows = [line for line in errors.partition("## Other URLs")[0].splitlines() if line.startswith("| `")]
    described = {code for row in rows for code in CODE.findall(row.split("|")[1])}
    assert described == error_codes() | COMPOSED_CODES


def test_no_retry_is_offered_for_exactly_the_codes_that_the_documentation_names() -> None:
    failures = text_of("docs/api.md").partition("### Failed songs")[2].partition("### Warnings")[0]
    codes = {row.split("`")[1] for row in failures.splitlines() if row.startswith("| `audio_")}
    assert codes | {"not_audio"} == FILE_ERRORS


def test_every_url_is_described_and_every_described_one_exists() -> None:
    described = set(re.findall(r"`(?:GET |POST |PATCH |DELETE )?(/[\w<>./-]*)`", text_of("docs/api.md")))
    assert described == set(urls(get_resolver()))


def test_every_command_is_described() -> None:
    commands = {path.stem for path in (ROOT / "classifier/management/commands").glob("[a-z]*.py")}
    described = set(re.findall(r"manage\.py (\w+)", "".join(map(text_of, ("README.md", "docs/operations.md")))))
    assert commands <= described


def test_every_make_target_in_the_documentation_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    described = {name for page in PAGES for name in re.findall(r"\bmake ([a-z]+)`", page.read_text())}
    assert described
    assert described <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_have_targets(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|mailto:)([^)#]*)(?:#([^)]*))?\)", page.read_text())
    for path, anchor in targets:
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {path}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_table_of_features_matches_the_code() -> None:
    rows = [line.strip("| ").split(" | ") for line in text_of("docs/features.md").splitlines() if line.startswith("| ")]
    described = [
        (name.strip("`"), unit, text)
        for number, name, unit, text in (row for row in rows if len(row) == 4)
        if number.isdigit()
    ]
    assert described == [(feature.name, feature.unit, feature.text) for feature in FEATURES]


def test_the_figures_of_the_model_card_match_the_bundle() -> None:
    page = text_of("docs/model-card.md")
    assert replace_marked(page, page_texts(Card.read(ROOT / "ml" / "bundles" / settings.MODEL_BUNDLE))) == page


def test_the_newest_release_in_the_changelog_is_the_version_of_the_program() -> None:
    headings = re.findall(r"^## (.+)$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert headings[:2] == ["Unreleased", __version__]


def test_every_promise_of_the_security_policy_names_its_tests() -> None:
    promises, _, tests = text_of("SECURITY.md").partition("## What you have to protect")
    promised = [name.rstrip(".") for name in re.findall(r"^- \*\*(.+?)\*\*", promises, re.MULTILINE)]
    rows = dict(re.findall(r"^\| (.+?) \| (`tests/.+`) \|$", tests, re.MULTILINE))
    assert list(rows) == promised
    missing = [path for row in rows.values() for path in re.findall(r"`(.+?)`", row) if not (ROOT / path).is_file()]
    assert not missing
