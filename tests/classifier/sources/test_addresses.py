"""Addresses of music servers, as people enter them."""

from __future__ import annotations

from typing import Any

import pytest

from classifier.models import Person
from classifier.sources.addresses import private_networks_allowed, server_address
from tests.classifier.sources.connections import raises


@pytest.mark.parametrize(
    ("entered", "stored"),
    [
        (" https://music.example.org/ ", "https://music.example.org"),
        ("http://192.168.1.5:4533", "http://192.168.1.5:4533"),
        ("https://Example.org/Navidrome/rest/", "https://example.org/Navidrome"),
        ("http://[fd00::5]:4533/", "http://[fd00::5]:4533"),
        ("http://nas", "http://nas"),
        ("https://müsik.example/", "https://müsik.example"),
    ],
)
def test_an_address_is_stored_without_what_is_not_needed(entered: str, stored: str) -> None:
    assert server_address(entered) == stored


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "music.example.org",
        "ftp://music.example.org",
        "http://",
        "http:///music",
        "http://anna:secret@music.example.org",
        "http://anna@music.example.org",
        "http://music.example.org:99999",
        "http://music.example.org:0",
        "http://music.example.org:port",
        "http://music.example.org/#/albums",
        "http://music.example.org/?page=1",
        "http://music.example.org/a/../b",
        "http://music.example.org//b",
        "http://music example.org",
        "http://music.example.org\\@evil.example",
        "http://music.example.org/\r\nHost: evil",
        "http://[::1",
        "http://a..b",
        f"http://{'a' * 70}.example.org",
        f"http://music.example.org/{'a' * 1000}",
        "javascript://music.example.org/%0aalert(1)",
    ],
)
def test_what_is_no_address_of_a_server_is_refused(entered: str) -> None:
    with raises("source_address_invalid"):
        server_address(entered)


@pytest.mark.parametrize(
    ("setting", "owner", "person"), [("everyone", True, True), ("owners", True, False), ("nobody", False, False)]
)
def test_the_setting_says_whose_servers_may_be_in_the_same_network(
    settings: Any, setting: str, owner: bool, person: bool
) -> None:
    settings.SOURCE_PRIVATE_NETWORKS = setting
    assert private_networks_allowed(Person(username="olga", is_superuser=True)) is owner
    assert private_networks_allowed(Person(username="anna")) is person
