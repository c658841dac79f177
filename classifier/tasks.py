"""Celery tasks. Each takes an id and calls one function."""

import uuid

from celery import shared_task

from classifier.jobs.analysis_subprocess import SALIENCY_LIMIT_S, worker_subprocess
from classifier.jobs.queue import ANALYSE_SONG, DRAW_SALIENCY


@shared_task(name=ANALYSE_SONG)
def analyse_song(song_id: str) -> None:
    worker_subprocess().analyse_song(uuid.UUID(song_id))


@shared_task(name=DRAW_SALIENCY, time_limit=SALIENCY_LIMIT_S + 120)
def draw_saliency(song_id: str) -> None:
    worker_subprocess().draw_saliency(uuid.UUID(song_id))
