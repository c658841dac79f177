"""Celery tasks. Each calls one function."""

import uuid

from celery import shared_task

from classifier.jobs.analysis_subprocess import SALIENCY_LIMIT_S, worker_subprocess
from classifier.jobs.invitation import invitation_accept
from classifier.jobs.queue import ANALYSE_NEXT, DRAW_SALIENCY


@shared_task(name=ANALYSE_NEXT)
def analyse_next(queue: str) -> None:
    invitation_accept(queue=queue)


@shared_task(name=DRAW_SALIENCY, time_limit=SALIENCY_LIMIT_S + 120)
def draw_saliency(song_id: str) -> None:
    worker_subprocess().draw_saliency(uuid.UUID(song_id))
