"""Why an analysis ended without a result: a stable code, and a sentence for people."""

from __future__ import annotations

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.uploads.limits import disk_full
from classifier.uploads.stored_files import is_disk_full

STORAGE_UNAVAILABLE = "storage_unavailable"
SOURCE_FILE_MISSING = "source_file_missing"
WORKER_LOST = "worker_lost"


def failure_reason(error: BaseException) -> tuple[str, str]:
    """The code and message for an exception that ended an analysis."""
    if isinstance(error, ml_gateway.MoodError):
        return error.code, error.message
    if isinstance(error, ProductError) and error.code.startswith((STORAGE_UNAVAILABLE, "source_")):
        return error.code, error.message
    if isinstance(error, ml_gateway.DeadlineExceeded):
        return too_slow()
    if isinstance(error, MemoryError):
        return "too_much_memory", (
            gettext(
                "The analysis needed more than %(limit)s MB of memory, the limit for one song: raise "
                "MAX_MEMORY_MB, or use a shorter file."
            )
            % {"limit": settings.MAX_MEMORY_MB}
        )
    if is_disk_full(error):
        return (
            disk_full().code,
            gettext("The server’s disk is full, so the result could not be saved: free some space, then retry."),
        )
    if isinstance(error, (OperationalError, InterfaceError)):
        return WORKER_LOST, gettext("The database did not answer during the analysis: retry.")
    return "internal_error", gettext("Internal error; the server’s log has the details: retry, or tell the owner.")


def too_slow() -> tuple[str, str]:
    """The code and message of a song that takes more than its time."""
    return "too_slow", (
        gettext(
            "The analysis took more than %(limit)s s, the limit for one song: raise SONG_TIME_LIMIT_S, or "
            "use a shorter file."
        )
        % {"limit": settings.SONG_TIME_LIMIT_S}
    )
