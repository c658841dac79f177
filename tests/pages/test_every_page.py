"""What all pages have in common: access, landmarks, appearance and errors."""

import uuid
from itertools import chain, combinations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from classifier.models import Person
from classifier.views import errors

# Pages and files without sign-in.
OPEN = {
    "setup", "login", "appearance", "language", "palette", "health", "second-factor", "passkey-login",
    "passkey-options", "sign-up", "invitation", "oidc-login", "oidc-callback", "health-live", "health-ready", "metrics",
}  # fmt: skip
ANYTHING = {
    "song_id": uuid.UUID(int=7),
    "cover_id": uuid.UUID(int=7),
    "upload_id": uuid.UUID(int=7),
    "source_id": uuid.UUID(int=7),
    "job_id": uuid.UUID(int=7),
    "webhook_id": uuid.UUID(int=7),
    "message_id": uuid.UUID(int=7),
    "user_id": 7,
    "token_id": 7,
    "playlist_id": uuid.UUID(int=7),
    "key": "mood-sad",
    "filter_id": 7,
    "session_id": 7,
    "passkey_id": 7,
    "invitation_id": 7,
    "secret": "x",
    "side": "primary",
}


def named_patterns(patterns: list[URLPattern | URLResolver]) -> list[URLPattern]:
    named = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            named += named_patterns(pattern.url_patterns)
        elif not pattern.callback.__module__.startswith("classifier.api") or pattern.name == "v1-reference":
            named.append(pattern)
    return named


def address(name: str) -> str:
    for keys in chain.from_iterable(combinations(ANYTHING, count) for count in range(3)):
        try:
            return reverse(name, kwargs={key: ANYTHING[key] for key in keys})
        except NoReverseMatch:
            continue
    raise AssertionError(f"No address for {name}.")


PAGES = sorted(pattern.name for pattern in named_patterns(get_resolver("classifier.urls").url_patterns))


@pytest.mark.parametrize("name", [name for name in PAGES if name not in OPEN])
def test_a_page_redirects_to_sign_in(client: Client, olga: Person, name: str) -> None:
    for response in (client.get(address(name)), client.post(address(name))):
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("login"))


WHOLE = (
    "home", "song-list", "corrections", "song-compare", "how-good", "password", "users", "tokens", "account",
    "account-close", "artists", "albums", "bin", "totp", "passkey", "security-log", "status", "usage", "own-models",
    "source-list", "source-add", "source-add-server", "playlist-sentence", "v1-reference",
)  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_page_is_complete_and_has_landmarks(olga_client: Client, name: str) -> None:
    html = olga_client.get(reverse(name)).content.decode()
    for part in ('<html lang="en"', "<header", '<nav class="site-nav" aria-label="Main"', "<main", "<footer", "<h1"):
        assert html.count(part) == 1, part
    assert 'href="#content"' in html


def test_an_unknown_address_shows_the_error_page(client: Client, db: None) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
    as_json = client.get("/nowhere/", headers={"accept": "application/json"})
    assert as_json.json()["error"]["code"] == "not_found"


def test_an_internal_error_page_needs_no_database(
    anna_client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("classifier.views.home.cards", broken)
    anna_client.raise_request_exception = False
    response = anna_client.get(reverse("home"))
    assert response.status_code == 500
    assert "Internal error" in response.content.decode()
    assert "a mistake" not in response.content.decode()
    with django_assert_num_queries(0):
        assert errors.server_error(response.wsgi_request).status_code == 500


def test_a_request_body_that_is_too_large_is_rejected_before_it_is_read(anna_client: Client, settings) -> None:
    settings.MAX_REQUEST_MB = 1
    response = anna_client.post(reverse("upload"), {"file": "x"}, CONTENT_LENGTH="3000000")
    assert response.status_code == 413
    assert "at most 1 MB are allowed" in response.content.decode()


def test_the_selected_appearance_is_saved(anna_client: Client) -> None:
    anna_client.post(reverse("appearance"), {"theme": "dark", "next": "/songs/"})
    assert '<html lang="en" data-theme="dark">' in anna_client.get("/").content.decode()
    anna_client.post(reverse("appearance"), {"theme": "auto"})
    assert "data-theme" not in anna_client.get("/").content.decode().split(">")[1]


def test_an_unknown_appearance_is_not_saved(client: Client, db: None) -> None:
    assert "theme" not in client.post(reverse("appearance"), {"theme": '"><script>'}).cookies["theme"].value
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in client.get(reverse("login"), follow=True).content.decode()


def test_the_health_check_needs_no_sign_in(client: Client, db: None) -> None:
    response = client.get(reverse("health"))
    assert response.status_code == 200
    assert response.json() == {"ok": True, "database": True, "broker": True, "worker": False, "disk": True}
    assert "no-cache" in response.headers["Cache-Control"]
