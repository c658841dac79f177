"""static/vendor holds what `npm run vendor` builds from pinned npm packages, unchanged, each with its licence."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

VENDOR = ROOT / "static" / "vendor"
PACKAGES = sorted(path.name for path in VENDOR.iterdir() if path.is_dir())
STYLES = (ROOT / "static" / "css" / "fonts.css").read_text()


def checksums() -> dict[str, str]:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    return {name: checksum for checksum, name in (line.split("  ") for line in lines)}


def test_every_vendored_file_has_its_recorded_checksum() -> None:
    actual = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert actual == checksums()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_vendored_package_has_its_licence(package: str) -> None:
    licence = (VENDOR / package / "LICENSE").read_text()
    assert "SIL Open Font License" in licence or "MIT License" in licence
    # Subsets of fonts with a reserved name would need another name.
    assert not re.search(r"with Reserved Font Name \S", licence)


def test_npm_packages_are_pinned_to_one_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    assert "dependencies" not in package
    assert [
        version for version in package["devDependencies"].values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    ] == []


def test_fonts_css_loads_every_vendored_font_and_no_other_file() -> None:
    loaded = set(re.findall(r'url\("\.\./vendor/([^"]+)"\)', STYLES))
    assert loaded == {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*.woff2")}
    assert STYLES.count("url(") == len(loaded)


@pytest.mark.parametrize("path", sorted(VENDOR.rglob("*.woff2")), ids=lambda path: path.name)
def test_a_font_is_small_enough_to_load_with_the_first_page(path: Path) -> None:
    assert path.stat().st_size < 60_000
