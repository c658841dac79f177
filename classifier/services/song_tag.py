"""A file named on the command line becomes the JSON object of its answer, stored or not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils import timezone

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.analysis_subprocess import AnalysisSubprocess
from classifier.jobs.finish import song_fail
from classifier.models import Person, Song
from classifier.serializers import analysis_json, failure_json, song_json
from classifier.services.song_submit import song_submit
from classifier.uploads.file_names import display_name
from classifier.uploads.limits import file_empty
from classifier.uploads.stored_files import checksum

LOOK_EVERY_S = 0.5


def song_tag(
    *, path: Path, owner: Person | None, network: str, child: AnalysisSubprocess, on_progress: ml_gateway.Progress
) -> dict[str, Any]:
    """The answer, or a failure; never an exception for what is wrong with the file. Stored if there is an owner."""
    name = display_name(path.name)
    try:
        with _opened(path) as file:
            if owner is not None:
                return song_json(_stored(file, owner, child, on_progress), network)
            return _heard(file, path, name, network, child, on_progress)
    except (ProductError, ml_gateway.MoodError) as error:
        return failure_json(name, error.code, error.message)


def _opened(path: Path) -> File:
    if os.path.isdir(path):  # which, unlike Path.is_dir(), is no error for a name that cannot be looked up
        raise ProductError("no_songs", f"There is no song in the folder {path}: name another one.")
    try:
        return File(path.open("rb"), name=path.name)
    except OSError as error:
        raise ProductError(
            "file_unreadable", f"The file {path} cannot be read ({error.strerror}): check its name and its permissions."
        ) from error


def _heard(
    file: File, path: Path, name: str, network: str, child: AnalysisSubprocess, on_progress: ml_gateway.Progress
) -> dict[str, Any]:
    started_at = timezone.now()
    if not file.size:
        raise file_empty()
    ml_gateway.recognise(file.read(ml_gateway.HEAD_BYTES))
    sha256 = checksum(file)
    heard = child.hear(path, on_progress)
    return analysis_json(
        heard, file_name=name, sha256=sha256, network=network, started_at=started_at, finished_at=timezone.now()
    )


def _stored(file: File, owner: Person, child: AnalysisSubprocess, on_progress: Callable[[str, int, int], None]) -> Song:
    song, _ = song_submit(owner=owner, upload=file, now=timezone.now(), to_queue=False)
    while not song.is_over:
        try:
            child.analyse_song(song.id, on_progress)
        except ProductError as error:
            _give_up(song, error)
        song = song.reload()
        if not song.is_over:
            # A worker of the server has it: its answer will be the same.
            time.sleep(LOOK_EVERY_S)
            song = song.reload()
    return song


def _give_up(song: Song, error: ProductError) -> None:
    """The child that held the song is gone, so that nobody else ends it."""
    song = song.reload()
    if song.lease_token is not None:
        song_fail(
            song_id=song.id,
            lease_token=song.lease_token,
            code=error.code,
            message=error.message,
            now=timezone.now(),
        )
