"""Where a request comes from: the address of the client, and its browser in words."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# The first match counts: most browsers also name the ones that they are compatible with.
UNKNOWN_DEVICE = "Unknown device"
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-requests/", "Python"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
USER_AGENT_LENGTH = 300


def client_address(request: HttpRequest) -> str:
    """The address of the client; behind a trusted proxy, the one that the proxy saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        # The last entry is the proxy's own; the client can write anything into those before it.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address


def stored_address(request: HttpRequest) -> str:
    """The same for the database: empty where it is none, such as that of a Unix socket."""
    try:
        return str(ipaddress.ip_address(client_address(request)))
    except ValueError:
        return ""


def absolute_address(request: HttpRequest, path: str) -> str:
    """With scheme and host, for links that people share: https if users connect by it, even if the proxy uses http."""
    address = request.build_absolute_uri(path)
    return address.replace("http://", "https://", 1) if settings.HTTPS else address


def user_agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "").replace("\0", "")[:USER_AGENT_LENGTH]


def device_name(agent: str) -> str:
    """Such as “Firefox on Linux”."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or UNKNOWN_DEVICE
