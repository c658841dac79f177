"""Reads docker-compose.yml as Docker would, as far as it concerns commands and environments."""

import re
import shlex
from dataclasses import dataclass

import yaml

from tests.system.product import ROOT

# ${NAME}, ${NAME:-a default}, ${NAME:?what to do if it is missing}
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


class MissingError(Exception):
    """A variable without which compose refuses to start, and the sentence it says."""


@dataclass(frozen=True)
class Service:
    command: list[str]
    environment: dict[str, str]
    health_check: list[str]


def services(variables: dict[str, str]) -> dict[str, Service]:
    found = yaml.safe_load(_filled((ROOT / "docker-compose.yml").read_text(), variables))["services"]
    return {
        name: Service(
            command=shlex.split(entry.get("command", "")),
            environment=dict(entry.get("environment", {})),
            health_check=entry.get("healthcheck", {}).get("test", []),
        )
        for name, entry in found.items()
    }


def _filled(text: str, variables: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        given = variables.get(match["name"], "")
        if not given and match["kind"] == "?":
            raise MissingError(f"{match['name']}: {match['rest']}")
        return given or (match["rest"] if match["kind"] == "-" else "")

    return VARIABLE.sub(value, text)
