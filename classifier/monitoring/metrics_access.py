"""Who may read the metrics: clients that send METRICS_TOKEN, and those with an address in METRICS_ALLOW."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.http import HttpRequest

from classifier.accounts.client_address import client_address

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


def may_read_metrics(request: HttpRequest) -> bool:
    return _has_token(request) or _has_address(request)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given, expected = token.strip().encode(), settings.METRICS_TOKEN.encode()
    return bool(expected) and scheme.lower() == "bearer" and secrets.compare_digest(given, expected)


def _has_address(request: HttpRequest) -> bool:
    if not settings.METRICS_ALLOW:
        return False
    if not settings.TRUST_PROXY and any(name in request.headers for name in FORWARDED):
        return False  # It came through a proxy, whose address is not that of the client.
    try:
        parsed = ipaddress.ip_address(client_address(request))
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in settings.METRICS_ALLOW)
