"""Passwords of music servers: encrypted with a key outside of the database, and shown nowhere."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from classifier.models import SourceKind
from classifier.sources.opensubsonic import OpenSubsonicServer
from classifier.sources.secrets import KEY_FILE, decrypt, encrypt
from tests.classifier.sources.connections import PASSWORD, connected, raises
from tests.classifier.sources.subsonic_stub import API_KEY, SubsonicStub
from tests.classifier.sources.web_servers import web_server


def test_a_secret_is_read_back_and_looks_different_each_time() -> None:
    first, second = encrypt(PASSWORD), encrypt(PASSWORD)
    assert first != second
    assert PASSWORD not in first
    assert decrypt(first) == decrypt(second) == PASSWORD


def test_no_secret_stays_none() -> None:
    assert encrypt("") == decrypt("") == ""


def test_the_key_is_a_file_of_its_user(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    encrypted = encrypt(PASSWORD)
    key = tmp_path / KEY_FILE
    assert key.stat().st_mode & 0o777 == 0o600
    assert decrypt(encrypted) == PASSWORD
    assert key.read_text().strip() not in encrypted


def test_the_key_of_the_setting_comes_first(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.SOURCES_KEY = tmp_path, "k" * 40
    encrypted = encrypt(PASSWORD)
    assert not (tmp_path / KEY_FILE).exists()
    settings.DATA_DIR = tmp_path / "another host"
    assert decrypt(encrypted) == PASSWORD


def test_with_another_key_the_password_has_to_be_entered_again(settings: Any) -> None:
    encrypted = encrypt(PASSWORD)
    settings.SOURCES_KEY = "another key of at least 32 letters"
    with raises("source_secret_unreadable") as raised:
        decrypt(encrypted)
    assert "Enter the password again" in raised.value.message


@pytest.mark.parametrize(
    "damaged", ["x", "gAAAAA", "größer", encrypt("a")[:-4] + "AAAA"], ids=["short", "prefix", "text", "signature"]
)
def test_a_damaged_secret_has_to_be_entered_again(damaged: str) -> None:
    with raises("source_secret_unreadable"):
        decrypt(damaged)


def test_the_log_has_no_secret_even_at_its_lowest_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    OpenSubsonicServer._ways.clear()
    stub = SubsonicStub(takes_tokens=False)
    with web_server(stub) as web:
        list(connected(SourceKind.OPENSUBSONIC, f"{web.address}/music").items())
        list(connected(SourceKind.OPENSUBSONIC, f"{web.address}/music", username="", secret=API_KEY).items())
    formatter = _formatter()
    for record in caplog.records:
        line = formatter.format(record)
        assert PASSWORD not in line
        assert PASSWORD.encode().hex() not in line
        assert API_KEY not in line
        assert "&t=" not in line


def _formatter() -> logging.Formatter:
    from mmc.logs import TextFormatter

    assert django_settings.LOGGING["handlers"]["console"]["formatter"] == "text"
    return TextFormatter("%(levelname)s %(name)s: %(message)s")
