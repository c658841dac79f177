"""Links that people give: which are allowed, and which numeric addresses are public. The web application and the
collection of data sets use it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from ml.errors import MoodError

SCHEMES = ("http", "https")
FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f]")
MAX_REDIRECTS = 5
NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 hosts as IPv6 networks write them."""


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
            f"The link to {host} has a name or a password, which would be stored with the song. Download the file "
            "yourself.",
        )


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the internet: not private, loopback, link-local, multicast or reserved, also
    where an IPv6 address stands for an IPv4 one."""
    found = _embedded(address)
    return found.is_global and not found.is_multicast


def is_never_a_server(address: str) -> bool:
    """Whether nobody's server has this address. Cloud providers hand out credentials at a link-local one."""
    found = _embedded(address)
    return found.is_link_local or found.is_multicast or found.is_unspecified


def _embedded(text: str) -> IPv4Address | IPv6Address:
    """The IPv4 address that is reached through an IPv6 one, if there is one in it."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
