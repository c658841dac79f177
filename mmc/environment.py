"""Read settings from the environment. An invalid value raises an error that names the setting and what it takes."""

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")


def text(name: str, default: str = "") -> str:
    """An empty variable counts as unset: compose files pass one for a variable that is absent."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in YES:
        return True
    if value in NO:
        return False
    raise _invalid(name, value, f"one of {', '.join(YES + NO)}")


def integer(name: str, default: int, *, least: int, most: int, or_zero: bool = False) -> int:
    """With `or_zero`, 0 is valid too, and means no limit."""
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        number = -1
    if not least <= number <= most and not (or_zero and number == 0):
        raise _invalid(name, value, f"a whole number from {least} to {most}{', or 0 for no limit' if or_zero else ''}")
    return number


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise _invalid(name, value, f"one of {', '.join(allowed)}")
    return value


def choices(name: str, allowed: tuple[str, ...]) -> list[str]:
    """A comma-separated list of some of these; by default all. In their order."""
    chosen = names(name, allowed)
    if not set(chosen) <= set(allowed):
        raise _invalid(name, text(name), f"some of {', '.join(allowed)}, separated by commas")
    return [value for value in allowed if value in chosen]


def names(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def origins(name: str) -> list[str]:
    """Origins such as https://music.example.org."""
    values = names(name)
    for origin in values:
        scheme, separator, host = origin.partition("://")
        if scheme not in ("http", "https") or not separator or not host or "/" in host:
            raise _invalid(name, origin, "addresses such as https://music.example.org, separated by commas")
    return values


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks, such as 10.0.0.5 and 172.18.0.0/16."""
    values: list[IPv4Network | IPv6Network] = []
    for text_value in names(name):
        try:
            values.append(ip_network(text_value))
        except ValueError:
            raise _invalid(
                name, text_value, "addresses such as 10.0.0.5 or 172.18.0.0/16, separated by commas"
            ) from None
    return values


def header(name: str) -> str:
    """The name of a request header, or nothing."""
    value = text(name)
    if value and not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise _invalid(name, value, "the name of a request header, such as X-Remote-User")
    return value


def secret(name: str, *, least_length: int) -> str:
    """Errors do not repeat the value."""
    value = text(name)
    if value and len(value) < least_length:
        raise ImproperlyConfigured(
            f"{name} has {len(value)} characters; it takes at least {least_length}, such as those of "
            "`python -c 'import secrets; print(secrets.token_urlsafe(32))'`."
        )
    return value


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _invalid(name, value, "the name of a time zone, such as Europe/Vienna") from None
    return value


def url(name: str, schemes: tuple[str, ...]) -> str:
    """The URL of a service, or nothing. Errors do not repeat the value, since it may contain a password."""
    value = text(name)
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        allowed = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} has an unknown scheme; it takes an address that starts with {allowed}.")
    return value


def base_path(name: str) -> str:
    """A path such as /moods, without a slash at its end; nothing for the root of the host."""
    value = text(name).rstrip("/")
    if value and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value):
        raise _invalid(name, value, "a path such as /moods")
    return value


def file_mask(name: str) -> int:
    """Permissions that new files do not get, in octal as `umask` takes them; by default those of other users."""
    value = text(name, "077")
    if not re.fullmatch(r"[0-7]{1,4}", value) or int(value, 8) & 0o700:
        raise _invalid(name, value, "an octal mask that leaves the owner everything, such as 077, 027 or 022")
    return int(value, 8)


def folder(name: str, default: Path) -> Path:
    value = text(name)
    if not value:
        return default
    if not Path(value).is_absolute():
        raise _invalid(name, value, "an absolute path of a folder")
    return Path(value)


def folders(name: str) -> list[Path]:
    """Absolute paths, comma-separated."""
    values = names(name)
    if not all(value.startswith("/") for value in values):
        raise _invalid(name, text(name), "absolute paths of folders, separated by commas, such as /music")
    return [Path(value) for value in values]


def _invalid(name: str, value: str, allowed: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {value!r}; it takes {allowed}.")
