"""Settings from environment variables, and the errors for wrong values."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from mmc import environment as env
from mmc.database import database
from mmc.installation import ensure_folder, load_or_create_secret

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("YES", True), ("off", False), ("false", False), ("", True)])
def test_a_boolean(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool) -> None:
    monkeypatch.setenv("SWITCH", value)
    assert env.boolean("SWITCH", default=True) is meant


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTS", "a.org, b.org,")
    assert env.names("HOSTS") == ["a.org", "b.org"]
    monkeypatch.setenv("QUEUES", "saliency, bulk")
    assert env.choices("QUEUES", ("interactive", "bulk", "saliency")) == ["bulk", "saliency"]


@pytest.mark.parametrize(
    ("read", "value", "allowed"),
    [
        (lambda: env.boolean("THING", False), "perhaps", "one of 1, true, yes, on, 0, false, no, off"),
        (lambda: env.integer("THING", 5, least=1, most=9), "10", "a whole number from 1 to 9"),
        (lambda: env.choices("THING", ("bulk", "saliency")), "bulk,other", "some of bulk, saliency"),
        (lambda: env.integer("THING", 5, least=1, most=9), "five", "a whole number from 1 to 9"),
        (
            lambda: env.integer("THING", 5, least=2, most=9, or_zero=True),
            "1",
            "a whole number from 2 to 9, or 0 for no limit",
        ),
        (lambda: env.choice("THING", "a", ("a", "b")), "c", "one of a, b"),
        (lambda: env.folder("THING", Path("/")), "here", "an absolute path of a folder"),
        (lambda: env.base_path("THING"), "moods", "a path such as /moods"),
        (lambda: env.base_path("THING"), "/a//b", "a path such as /moods"),
        (lambda: env.time_zone("THING", "UTC"), "Europe/Nowhere", "the name of a time zone, such as Europe/Vienna"),
        (lambda: env.networks("THING"), "10.0.0.1/8", "addresses such as 10.0.0.5 or 172.18.0.0/16"),
        (lambda: env.networks("THING"), "proxy", "addresses such as 10.0.0.5 or 172.18.0.0/16"),
        (lambda: env.header("THING"), "X_Remote_User", "the name of a request header, such as X-Remote-User"),
        (lambda: env.origins("THING"), "music.example.org", "addresses such as https://music.example.org"),
        (lambda: env.origins("THING"), "https://music.example.org/", "addresses such as https://music.example.org"),
    ],
)
def test_a_wrong_value_is_rejected_with_the_name_of_the_setting(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], value: str, allowed: str
) -> None:
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert str(caught.value).startswith(f"THING is '{value}'; it takes {allowed}")


def test_the_error_for_a_wrong_url_has_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://me:password@host/db")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL has an unknown scheme") as caught:
        env.url("DATABASE_URL", ("postgres", "sqlite"))
    assert "password" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgres://u:p@h:port/db", "postgres://[half"])
def test_an_invalid_database_url_is_rejected(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL cannot be read; it takes postgres://"):
        database(Path("/tmp/db.sqlite3"))


def settings_under(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import mmc.settings as s; print(s.CELERY_BROKER_URL, s.DATABASES['default']['ENGINE'], s.SECRET_KEY[:4],"
        " s.REQUIRE_SETUP_TOKEN)"
    )
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "SECRET_KEY": "", **variables}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_redis_and_postgres_need_one_variable_each(tmp_path: Path) -> None:
    embedded = settings_under(tmp_path)
    assert embedded.stdout.startswith("files://localhost django.db.backends.sqlite3 "), embedded.stderr
    grown = settings_under(tmp_path, REDIS_URL="redis://r:6379/0", DATABASE_URL="postgres://u:p@h/db")
    assert grown.stdout.startswith("redis://r:6379/0 django.db.backends.postgresql "), grown.stderr


def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    refused = settings_under(tmp_path, MAX_UPLOAD_MB="much")
    assert refused.stderr.strip().endswith("MAX_UPLOAD_MB is 'much'; it takes a whole number from 1 to 20000.")


@pytest.mark.parametrize(
    ("hosts", "asked", "needed"),
    [("", "", False), ("localhost", "", False), ("music.example.org", "", True), ("music.example.org", "no", False)],
)
def test_a_public_installation_needs_the_setup_token(tmp_path: Path, hosts: str, asked: str, needed: bool) -> None:
    started = settings_under(tmp_path, ALLOWED_HOSTS=hosts, REQUIRE_SETUP_TOKEN=asked)
    assert started.stdout.split()[-1] == str(needed), started.stderr


def test_the_secret_key_is_created_once_and_is_private(tmp_path: Path) -> None:
    first, second = settings_under(tmp_path), settings_under(tmp_path)
    assert first.stdout == second.stdout
    key = tmp_path / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text().strip()) > 50


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: load_or_create_secret(tmp_path / "secret"), range(8)))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_folder_that_cannot_be_created_is_rejected_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="DATA_DIR takes the absolute path of a folder"):
        ensure_folder(tmp_path / "file" / "var", "DATA_DIR")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"OIDC_ISSUER": "https://id.example.org"}, "needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"),
        ({"REMOTE_USER_HEADER": "X-Remote-User"}, "needs REMOTE_USER_FROM"),
        ({"SIGN_UP": "yes"}, "one of off, invitation, open"),
    ],
)
def test_half_a_way_of_signing_in_stops_the_start(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    process = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "mmc.settings"} | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode != 0
    assert message in process.stderr
