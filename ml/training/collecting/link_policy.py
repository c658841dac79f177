"""Which links are followed, and where a server may send us on to."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from ml.errors import MoodError

SCHEMES = ("http", "https")
FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f]")


def check_link(link: str) -> None:
    """Raises MoodError("link_not_allowed") for what is no plain http or https link."""
    excerpt = link[:200]
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise MoodError("link_not_allowed", f"{excerpt!r} is no link ({error}); mend it.") from error
    if parts.scheme.lower() not in SCHEMES:
        raise MoodError("link_not_allowed", f"{excerpt!r} begins with {parts.scheme}:; allowed are http and https.")
    if not host or FORBIDDEN_CHARACTERS.search(link):
        raise MoodError("link_not_allowed", f"{excerpt!r} is no whole link; mend it, with %20 for a space.")
    if parts.username or parts.password:
        raise MoodError(
            "link_not_allowed",
            f"The link to {host} holds a name or a password, which would be written into the data set; fetch that "
            "file yourself, and name its path.",
        )


def check_redirect(link: str, target: str) -> None:
    """Raises MoodError("link_not_allowed") where the server of `link` must not send us to `target`.

    It may send to any http or https address, but a server on the internet may not send into the network that this
    machine stands in: a list from elsewhere must not reach what only its reader can see.
    """
    check_link(target)
    from_host, to_host = str(urlsplit(link).hostname), str(urlsplit(target).hostname)
    if from_host != to_host and is_internal(to_host) and not is_internal(from_host):
        raise MoodError(
            "link_not_allowed",
            f"{from_host} sends on to {to_host}, which is an address inside your own network; if that is meant, write "
            "that link into the list.",
        )


def is_internal(host: str) -> bool:
    """Whether a host has an address that is not of the internet: loopback, private, link-local."""
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False  # who cannot be found cannot be reached either, except by a proxy, which stands elsewhere
    return any(not ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in addresses)
