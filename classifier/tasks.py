"""What workers are told to do: each task takes an id and calls one service."""

import uuid

from celery import shared_task

from classifier.queue import ANALYSE_SONG
from classifier.services.song_analyse import song_analyse


@shared_task(name=ANALYSE_SONG)
def analyse_song(song_id: str) -> None:
    song_analyse(song_id=uuid.UUID(song_id))
