"""Asking a server for a file: says who we are, keeps no cookies, sends no passwords, hurries nobody."""

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
    """What a download may cost, us and the server."""

    max_bytes: int = 500_000_000
    max_duration_s: float = 1800.0
    """For one recording, all attempts together."""

    read_timeout_s: float = 30.0
    """How long a server may say nothing."""

    attempts: int = 3
    pause_s: float = 1.0
    """Between two requests to the same server, and the measure of the waits before another attempt."""


@dataclass(frozen=True)
class Clock:
    """The time, and waiting for it; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class HttpClient:
    """One session with all servers; `manners` hold for each request."""

    def __init__(self, policy: FetchPolicy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._last_request: dict[str, float] = {}
        self._session = requests.Session()
        self._session.headers.update(
            {
                "User-Agent": USER_AGENT,
                "Accept": "audio/*, */*;q=0.5",
                "Accept-Encoding": "identity",  # so that ranges and lengths are those of the file
            }
        )
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.auth = _no_auth

    def get(self, link: str, headers: Mapping[str, str], left_s: float) -> requests.Response:
        """The answer behind all redirects, its body unread, to be closed; whatever its status is.

        Raises BrokenOff where another attempt may help, and MoodError: link_not_allowed, link_failed.
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
        raise MoodError("link_failed", f"{host_of(link)} sends on more than {REDIRECTS} times; write the last link.")

    def _get(self, link: str, headers: Mapping[str, str], read_timeout_s: float) -> requests.Response:
        host = host_of(link)
        limits = (min(CONNECT_TIMEOUT_S, read_timeout_s), read_timeout_s)
        try:
            return self._session.get(link, headers=headers, stream=True, allow_redirects=False, timeout=limits)
        except requests.exceptions.SSLError as error:
            raise MoodError(
                "link_failed", f"{host} has no valid certificate; if you trust it, fetch the file yourself."
            ) from error
        except requests.ConnectionError as error:
            raise RetryableError("link_unreachable", f"{host} cannot be reached, or hung up at once") from error
        except requests.Timeout as error:
            raise RetryableError("link_unreachable", f"{host} said nothing for {read_timeout_s:.0f} s") from error
        except (requests.RequestException, ValueError) as error:
            raise MoodError("link_failed", f"{host} cannot be asked ({error}); mend the link.") from error

    def _wait_for_pause(self, host: str) -> None:
        if (last_request := self._last_request.get(host)) is not None:
            self._clock.sleep(max(0.0, last_request + self._policy.pause_s - self._clock.now()))
        self._last_request[host] = self._clock.now()


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Adds nothing: that some `auth` is set keeps requests from sending what ~/.netrc says."""
    return request
