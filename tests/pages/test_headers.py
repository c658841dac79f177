"""The headers that every response has: what browsers may do with it, and who may keep it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from classifier.models import Person
from mmc.static_files import fingerprint
from tests.architecture.sources import ROOT
from tests.pages.test_every_page import OPEN, PAGES, address

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SCRIPT = re.compile(r"<script\b[^>]*>")
PUBLIC = {"palette"}


def policy(response: Any) -> dict[str, list[str]]:
    """The Content Security Policy by directive."""
    parts = [part.split() for part in response.headers["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in parts}


def check_headers(response: Any) -> None:
    assert {name: response.headers.get(name) for name in FIXED} == FIXED
    directives = policy(response)
    assert directives["default-src"] == ["'none'"]
    assert directives["base-uri"] == directives["frame-ancestors"] == ["'none'"]
    assert directives["form-action"] == ["'self'"]
    header = response.headers["Content-Security-Policy"]
    assert "unsafe" not in header
    assert "report" not in header
    assert "http" not in header
    assert all(source.startswith("'nonce-") for source in directives["script-src"])
    assert "camera=()" in response.headers["Permissions-Policy"]


def check_private(response: Any) -> None:
    cache_control = response.headers["Cache-Control"]
    assert "private" in cache_control, cache_control
    assert "no-store" in cache_control or "no-cache" in cache_control or "max-age" in cache_control, cache_control
    assert "public" not in cache_control


class Tags(HTMLParser):
    """Scripts, and whatever would be a script or a style within the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.nonces: list[str | None] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "script" and values.get("type") != "application/json":
            self.nonces.append(values.get("nonce"))
            if "src" not in values:
                self.inline.append("script")
        if tag == "style":
            self.inline.append("style")
        self.inline += [name for name in values if name.startswith("on") or name == "style"]


def check_scripts(response: Any) -> None:
    tags = Tags(response.content.decode())
    [allowed] = policy(response)["script-src"]
    assert tags.nonces
    assert {f"'nonce-{nonce}'" for nonce in tags.nonces} == {allowed}
    assert tags.inline == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_of_a_user(olga_client: Client, name: str, method: str) -> None:
    response = getattr(olga_client, method)(address(name))
    check_headers(response)
    if name not in PUBLIC or response.status_code >= 400:
        check_private(response)
    if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
        check_scripts(response)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_for_a_stranger(client: Client, olga: Person, name: str) -> None:
    response = client.get(address(name))
    check_headers(response)
    if name not in OPEN:
        check_private(response)


@pytest.mark.parametrize("path", ["/api/predictions/", "/api/model/", "/api/uploads/", "/api/nothing/"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_of_the_api(olga_client: Client, client: Client, path: str, signed_in: bool) -> None:
    for method in ("get", "post", "options"):
        response = getattr(olga_client if signed_in else client, method)(path)
        check_headers(response)
        check_private(response)


def test_error_pages(olga_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    missing = olga_client.get("/nothing/")
    malformed = olga_client.get("/", headers={"host": "elsewhere"})
    forged = Client(enforce_csrf_checks=True).post(reverse("login"))
    monkeypatch.setattr("classifier.views.home.render", broken)
    olga_client.raise_request_exception = False
    internal = olga_client.get("/")
    assert [page.status_code for page in (missing, malformed, forged, internal)] == [404, 400, 403, 500]
    for page in (missing, malformed, forged, internal):
        check_headers(page)
        check_private(page)
        check_scripts(page)


def test_each_answer_has_a_nonce_of_its_own(olga_client: Client) -> None:
    nonces = {policy(olga_client.get("/"))["script-src"][0] for _ in range(3)}
    assert len(nonces) == 3
    assert all(len(nonce) >= len("'nonce-'") + 22 for nonce in nonces)


def test_static_files_may_be_kept_for_ever_by_every_cache(client: Client, db: None) -> None:
    response = client.get(static("js/appearance.js"))
    assert "public" in response.headers["Cache-Control"]
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("version", ["", "0123456789ab/"])
def test_a_page_of_another_version_gets_the_files_that_exist_here_and_must_ask_again(
    client: Client, db: None, version: str
) -> None:
    response = client.get(f"/static/{version}css/foundation.css")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.getvalue() == (ROOT / "static/css/foundation.css").read_bytes()
    assert client.get(f"/static/{version}css/none.css").status_code == 404


def test_the_address_of_static_files_changes_with_each_of_them(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js/a.js").write_text("1")
    before = fingerprint(tmp_path)
    assert before == fingerprint(tmp_path)
    (tmp_path / "js/a.js").write_text("2")
    changed = fingerprint(tmp_path)
    (tmp_path / "js/a.js").rename(tmp_path / "js/b.js")
    assert len({before, changed, fingerprint(tmp_path)}) == 3


def test_every_script_of_the_templates_has_the_nonce() -> None:
    without = [
        f"{path.relative_to(ROOT)}: {tag}"
        for path in (ROOT / "templates").rglob("*.html")
        for tag in SCRIPT.findall(path.read_text())
        if 'nonce="{{ request.csp_nonce }}"' not in tag
    ]
    assert without == []


def test_no_fragment_brings_a_script_since_the_nonce_of_its_answer_is_not_that_of_the_page() -> None:
    fragments = [path for path in (ROOT / "templates").rglob("*.html") if "{% extends" not in path.read_text()]
    with_scripts = [str(path.relative_to(ROOT)) for path in fragments if SCRIPT.search(path.read_text())]
    assert with_scripts == ["templates/base.html"]
