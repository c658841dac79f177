"""The health of the installation, for /health/ and for the notice about missing workers."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from classifier.models import WorkerPresence
from classifier.uploads.disk_reserve import has_room


def worker_answers(*, now: datetime) -> bool:
    return WorkerPresence.objects.answering(now).exists()


def health_report(*, now: datetime) -> dict[str, Any]:
    """`ok` is whether this process can serve. Without worker or broker, uploads are stored and stay queued.

    `disk` is whether uploads find room beside the reserve.
    """
    database = database_answers()
    return {
        "ok": database,
        "database": database,
        "broker": broker_answers(),
        "worker": database and worker_answers(now=now),
        "disk": has_room(),
    }


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    if not settings.REDIS_URL:
        folder = settings.BROKER_DIR if settings.BROKER_DIR.exists() else settings.DATA_DIR
        return os.access(folder, os.W_OK)
    import redis

    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
        with client:
            return bool(client.ping())
    except redis.RedisError:
        return False
