"""Celery tasks. Each calls one function."""

import uuid

from celery import shared_task
from django.utils import timezone

from classifier.jobs.analysis_subprocess import SALIENCY_LIMIT_S, next_song_analyse, worker_subprocess
from classifier.jobs.queue import ANALYSE_NEXT, DRAW_SALIENCY, DRAW_SPECTROGRAM, FIT_RECALIBRATION, MAKE_PLAYABLE
from classifier.models import PictureKind
from classifier.services.recalibration import recalibration_fit


@shared_task(name=ANALYSE_NEXT)
def analyse_next(queue: str) -> None:
    next_song_analyse(queue=queue)


@shared_task(name=DRAW_SALIENCY, time_limit=SALIENCY_LIMIT_S + 120)
def draw_saliency(song_id: str) -> None:
    worker_subprocess().draw_saliency(uuid.UUID(song_id))


@shared_task(name=DRAW_SPECTROGRAM, time_limit=SALIENCY_LIMIT_S + 120)
def draw_spectrogram(song_id: str) -> None:
    worker_subprocess().make_file(PictureKind.SPECTROGRAM, uuid.UUID(song_id))


@shared_task(name=MAKE_PLAYABLE, time_limit=SALIENCY_LIMIT_S + 120)
def make_playable(song_id: str) -> None:
    worker_subprocess().make_file(PictureKind.PLAYABLE, uuid.UUID(song_id))


@shared_task(name=FIT_RECALIBRATION, time_limit=SALIENCY_LIMIT_S + 120)
def fit_recalibration(recalibration_id: str) -> None:
    recalibration_fit(recalibration_id=int(recalibration_id), now=timezone.now())
