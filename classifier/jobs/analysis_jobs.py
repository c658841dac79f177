"""What the subprocess that analyses songs does: one job after the other, until its pipe is closed."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.db import connections

from classifier import ml_gateway
from classifier.jobs.analyse import leased_song_analyse
from classifier.jobs.child_process import ParentGone
from classifier.jobs.failure_reasons import failure_reason
from classifier.jobs.made_files import MADE_FILES, file_make
from classifier.jobs.process_limits import limit_memory, lower_priority, use_one_core
from classifier.jobs.saliency import saliency_draw
from classifier.models import Song
from mmc.logs import log_context

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileJob:
    """Analyse a file without storing anything. These own models, names and versions, read it too."""

    path: Path
    own_models: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SongJob:
    """Analyse a stored song, whose lease the sender has."""

    song_id: uuid.UUID
    lease_token: uuid.UUID


@dataclass(frozen=True)
class SaliencyJob:
    """Draw the saliency images of a song."""

    song_id: uuid.UUID


@dataclass(frozen=True)
class MadeFileJob:
    """Make one of MADE_FILES for a song."""

    kind: str
    song_id: uuid.UUID


Job = FileJob | SongJob | SaliencyJob | MadeFileJob


def serve(pipe: Connection, *, background: bool) -> None:
    """Runs in the subprocess. With `background`, other processes come first."""
    use_one_core()
    if background:
        lower_priority()
    limit_memory()

    def send(kind: str, content: object) -> None:
        try:
            pipe.send((kind, content))
        except ConnectionError:
            raise ParentGone from None

    def send_progress(stage: str, done: int, total: int) -> None:
        send("progress", (stage, done, total))

    while True:
        job, limit_s, with_progress, context = pipe.recv()
        with log_context(**context), ml_gateway.time_limit(limit_s):
            outcome = _outcome(job, send_progress if with_progress else _no_progress)
        connections.close_all()
        send(*outcome)


def _no_progress(stage: str, done: int, total: int) -> None:
    pass


def _outcome(job: Job, on_progress: ml_gateway.Progress) -> tuple[str, Any]:
    try:
        match job:
            case FileJob(path, own_models):
                with ml_gateway.own_models(own_models):
                    return "result", ml_gateway.analyse(path, on_progress=on_progress)
            case SongJob(song_id, lease_token):
                song = Song.objects.with_lease(lease_token).filter(id=song_id).first()
                if song is not None:
                    leased_song_analyse(song=song, lease_token=lease_token, on_progress=on_progress)
            case SaliencyJob(song_id):
                saliency_draw(song_id=song_id)
            case MadeFileJob(kind, song_id):
                file_make(MADE_FILES[kind], song_id=song_id)
    except Exception as error:
        code, message = failure_reason(error)
        if code == "internal_error":
            logger.exception("%s failed.", job)
        return "failed", (code, message)
    return "result", None
