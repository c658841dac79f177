"""Rules for redirects of the collector. Those for links alone are in `ml.links`."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from ml.errors import MoodError
from ml.links import check_link as check_link
from ml.links import is_public


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
    return any(not is_public(str(entry[4][0])) for entry in addresses)
