"""What workers are told to do: each task takes an id and calls one service."""

import uuid

from celery import shared_task

from classifier.jobs.analyse import song_analyse
from classifier.jobs.queue import ANALYSE_SONG, DRAW_SALIENCY
from classifier.jobs.saliency import saliency_draw


@shared_task(name=ANALYSE_SONG)
def analyse_song(song_id: str) -> None:
    song_analyse(song_id=uuid.UUID(song_id))


# A minute for the longest song, and time enough where the machine is busy; who asked for it has left by then.
@shared_task(name=DRAW_SALIENCY, soft_time_limit=600, time_limit=630)
def look(song_id: str) -> None:
    saliency_draw(song_id=uuid.UUID(song_id))
