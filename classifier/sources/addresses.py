"""Addresses of music servers: which ones a source may have, and which ones a connection may go to."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Person
from classifier.outgoing.addresses import address_allowed, allowed_for

MAX_ADDRESS = 1000
EXAMPLE = "https://music.example.org or http://192.168.1.5:4533"


def server_address(text: str) -> str:
    """The address of a server as it is stored: scheme, host, port and path, without a slash at its end.

    Raises ProductError for what is no such address.
    """
    text = text.strip()
    if not text.startswith(("http://", "https://")):
        raise _invalid(
            gettext("The address must begin with http:// or https://, such as %(example)s.") % {"example": EXAMPLE}
        )
    if len(text) > MAX_ADDRESS or re.search(r"[\s\\\x00-\x1f\x7f]", text):
        raise _invalid(
            gettext("The address has spaces or other characters that no address has: enter one such as %(example)s.")
            % {"example": EXAMPLE}
        )
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if ":" not in (parts.hostname or "") else "ipv6"
    except ValueError:
        raise _invalid(
            gettext("The host or the port of the address is invalid: enter one such as %(example)s.")
            % {"example": EXAMPLE}
        ) from None
    if not re.fullmatch(r"[A-Za-z0-9._-]+", host) or port == 0:
        raise _invalid(
            gettext("The host or the port of the address is invalid: enter one such as %(example)s.")
            % {"example": EXAMPLE}
        )
    if "@" in parts.netloc:
        raise _invalid(gettext("The address contains a user name: enter name and password in their own fields."))
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise _invalid(gettext("The address has a part after “?” or “#”: leave it out."))
    path = parts.path.rstrip("/").removesuffix("/rest").rstrip("/")
    if any(part in (".", "..", "") for part in path.split("/")[1:]):
        raise _invalid(gettext("The path of the address has empty parts or dots: enter it as the browser shows it."))
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))


def shown_host(address: str) -> str:
    """Host and port, for messages."""
    return urlsplit(address).netloc or address


def private_networks_allowed(owner: Person) -> bool:
    """Whether sources of this user may be in the server's own network."""
    return allowed_for(settings.SOURCE_PRIVATE_NETWORKS, owner)


def require_allowed(text: str, *, private_allowed: bool, host: str) -> None:
    """Raise ProductError for a numeric address to which no connection may go."""
    if not address_allowed(text, private_allowed=private_allowed):
        raise ProductError(
            "source_address_private",
            gettext(
                "%(host)s is at %(address)s, an address in the server’s own network, where sources are not "
                "allowed: use a public address, or ask the owner about the setting SOURCE_PRIVATE_NETWORKS."
            )
            % {"host": host, "address": text},
            HTTPStatus.FORBIDDEN,
        )


def _invalid(sentence: str) -> ProductError:
    return ProductError("source_address_invalid", sentence)
