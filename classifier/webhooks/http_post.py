"""One POST to an untrusted receiver: limited in time and size, and only to an address that was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import requests
from django.utils.translation import gettext
from urllib3.exceptions import HTTPError

from classifier.errors import ProductError
from classifier.outgoing.addresses import address_allowed
from classifier.outgoing.session import OutgoingSession

CONNECT_TIMEOUT_S, READ_TIMEOUT_S, TIME_LIMIT_S = 5.0, 10.0, 15.0
SHOWN_BYTES = 300


@dataclass(frozen=True)
class Answer:
    """`status` is 0 without an answer; `text` says what was wrong."""

    status: int
    text: str = ""
    retry_after_s: int | None = None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def http_post(url: str, body: str, headers: Mapping[str, str], *, private_allowed: bool) -> Answer:
    """Follows no redirect: a receiver that moved has to be entered anew. Raises nothing that a receiver can cause."""
    with OutgoingSession(partial(_require_allowed, private_allowed)) as session:
        try:
            with session.ended_after(TIME_LIMIT_S):
                response = session.post(
                    url,
                    data=body.encode(),
                    headers={"Content-Type": "application/json", **headers},
                    timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    return _answer(response)
        except ProductError as error:
            return Answer(0, error.message)
        except (requests.RequestException, HTTPError, OSError, UnicodeError, ValueError) as error:
            return Answer(0, _sentence(error, session.is_late))


def _answer(response: requests.Response) -> Answer:
    status = response.status_code
    if 200 <= status < 300:
        return Answer(status)
    start = response.raw.read(SHOWN_BYTES, decode_content=False).decode("utf-8", "replace")
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in start).split())
    retry_after = response.headers.get("Retry-After", "")
    if 300 <= status < 400:
        return Answer(
            status,
            gettext("The receiver redirects (%(status)s): enter the address to which it does.") % {"status": status},
        )
    return Answer(
        status,
        (
            gettext("The receiver answered %(status)s: %(answer)s")
            if shown
            else gettext("The receiver answered %(status)s")
        )
        % {"status": status, "answer": shown},
        int(retry_after) if retry_after.isascii() and retry_after.isdigit() else None,
    )


def _sentence(error: Exception, is_late: bool) -> str:
    if is_late or isinstance(error, requests.Timeout | TimeoutError):
        return gettext("The receiver did not answer within %(seconds)s seconds.") % {"seconds": f"{TIME_LIMIT_S:.0f}"}
    if isinstance(error, requests.exceptions.SSLError):
        return gettext("The receiver has no certificate that is valid for this address.")
    if isinstance(error, requests.ConnectionError):
        return gettext("The receiver cannot be reached, or broke off the connection.")
    return gettext("The receiver gave an answer that is no valid HTTP.")


def _require_allowed(private_allowed: bool, host: str, address: str) -> None:
    if not address_allowed(address, private_allowed=private_allowed):
        raise ProductError(
            "webhook_address_private",
            gettext(
                "%(host)s is at %(address)s, an address in the server’s own network, where webhooks are not "
                "allowed: use a public address, or ask the owner about the setting WEBHOOK_PRIVATE_NETWORKS."
            )
            % {"host": host, "address": address},
        )
