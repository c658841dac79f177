"""Checks at every start, numbered, each with what to do about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from classifier import ml_gateway

LOCAL = {"localhost", "127.0.0.1", "[::1]", "testserver"}
LITTLE_ROOM_BYTES = 1_000_000_000


@register(Tags.files)
def data_is_writable(**kwargs: Any) -> list[CheckMessage]:
    places = [settings.DATA_DIR, settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR]
    return [
        Error(
            f"The folder {place} cannot be written by this user.",
            hint="Give it to the user that runs the server, or set DATA_DIR to another folder.",
            id="classifier.E001",
        )
        for place in places
        if place.exists() and not os.access(place, os.R_OK | os.W_OK | os.X_OK)
    ]


@register(Tags.files)
def disk_has_room(**kwargs: Any) -> list[CheckMessage]:
    place: Path = settings.DATA_DIR
    room = os.statvfs(place)
    free_bytes = room.f_bavail * room.f_frsize
    if free_bytes >= LITTLE_ROOM_BYTES:
        return []
    return [
        Warning(
            f"The disk of {place} has only {free_bytes // 1_000_000} MB left.",
            hint="Make room, or set DATA_DIR to a folder on another disk.",
            id="classifier.W002",
        )
    ]


@register(Tags.models)
def bundle_is_whole(**kwargs: Any) -> list[CheckMessage]:
    """A warning and no error: what has been heard can still be read, and what fails now can be retried."""
    try:
        ml_gateway.bundle_check(settings.MODEL_BUNDLE)
    except ml_gateway.MoodError as error:
        return [
            Warning(
                f"The models cannot be used ({error.code}): {error.message}",
                hint=f"Put the bundle {settings.MODEL_BUNDLE} back as it was, or set MODEL_BUNDLE to another one.",
                id="classifier.W003",
            )
        ]
    return []


@register(Tags.security)
def debug_stays_at_home(**kwargs: Any) -> list[CheckMessage]:
    public = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL]
    if not settings.DEBUG or not public:
        return []
    return [
        Error(
            f"DEBUG is on while the site answers as {', '.join(public)}: its error pages show the server's inside.",
            hint="Unset DEBUG, or leave ALLOWED_HOSTS at localhost.",
            id="classifier.E004",
        )
    ]


@register(Tags.security)
def public_is_encrypted(**kwargs: Any) -> list[CheckMessage]:
    public = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL]
    if not public or settings.HTTPS:
        return []
    return [
        Warning(
            f"The site answers as {', '.join(public)} without HTTPS: passwords and songs travel readable by others.",
            hint="Put a proxy with a certificate before it and set HTTPS=true, unless the network is your own.",
            id="classifier.W005",
        )
    ]


@register(Tags.security)
def proxy_is_named(**kwargs: Any) -> list[CheckMessage]:
    if not settings.HTTPS or settings.CSRF_TRUSTED_ORIGINS or settings.TRUST_PROXY:
        return []
    return [
        Warning(
            "HTTPS is on, and neither TRUST_PROXY nor CSRF_TRUSTED_ORIGINS is set: forms will be refused.",
            hint="Set TRUST_PROXY=true if the proxy sets X-Forwarded-Proto, or name the site in CSRF_TRUSTED_ORIGINS.",
            id="classifier.W006",
        )
    ]
