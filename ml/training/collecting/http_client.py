"""An HTTP client with a user agent, pauses between requests, and without cookies and passwords."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin

import requests

from ml.errors import MoodError
from ml.training.collecting.http_responses import RetryableError, host_of
from ml.training.collecting.link_policy import check_link, check_redirect

USER_AGENT = f"Countermood data set collector (python-requests/{requests.__version__})"
REDIRECTS = 5
CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class FetchPolicy:
    """Limits of downloads."""

    max_bytes: int = 500_000_000
    max_duration_s: float = 1800.0
    """Time for one recording, all attempts together."""

    read_timeout_s: float = 30.0
    """Maximum time without data."""

    attempts: int = 3
    pause_s: float = 1.0
    """Pause between requests to the same server, and base of the waits between attempts."""


@dataclass(frozen=True)
class Clock:
    """Time and sleep, replaced in tests."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class HttpClient:
    """One session for all servers, according to `policy`."""

    def __init__(self, policy: FetchPolicy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._last_request: dict[str, float] = {}
        self._session = requests.Session()
        self._session.headers.update(
            {
                "User-Agent": USER_AGENT,
                "Accept": "audio/*, */*;q=0.5",
                "Accept-Encoding": "identity",  # ranges and lengths must be those of the file
            }
        )
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.auth = _no_auth

    def get(self, link: str, headers: Mapping[str, str], left_s: float) -> requests.Response:
        """The response after all redirects, with any status and unread body; the caller closes it.

        Raises RetryableError, or MoodError: link_not_allowed, link_failed.
        """
        check_link(link)
        current = link
        for _ in range(REDIRECTS + 1):
            self._wait_for_pause(host_of(current))
            response = self._get(current, headers, max(0.1, min(self._policy.read_timeout_s, left_s)))
            target = self._session.get_redirect_target(response)
            if target is None:
                return response
            response.close()
            target = urljoin(current, target)
            check_redirect(current, target)
            current = target
        raise MoodError("link_failed", f"{host_of(link)} redirects more than {REDIRECTS} times. Use the final link.")

    def _get(self, link: str, headers: Mapping[str, str], read_timeout_s: float) -> requests.Response:
        host = host_of(link)
        limits = (min(CONNECT_TIMEOUT_S, read_timeout_s), read_timeout_s)
        try:
            return self._session.get(link, headers=headers, stream=True, allow_redirects=False, timeout=limits)
        except requests.exceptions.SSLError as error:
            raise MoodError(
                "link_failed", f"{host} has no valid certificate. If you trust it, download the file yourself."
            ) from error
        except requests.ConnectionError as error:
            raise RetryableError("link_unreachable", f"{host} cannot be reached, or closed the connection") from error
        except requests.Timeout as error:
            raise RetryableError("link_unreachable", f"{host} sent nothing for {read_timeout_s:.0f} s") from error
        except (requests.RequestException, ValueError) as error:
            raise MoodError("link_failed", f"{host} cannot be requested ({error}). Correct the link.") from error

    def _wait_for_pause(self, host: str) -> None:
        if (last_request := self._last_request.get(host)) is not None:
            self._clock.sleep(max(0.0, last_request + self._policy.pause_s - self._clock.now()))
        self._last_request[host] = self._clock.now()


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Setting any `auth` keeps requests from sending the passwords in ~/.netrc."""
    return request
