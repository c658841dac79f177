"""Whether this installation can take songs and analyse them: one check for each thing that it needs."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, override

from classifier import ml_gateway
from classifier.jobs.health import broker_answers, database_answers
from classifier.models import SERVED_QUEUES, WorkerPresence
from classifier.monitoring.briefly_cached import BrieflyCached
from classifier.monitoring.disk import disk_room

logger = logging.getLogger(__name__)

QUEUES = (*SERVED_QUEUES, "saliency")

CACHED_S = 1.0
STALE_AFTER_S = 15.0
MODEL_CACHED_S = 60.0
REMOTE_STORAGE_CACHED_S = 15.0


@dataclass(frozen=True)
class Reason:
    """Why a check fails. `action` says what to do."""

    code: str
    message: str
    action: str
    blocks: bool = True
    """False where songs can still be uploaded and wait."""

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "action": self.action, "blocks": self.blocks}


@dataclass(frozen=True)
class Readiness:
    """The result of every check, by its name."""

    checks: dict[str, bool]
    reasons: list[Reason]

    @property
    def ready(self) -> bool:
        return not any(reason.blocks for reason in self.reasons)

    @property
    def message(self) -> str:
        if self.ready:
            return "Ready."
        return f"Not ready: {' '.join(reason.message for reason in self.reasons if reason.blocks)}"


def readiness() -> Readiness:
    """At most a second old, unless the checks take long."""
    latest, age_s = _cached.get_with_age()
    return latest if age_s < STALE_AFTER_S else Readiness(latest.checks, [*latest.reasons, TOO_SLOW])


def check_all(now: datetime) -> Readiness:
    if not database_answers():
        return Readiness(dict.fromkeys(("database", *CHECKS), False), [DATABASE_DOWN])
    checks, reasons = {"database": True}, []
    for name, check in CHECKS.items():
        reason = check(now)
        checks[name] = reason is None
        if reason is not None:
            reasons.append(reason)
    return Readiness(checks, reasons)


DATABASE_DOWN = Reason(
    "database_down",
    gettext_noop("The database does not answer."),
    gettext_noop("Start the database, and check DATABASE_URL and the log."),
)

TOO_SLOW = Reason(
    "checks_too_slow",
    gettext_noop("The checks have not finished for %(seconds)s s: the database or the storage hangs.")
    % {"seconds": f"{STALE_AFTER_S:g}"},
    gettext_noop("Look for a network, a disk or a database that does not answer."),
)


def _migrations(now: datetime) -> Reason | None:
    try:
        pending = set(_migrations_of_this_version.get()) - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError as error:
        logger.warning("The applied migrations cannot be read: %s", error)
        return DATABASE_DOWN
    if not pending:
        return None
    names = ", ".join(sorted(name for _, name in pending))
    return Reason(
        "migrations_pending",
        gettext("The database is that of an earlier version (%(names)s not applied).") % {"names": names},
        gettext("Run `manage.py migrate`. `make run` and Docker Compose do it when they start."),
    )


_migrations_of_this_version = BrieflyCached(
    lambda: frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or ()), seconds=float("inf")
)
"""The files of a running process do not change."""


def _storage(now: datetime) -> Reason | None:
    if isinstance(default_storage, FileSystemStorage):
        problem = _local_problem(settings.FILE_UPLOAD_TEMP_DIR, settings.MEDIA_ROOT)
    else:
        problem = _local_problem(settings.FILE_UPLOAD_TEMP_DIR) or _remote.get()
    if not problem:
        return None
    return Reason(
        "storage_not_writable",
        gettext("Songs cannot be stored (%(problem)s).") % {"problem": problem},
        gettext("Give the folder to the user that runs the server, or check the settings of the S3 store."),
    )


def _local_problem(*folders: Path) -> str:
    for folder in folders:
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b".")
        except OSError as error:
            return f"{folder}: {error.strerror or error}"
    return ""


def _remote_storage_problem() -> str:
    try:
        default_storage.exists("readiness")
    except Exception as error:  # noqa: BLE001  (each storage has exceptions of its own)
        return type(error).__name__
    return ""


_remote = BrieflyCached(_remote_storage_problem, seconds=REMOTE_STORAGE_CACHED_S)


def _disk(now: datetime) -> Reason | None:
    room = disk_room()
    if room.accepts_uploads:
        return None
    return Reason(
        "disk_full",
        gettext("Only %(free)s are left on the disk, and %(reserve)s are kept free: uploads are rejected.")
        % {"free": room.free_text, "reserve": room.reserve_text},
        gettext("Delete songs or other files, or move DATA_DIR to a larger disk."),
    )


def _broker(now: datetime) -> Reason | None:
    if broker_answers():
        return None
    return Reason(
        "broker_down",
        gettext("The broker does not answer: songs are stored and wait."),
        gettext("Start Redis, and check REDIS_URL.")
        if settings.REDIS_URL
        else gettext("Make the folder broker/ in DATA_DIR writable."),
    )


def _model(now: datetime) -> Reason | None:
    return _model_reason.get()


def _check_model() -> Reason | None:
    try:
        ml_gateway.bundle_verify(settings.MODEL_BUNDLE)
    except (ml_gateway.MoodError, OSError, KeyError) as error:
        code = error.code if isinstance(error, ml_gateway.MoodError) else "model_corrupt"
        return Reason(
            code,
            gettext("The model %(name)s cannot be used: %(reason)s") % {"name": settings.MODEL_BUNDLE, "reason": error},
            gettext("Restore the bundle %(name)s, or set MODEL_BUNDLE to another one.")
            % {"name": settings.MODEL_BUNDLE},
        )
    return None


_model_reason = BrieflyCached(_check_model, seconds=MODEL_CACHED_S)


def _worker(now: datetime) -> Reason | None:
    try:
        served = [
            row.split() or QUEUES for row in WorkerPresence.objects.answering(now).values_list("queues", flat=True)
        ]
    except DatabaseError:
        served = []
    if missing := sorted(set(QUEUES).difference(*served)):
        return _no_worker_for(missing) if served else NO_WORKER
    return None


NO_WORKER = Reason(
    "worker_missing",
    gettext_noop("No worker answers: songs are stored and wait."),
    gettext_noop("Start a worker, or look into the worker’s log to see why it ends."),
    blocks=False,
)


def _no_worker_for(queues: list[str]) -> Reason:
    names = ", ".join(queues)
    return Reason(
        "queue_not_served",
        gettext("No running worker serves %(queues)s: what is queued there waits.") % {"queues": names},
        gettext("Start a worker with WORKER_QUEUES=%(queues)s, or without this setting.")
        % {"queues": ",".join(queues)},
        blocks=False,
    )


CHECKS: dict[str, Callable[[datetime], Reason | None]] = {
    "migrations": _migrations,
    "storage": _storage,
    "disk": _disk,
    "broker": _broker,
    "model": _model,
    "worker": _worker,
}


def _check_all_in_english() -> Readiness:
    """The answer is kept, for pages of any language and for programs."""
    with override(settings.LANGUAGE_CODE):
        return check_all(timezone.now())


_cached = BrieflyCached(_check_all_in_english, seconds=CACHED_S)


def forget() -> None:
    """Check everything anew at the next call."""
    for cached in (_cached, _model_reason, _remote):
        cached.clear()
