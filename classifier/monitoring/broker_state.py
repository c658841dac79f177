"""How many messages wait in a queue of the broker, and for how long the oldest one does."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from mmc.celery import SENT_AT

logger = logging.getLogger(__name__)

TIMEOUT_S = 1


@dataclass(frozen=True)
class WaitingMessages:
    length: int
    oldest_age_s: float


def waiting_messages(queue: str) -> WaitingMessages | None:
    """None if the broker does not answer."""
    if settings.REDIS_URL:
        return _in_redis(queue)
    return _in_files(queue, Path(settings.BROKER_DIR) / "queue")


def _in_redis(queue: str) -> WaitingMessages | None:
    import redis

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=TIMEOUT_S, socket_timeout=TIMEOUT_S
        ) as client:
            # Celery adds on the left, and takes from the right.
            return WaitingMessages(int(client.llen(queue)), _age_s(client.lindex(queue, -1)))
    except redis.RedisError as error:
        logger.debug("Redis does not return the length of the queue %s: %s", queue, error)
        return None


def _in_files(queue: str, folder: Path) -> WaitingMessages | None:
    try:
        names = sorted(path.name for path in folder.glob(f"*.{queue}.msg"))
    except OSError:
        return None
    if not names:
        return WaitingMessages(0, 0.0)
    # mmc.broker starts the name of a message with the time in nanoseconds.
    sent_at_s = int(names[0].partition("_")[0]) / 1e9
    return WaitingMessages(len(names), max(time.time() - sent_at_s, 0.0))


def _age_s(message: Any) -> float:
    if not message:
        return 0.0
    try:
        return max(time.time() - float(json.loads(message)["headers"][SENT_AT]), 0.0)
    except (ValueError, KeyError, TypeError):
        return 0.0  # from an earlier version
