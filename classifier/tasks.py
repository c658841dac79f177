"""Celery tasks. Each takes an id and calls one function."""

import uuid

from celery import shared_task

from classifier.jobs.analyse import song_analyse
from classifier.jobs.queue import ANALYSE_SONG, DRAW_SALIENCY
from classifier.jobs.saliency import saliency_draw


@shared_task(name=ANALYSE_SONG)
def analyse_song(song_id: str) -> None:
    song_analyse(song_id=uuid.UUID(song_id))


# Takes a minute for the longest song. After ten, nobody waits for it any more.
@shared_task(name=DRAW_SALIENCY, soft_time_limit=600, time_limit=630)
def draw_saliency(song_id: str) -> None:
    saliency_draw(song_id=uuid.UUID(song_id))
