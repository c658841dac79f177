"""Requests by route, status and time, of all processes of this web server.

mmc.web_metrics gives every web process a number and a folder in memory. Processes that follow each other have the same
number, so that they continue the same files, and the folder never grows.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from mmc.web_metrics import FOLDER, NUMBER

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Histogram

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


def count_request(*, method: str, route: str, status: int, duration_s: float) -> None:
    if settings.METRICS_ENABLED:
        known = method if method in METHODS else "other"
        _histogram().labels(known, route, str(status)).observe(duration_s)


def register(registry: CollectorRegistry) -> None:
    """Add the requests of all processes to a registry."""
    from prometheus_client.multiprocess import MultiProcessCollector

    histogram = _histogram()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)
    else:
        registry.register(histogram)  # one process, without gunicorn


@cache
def _histogram() -> Histogram:
    from prometheus_client import Histogram, values

    if os.environ.get(FOLDER):
        number = os.environ[NUMBER]
        # The library numbers its files by process, so that each new process would add some.
        values.ValueClass = values.MultiProcessValue(lambda: number)
    return Histogram(
        "countermood_http_request_duration_seconds",
        "Time until the response to a request begins, by method, route and status.",
        labelnames=("method", "route", "status"),
        buckets=BUCKETS_S,
        registry=None,
    )
