"""The log, as lines of text or of JSON. Each record names the request, the song and the person that it is about.

A web request sets this context, messages carry it to the workers, and a worker adds the song that it analyses.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

FIELDS = ("request_id", "song_id", "person_id")
FORMATS = ("text", "json")

Value = str | Callable[[], str]
"""A function where the value is known only later: who sends a request is known once it is authenticated."""

_context: ContextVar[Mapping[str, Value]] = ContextVar("log_context", default={})  # noqa: B039  (never changed)

HIDDEN = "[hidden]"
SECRETS = (
    re.compile(r"(mmc_)[\w-]{6,}"),
    re.compile(r"((?:bearer|basic) +)[^\s\"'\\]+", re.IGNORECASE),
    re.compile(r"([?&](?:\w*token|\w*key|code|state|password|secret|signature|x-amz-\w+)=)[^&\s\"'\\]+", re.IGNORECASE),
    re.compile(r"(\w://[^\s:/@]*:)[^\s/@]+(?=@)"),
    re.compile(r"(/invitation/)[\w-]+"),
)
"""An API token, an Authorization header, a secret in a query string, a password in a URL, an invitation."""


@contextmanager
def log_context(**fields: Value | None) -> Iterator[None]:
    """Name the request, song or person in every record of this block; an empty string names none."""
    given = {name: value for name, value in fields.items() if value is not None}
    token = _context.set({**_context.get(), **given})
    try:
        yield
    finally:
        _context.reset(token)


def context_values() -> dict[str, str]:
    """What the current block is about; without the fields that are not known."""
    known = {name: value() if callable(value) else value for name, value in _context.get().items()}
    return {name: known[name] for name in FIELDS if known.get(name)}


def without_secrets(text: str) -> str:
    for pattern in SECRETS:
        text = pattern.sub(rf"\1{HIDDEN}", text)
    return text


# What Django and Celery attach to records for handlers of their own.
FOREIGN = ("request", "server_time", "data", "sql", "params", "alias", "taskName")


class ContextFilter(logging.Filter):
    """Adds the context to every record: as attributes, and as `context`, the end of a line of text."""

    def filter(self, record: logging.LogRecord) -> bool:
        values = context_values()
        for name, value in values.items():
            if not hasattr(record, name):
                setattr(record, name, value)
        words = [f"{name.removesuffix('_id')}={value}" for name, value in values.items()]
        record.context = f" [{' '.join(words)}]" if words else ""
        return True


class TextFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonFormatter(BaseJsonFormatter):
    """One object a line; the traceback of an exception is in `exc_info`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            reserved_attrs=[*RESERVED_ATTRS, "context", *FOREIGN],
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  (logging's name)
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


FORMATTERS: dict[str, dict[str, Any]] = {
    "text": {"()": "mmc.logs.TextFormatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s%(context)s"},
    "json": {"()": "mmc.logs.JsonFormatter"},
}


def configuration(log_format: str, level: str) -> dict[str, Any]:
    """Django's setting LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "mmc.logs.ContextFilter"}},
        "formatters": FORMATTERS,
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": log_format, "filters": ["context"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"level": "INFO" if level == "DEBUG" else level},
            "classifier": {"level": level},
            # Below this level it logs URLs, in which music servers want passwords and keys.
            "urllib3": {"level": "INFO" if level == "DEBUG" else level},
        },
    }


def gunicorn_configuration(log_format: str) -> dict[str, Any]:
    """gunicorn's setting logconfig_dict: its own lines in the same format."""
    return {
        **configuration(log_format, "INFO"),
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False}},
    }
