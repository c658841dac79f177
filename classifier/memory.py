"""The limit of memory for the processes that listen: a song that needs more fails, and nothing else does."""

from __future__ import annotations

import logging
import resource

from django.conf import settings

logger = logging.getLogger(__name__)


def limit_memory() -> None:
    """Limit the address space of this process, which holds during a song and not only after it."""
    if not settings.MAX_MEMORY_MB:
        return
    limit = settings.MAX_MEMORY_MB * 1_000_000
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ValueError, OSError) as error:
        logger.warning("This system sets no limit of memory for a process: %s", error)
