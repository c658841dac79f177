"""Reads commands, environments and health checks from docker-compose.yml, as Docker would."""

import re
import shlex
from dataclasses import dataclass
from typing import Any

import yaml

from tests.system.product import ROOT

# ${NAME}, ${NAME:-default}, ${NAME:+where it is set}, ${NAME:?error message}
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-+?])(?P<rest>[^}]*))?\}")


class MissingError(Exception):
    """A required variable is missing; the message is the one that compose prints."""


@dataclass(frozen=True)
class Service:
    command: list[str]
    environment: dict[str, str]
    health_check: list[str]


def definitions(variables: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The services with all of their keys."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load(
        _interpolated((ROOT / "docker-compose.yml").read_text(), variables)
    )["services"]
    return entries


def services(variables: dict[str, str]) -> dict[str, Service]:
    entries = definitions(variables)
    return {
        name: Service(
            command=shlex.split(entry.get("command", "")),
            environment={key: str(value) for key, value in entry.get("environment", {}).items()},
            health_check=entry.get("healthcheck", {}).get("test", []),
        )
        for name, entry in entries.items()
    }


def _interpolated(text: str, variables: dict[str, str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        value = variables.get(match["name"], "")
        if not value and match["kind"] == "?":
            raise MissingError(f"{match['name']}: {match['rest']}")
        if match["kind"] == "+":
            return match["rest"] if value else ""
        return value or (match["rest"] if match["kind"] == "-" else "")

    return VARIABLE.sub(replacement, text)
