"""Analyse a file of the command line, stored as a song or not, and return its JSON object."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.active_words import ActiveWords
from classifier.errors import ProductError
from classifier.jobs.analysis_subprocess import AnalysisSubprocess
from classifier.jobs.sweep import abandoned_song_requeue
from classifier.models import Person, Song
from classifier.serializers import analysis_json, failure_json, song_json
from classifier.services.song_submit import song_submit
from classifier.uploads.file_names import display_name
from classifier.uploads.limits import file_empty
from classifier.uploads.stored_files import checksum

POLL_EVERY_S = 0.5
WAITING = "waiting for the server’s worker"


def song_tag(
    *,
    path: Path,
    owner: Person | None,
    network: str,
    subprocess: AnalysisSubprocess,
    on_progress: ml_gateway.Progress,
    own_models: tuple[tuple[str, str], ...] = (),
    words: ActiveWords | None = None,
) -> dict[str, Any]:
    """The result or the failure as JSON; no exception for anything wrong with the file. With an owner it is stored.

    `own_models` read a file that is not stored; a stored song is read by those in use."""
    name = display_name(path.name)
    try:
        with _open(path) as file:
            if owner is not None:
                return song_json(_analyse_stored(file, owner, subprocess, on_progress), network, words=words)
            return _analyse(file, path, name, network, subprocess, on_progress, own_models, words)
    except (ProductError, ml_gateway.MoodError) as error:
        return failure_json(name, error.code, error.message)


def _open(path: Path) -> File:
    if os.path.isdir(path):  # unlike Path.is_dir(), no exception for a name that the system cannot look up
        raise ProductError(
            "no_songs", gettext("The folder %(folder)s has no songs: name another one.") % {"folder": path}
        )
    try:
        return File(path.open("rb"), name=path.name)
    except OSError as error:
        raise ProductError(
            "file_unreadable",
            gettext("The file %(file)s cannot be read (%(reason)s): check its name and permissions.")
            % {"file": path, "reason": error.strerror},
        ) from error


def _analyse(
    file: File,
    path: Path,
    name: str,
    network: str,
    subprocess: AnalysisSubprocess,
    on_progress: ml_gateway.Progress,
    own_models: tuple[tuple[str, str], ...],
    words: ActiveWords | None,
) -> dict[str, Any]:
    started_at = timezone.now()
    if not file.size:
        raise file_empty()
    ml_gateway.recognise(ml_gateway.read_head(file))
    sha256 = checksum(file)
    result = subprocess.analyse(path, on_progress, own_models)
    return analysis_json(
        result,
        file_name=name,
        sha256=sha256,
        network=network,
        started_at=started_at,
        finished_at=timezone.now(),
        words=words,
    )


def _analyse_stored(
    file: File, owner: Person, subprocess: AnalysisSubprocess, on_progress: ml_gateway.Progress
) -> Song:
    song, _ = song_submit(owner=owner, upload=file, now=timezone.now(), to_queue=False)
    while not song.is_over:
        if not subprocess.analyse_song(song.id, on_progress) and not song.reload().is_over:
            # A worker of the server has it: its result will be the same. If it is lost, no sweep may be running.
            on_progress(WAITING, 0, 0)
            time.sleep(POLL_EVERY_S)
            abandoned_song_requeue(song_id=song.id, now=timezone.now())
        song = song.reload()
    return song
