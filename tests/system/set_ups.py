"""The two set-ups of the queue: the embedded file broker, and Redis as in docker-compose.yml."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.system.compose import services
from tests.system.conftest import program
from tests.system.servers import running_redis

BROKERS = ("file broker", "Redis")


@contextmanager
def broker(name: str, folder: Path) -> Iterator[dict[str, str]]:
    """Runs the broker; yields the settings for it."""
    redis = nullcontext(None)
    if name == "Redis":
        server, *options = services({"POSTGRES_PASSWORD": "unused"})["redis"].command
        redis = running_redis([program(server), *options], folder)
    with redis as port:
        yield {} if port is None else {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
