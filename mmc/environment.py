"""Settings come from the environment; a wrong value is refused by its name, with what is allowed."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")


def text(name: str, default: str = "") -> str:
    """An empty variable counts as unset, since that is what compose files pass for an absent one."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in YES:
        return True
    if value in NO:
        return False
    raise _refused(name, value, f"one of {', '.join(YES + NO)}")


def integer(name: str, default: int, *, least: int, most: int, none: bool = False) -> int:
    """With `none`, 0 is allowed as well, and means that there is no such limit."""
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        number = -1
    if not least <= number <= most and not (none and number == 0):
        raise _refused(name, value, f"a whole number from {least} to {most}{', or 0 for no limit' if none else ''}")
    return number


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise _refused(name, value, f"one of {', '.join(allowed)}")
    return value


def names(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list, separated by commas."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def origins(name: str) -> list[str]:
    """Addresses of sites, such as https://music.example.org."""
    found = names(name)
    for origin in found:
        scheme, separator, host = origin.partition("://")
        if scheme not in ("http", "https") or not separator or not host or "/" in host:
            raise _refused(name, origin, "addresses such as https://music.example.org, separated by commas")
    return found


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _refused(name, value, "the name of a time zone, such as Europe/Vienna") from None
    return value


def url(name: str, schemes: tuple[str, ...]) -> str:
    """An address of a service, or nothing; the value is not repeated, since it may hold a password."""
    value = text(name)
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        allowed = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} has an unknown scheme; it takes an address that starts with {allowed}.")
    return value


def folder(name: str, default: Path) -> Path:
    value = text(name)
    if not value:
        return default
    if not Path(value).is_absolute():
        raise _refused(name, value, "an absolute path of a folder")
    return Path(value)


def _refused(name: str, value: str, allowed: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {value!r}; it takes {allowed}.")
