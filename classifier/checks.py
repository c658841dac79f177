"""System checks, run at every start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import get_resolver

from classifier import ml_gateway

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}
LOW_DISK_BYTES = 1_000_000_000


@register(Tags.files)
def data_is_writable(**kwargs: Any) -> list[CheckMessage]:
    places = [settings.DATA_DIR, settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR]
    return [
        Error(
            f"The folder {place} is not writable by this user.",
            hint="Give it to the user that runs the server, or set DATA_DIR to another folder.",
            id="classifier.E001",
        )
        for place in places
        if place.exists() and not os.access(place, os.R_OK | os.W_OK | os.X_OK)
    ]


@register(Tags.files)
def disk_has_space(**kwargs: Any) -> list[CheckMessage]:
    place: Path = settings.DATA_DIR
    disk = os.statvfs(place)
    free_bytes = disk.f_bavail * disk.f_frsize
    if free_bytes >= LOW_DISK_BYTES:
        return []
    return [
        Warning(
            f"The disk of {place} has only {free_bytes // 1_000_000} MB left.",
            hint="Delete files, or set DATA_DIR to a folder on another disk.",
            id="classifier.W002",
        )
    ]


@register(Tags.models)
def bundle_is_complete(**kwargs: Any) -> list[CheckMessage]:
    """A warning and not an error: stored results can still be read, and songs that fail now can be retried."""
    try:
        ml_gateway.bundle_check(settings.MODEL_BUNDLE)
    except ml_gateway.MoodError as error:
        return [
            Warning(
                f"The models cannot be used ({error.code}): {error.message}",
                hint=f"Restore the bundle {settings.MODEL_BUNDLE}, or set MODEL_BUNDLE to another one.",
                id="classifier.W003",
            )
        ]
    return []


@register(Tags.security)
def debug_is_local(**kwargs: Any) -> list[CheckMessage]:
    public = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL_HOSTS]
    if not settings.DEBUG or not public:
        return []
    return [
        Error(
            f"DEBUG is on and ALLOWED_HOSTS has {', '.join(public)}: error pages show settings and source code.",
            hint="Unset DEBUG, or restrict ALLOWED_HOSTS to localhost.",
            id="classifier.E004",
        )
    ]


@register(Tags.security)
def public_is_encrypted(**kwargs: Any) -> list[CheckMessage]:
    public = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL_HOSTS]
    if not public or settings.HTTPS:
        return []
    return [
        Warning(
            f"ALLOWED_HOSTS has {', '.join(public)} and HTTPS is off: passwords and songs are sent unencrypted.",
            hint="Run it behind a proxy with a certificate and set HTTPS=true, unless you trust the network.",
            id="classifier.W005",
        )
    ]


@register(Tags.security)
def proxy_is_configured(**kwargs: Any) -> list[CheckMessage]:
    if not settings.HTTPS or settings.CSRF_TRUSTED_ORIGINS or settings.TRUST_PROXY:
        return []
    return [
        Warning(
            "HTTPS is on, and neither TRUST_PROXY nor CSRF_TRUSTED_ORIGINS is set: forms fail the CSRF check.",
            hint="Set TRUST_PROXY=true if the proxy sets X-Forwarded-Proto, or add the site to CSRF_TRUSTED_ORIGINS.",
            id="classifier.W006",
        )
    ]


@register(Tags.urls)
def base_path_is_free(**kwargs: Any) -> list[CheckMessage]:
    """A proxy may strip the base path or not; this is only clear where no page of the site itself starts with it."""
    if not settings.BASE_PATH:
        return []
    first = settings.BASE_PATH.split("/")[1]
    own = {str(pattern.pattern).lstrip("^").split("/")[0] for pattern in _url_patterns()} | {"static"}
    if first not in own:
        return []
    return [
        Error(
            f"BASE_PATH is {settings.BASE_PATH}, and pages of the site itself start with /{first}/.",
            hint="Choose another path, such as /moods.",
            id="classifier.E010",
        )
    ]


def _url_patterns() -> list[Any]:
    return [pattern for one in get_resolver().url_patterns for pattern in getattr(one, "url_patterns", [one])]


@register(Tags.security)
def provider_is_encrypted(**kwargs: Any) -> list[CheckMessage]:
    address = urlsplit(settings.OIDC_ISSUER)
    if address.scheme != "http" or address.hostname in ("localhost", "127.0.0.1", "::1"):
        return []
    return [
        Warning(
            "OIDC_ISSUER begins with http: anyone on the way can sign in as anyone.",
            hint="Use the https address of the provider.",
            id="classifier.W020",
        )
    ]
