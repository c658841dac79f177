"""docker-compose.yml keeps the promises of SECURITY.md about containers."""

import re
from typing import Any

import pytest

from tests.architecture.sources import ROOT
from tests.system.compose import definitions

SERVICES = definitions({"POSTGRES_PASSWORD": "unused"})
BYTES = {"m": 1 << 20, "g": 1 << 30}


def mem_bytes(text: str) -> int:
    return int(text[:-1]) * BYTES[text[-1]]


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_can_eat_the_machine(name: str) -> None:
    service = SERVICES[name]
    assert 64 << 20 <= mem_bytes(service["mem_limit"]) <= 2 << 30
    assert 32 <= service["pids_limit"] <= 512


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_rights(name: str) -> None:
    service: dict[str, Any] = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is True
    assert not {"cap_add", "privileged", "devices", "network_mode", "pid", "ipc"} & set(service)
    assert not any("docker.sock" in volume for volume in service.get("volumes", []))


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_runs_as_root(name: str) -> None:
    service = SERVICES[name]
    if "build" in service:
        users = re.findall(r"^USER (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
        user = service.get("user", users[-1])
    else:
        user = service["user"]
    assert user not in ("", "root", "0", "0:0")


def test_the_database_can_write_where_it_has_to() -> None:
    """Its data, its socket and temporary files; the rest of its file system is read-only."""
    postgres = SERVICES["postgres"]
    assert "database:/var/lib/postgresql/data" in postgres["volumes"]
    assert {"/tmp", "/var/run/postgresql"} <= set(postgres["tmpfs"])


def test_redis_refuses_messages_before_it_is_killed() -> None:
    limit = re.search(r"--maxmemory (\d+)mb", SERVICES["redis"]["command"])
    assert limit is not None
    assert int(limit[1]) << 20 < mem_bytes(SERVICES["redis"]["mem_limit"])


def test_a_song_reaches_its_own_limit_before_that_of_the_worker() -> None:
    song_mb = int(SERVICES["worker"]["environment"]["MAX_MEMORY_MB"])
    assert song_mb >= 1500  # the least that the setting takes
    assert song_mb * 1_000_000 + 200_000_000 < mem_bytes(SERVICES["worker"]["mem_limit"])


def test_the_memory_of_a_service_is_a_setting() -> None:
    larger = {"WEB_MEMORY": "3g", "WORKER_MEMORY": "8g", "POSTGRES_MEMORY": "4g"}
    services = definitions({"POSTGRES_PASSWORD": "unused", **larger})
    assert [services[name]["mem_limit"] for name in ("web", "worker", "postgres")] == ["3g", "8g", "4g"]
