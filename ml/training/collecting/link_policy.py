"""Rules for links and redirects."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from ml.errors import MoodError

SCHEMES = ("http", "https")
FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f]")


def check_link(link: str) -> None:
    """Raises MoodError("link_not_allowed") for links that are not plain http or https."""
    excerpt = link[:200]
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise MoodError("link_not_allowed", f"{excerpt!r} is not a link ({error}). Correct it.") from error
    if parts.scheme.lower() not in SCHEMES:
        raise MoodError(
            "link_not_allowed", f"{excerpt!r} starts with {parts.scheme}:; only http and https are allowed."
        )
    if not host or FORBIDDEN_CHARACTERS.search(link):
        raise MoodError("link_not_allowed", f"{excerpt!r} is not a complete link. Correct it; a space is %20.")
    if parts.username or parts.password:
        raise MoodError(
            "link_not_allowed",
            f"The link to {host} has a name or a password, which would be written into the data set. Download the "
            "file yourself and use its path.",
        )


def check_redirect(link: str, target: str) -> None:
    """Raises MoodError("link_not_allowed") if `link` must not redirect to `target`.

    Redirects may go to any http or https address, but not from the internet into the local network: a list from
    somewhere else must not reach internal servers.
    """
    check_link(target)
    from_host, to_host = str(urlsplit(link).hostname), str(urlsplit(target).hostname)
    if from_host != to_host and is_internal(to_host) and not is_internal(from_host):
        raise MoodError(
            "link_not_allowed",
            f"{from_host} redirects to {to_host}, an address inside your own network. If this is intended, put "
            "that link into the list.",
        )


def is_internal(host: str) -> bool:
    """Whether a host has an internal address: loopback, private, link-local."""
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False  # not resolvable, so only reachable by a proxy elsewhere
    return any(not ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in addresses)
