"""HTTP to music servers: a session of `requests` with limits on time, size and redirects.

All that goes wrong raises ProductError, whose sentences name the host and never the URL, which may have secrets in it.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.utils.translation import gettext
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from classifier.errors import ProductError
from classifier.outgoing.session import OutgoingSession
from classifier.sources.addresses import require_allowed, shown_host
from classifier.uploads.limits import MEGABYTE

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
"""Without a single byte."""
ANSWER_TIME_LIMIT_S = 60.0
"""For a whole answer that is not audio."""
MAX_ANSWER_BYTES = 32 * MEGABYTE
"""A page of 500 songs has about half a megabyte."""
MAX_REDIRECTS = 5
BLOCK_BYTES = 256 * 1024

Params = Mapping[str, str | int | Sequence[str]]


class ServerSession(OutgoingSession):
    """A session for the server at one address."""

    def __init__(self, address: str, *, private_allowed: bool) -> None:
        super().__init__(lambda host, found: require_allowed(found, private_allowed=private_allowed, host=host))
        self.address = address
        self.host = shown_host(address)

    def request(  # type: ignore[override]  # only by name, as plexapi and `get` pass them
        self, method: str | bytes, url: str | bytes, **options: Any
    ) -> requests.Response:
        """A complete answer of at most MAX_ANSWER_BYTES. Its status may be an error."""
        options["timeout"] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        with self.time_limit(ANSWER_TIME_LIMIT_S), self._errors():
            response = self._follow(str(method), str(url), options)
            with response:
                self.read_all(response)
        self.require_working(response)
        return response

    def read_all(self, response: requests.Response) -> None:
        """Read the body, so that `content` and `text` have it."""
        content = bytearray()
        for block in self.blocks(response):
            content += block
            if len(content) > MAX_ANSWER_BYTES:
                raise self.not_understood(
                    gettext("sent an answer of more than %(limit)s MB") % {"limit": MAX_ANSWER_BYTES // MEGABYTE}
                )
        response._content, response._content_consumed = bytes(content), True  # type: ignore[attr-defined]

    @contextlib.contextmanager
    def streamed(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, **options: Any
    ) -> Iterator[requests.Response]:
        """An answer whose body is read with `blocks`. It is closed at the end."""
        options["timeout"] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        options["headers"] = {"Accept-Encoding": "identity", **(headers or {})}
        with self._errors():
            response = self._follow(method, url, options)
        with response:
            yield response

    def blocks(self, response: requests.Response) -> Iterator[bytes]:
        """The body as it comes: a block is what one read from the network gave."""
        with self._errors():
            while block := response.raw.read1(BLOCK_BYTES, decode_content=True):
                if self.is_late:
                    raise self._too_slow()
                yield block

    @contextlib.contextmanager
    def time_limit(self, limit_s: float) -> Iterator[None]:
        """End all connections of this session after so many seconds, however busy they are."""
        with self.ended_after(limit_s):
            yield
        if self.is_late:
            raise self._too_slow()

    def not_understood(self, what: str) -> ProductError:
        """`what` completes “The server at music.example.org …”."""
        return ProductError(
            "source_not_understood",
            gettext(
                "The server at %(host)s %(what)s: check the address and the kind of server, and whether the "
                "server is up to date."
            )
            % {"host": self.host, "what": what},
            HTTPStatus.BAD_GATEWAY,
        )

    def refused(self, what: str) -> ProductError:
        return ProductError(
            "source_refused",
            gettext("The server at %(host)s %(what)s.") % {"host": self.host, "what": what},
            HTTPStatus.FORBIDDEN,
        )

    def unavailable(self, what: str) -> ProductError:
        return ProductError(
            "source_unavailable",
            gettext(
                "The server at %(host)s %(what)s: check that it runs and can be reached from here, and try again later."
            )
            % {"host": self.host, "what": what},
            HTTPStatus.SERVICE_UNAVAILABLE,
        )

    def file_missing(self) -> ProductError:
        return ProductError(
            "source_file_missing",
            gettext("The server at %(host)s does not have this song any more: scan the source again.")
            % {"host": self.host},
            HTTPStatus.NOT_FOUND,
        )

    def require_working(self, response: requests.Response) -> None:
        """Raise for a status that says that the server has a problem, or too much to do."""
        status = response.status_code
        if status == 429 or (status >= 500 and status != HTTPStatus.NOT_IMPLEMENTED):
            raise self.unavailable(gettext("reports an error (%(status)s)") % {"status": status})

    def require_success(self, response: requests.Response) -> None:
        """Raise for a status that is an error, for all servers alike."""
        self.require_working(response)
        status = response.status_code
        if status in (401, 403):
            raise self.refused(gettext("does not accept this user name, password or key"))
        if status == 404:
            raise self.not_understood(gettext("has nothing at this address (404)"))
        if status not in (200, 206):
            raise self.not_understood(gettext("gave an unexpected answer (%(status)s)") % {"status": status})

    def json(self, response: requests.Response) -> dict[str, Any]:
        """The object in an answer."""
        try:
            content = json.loads(response.content)
        except (ValueError, RecursionError):
            raise self.not_understood(
                gettext("sent %(kind)s where JSON is expected") % {"kind": _kind(response)}
            ) from None
        if not isinstance(content, dict):
            raise self.not_understood(gettext("sent JSON of another form than expected"))
        return content

    def _follow(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        """The answer behind redirects, of which only those to the same host are followed."""
        options = {**options, "allow_redirects": False, "stream": True}
        for _ in range(MAX_REDIRECTS + 1):
            response = super().request(method, url, **options)
            if not response.is_redirect:
                return response
            response.close()
            # The address in the answer has the parameters already.
            url, options["params"] = self._same_host(str(response.url), response.headers["Location"]), None
        raise self.not_understood(gettext("redirects in a circle"))

    def _same_host(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
            here, there = urlsplit(self.address), urlsplit(target)
            same = (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
            # Many servers send people from http to https.
            encrypted = here.scheme == "http" and there.scheme == "https" and here.hostname == there.hostname
        except ValueError:
            raise self.not_understood(gettext("redirects to an address that is none")) from None
        if not (same or encrypted):
            host = (there.netloc.rpartition("@")[2] or gettext("another host"))[:100]
            raise self.not_understood(
                gettext("redirects to %(scheme)s://%(host)s; if you trust that one, enter its address")
                % {"scheme": there.scheme, "host": host}
            )
        return target

    def _too_slow(self) -> ProductError:
        return self.unavailable(gettext("took too long to answer"))

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what `requests` and urllib3 raise into errors with a sentence. Their own texts contain URLs."""
        try:
            yield
        except (requests.RequestException, HTTPError, OSError, UnicodeError, ValueError) as error:
            logger.info("Request to %s failed: %s", self.host, type(error).__name__)
            raise self._as_product_error(error) from None

    def _as_product_error(self, error: Exception) -> ProductError:
        if self.is_late:
            return self._too_slow()
        match error:
            case requests.exceptions.SSLError():
                return self.unavailable(gettext("has no certificate that is valid for this address"))
            case requests.Timeout() | TimeoutError():
                return self._too_slow()
            case requests.exceptions.InvalidHeader():
                return self.refused(
                    gettext("cannot take this key, which has characters that no key has: copy it again")
                )
            case requests.exceptions.InvalidURL() | requests.exceptions.MissingSchema() | UnicodeError():
                return self.not_understood(gettext("has an address that cannot be used"))
            case ValueError() if not isinstance(error, requests.RequestException):
                return self.not_understood(gettext("gave an answer that is no valid HTTP"))
            case requests.ConnectionError() if _is_refused_or_unknown(error):
                return self.unavailable(gettext("cannot be reached"))
        return self.unavailable(gettext("broke off the connection"))


def _is_refused_or_unknown(error: Exception) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError)


def _kind(response: requests.Response) -> str:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if "html" in media_type:
        return gettext("a web page")
    return gettext("broken JSON") if "json" in media_type else gettext("something else")
