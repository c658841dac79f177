"""What a worker does with an invitation: it takes the next song, and sees to it that the others are not forgotten."""

from __future__ import annotations

import logging

from django.conf import settings

from classifier.jobs.analysis_subprocess import worker_subprocess
from classifier.jobs.queue import invite, invite_if_none_waits
from classifier.models import Queue, Song

logger = logging.getLogger(__name__)


def invitation_accept(*, queue: str) -> None:
    """Analyse the next song of all queues that this worker serves, whichever of them the invitation came from."""
    served = [name for name in Queue if name in settings.WORKER_QUEUES or name == queue]

    def replace_invitation(song: Song) -> None:
        # The song that this invitation was sent for still waits, perhaps for a worker that serves its queue only.
        if song.queue != queue:
            invite(queue)

    if worker_subprocess().analyse_next(queues=served, on_claim=replace_invitation) is None:
        logger.debug("An invitation came, and no song is due.")
        return
    invite_if_none_waits(served)
