"""The first page: where songs are given, and the last ones that were."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.jobs.health import worker_answers
from classifier.jobs.time_estimate import TimeEstimate, time_estimate
from classifier.models import Person, ResumableUpload, Song
from classifier.uploads.limits import size_text
from classifier.views.queue_summary import Underway
from classifier.views.song_cards import cards

RECENT = 6
# Songs on their way, and files that stopped on theirs: as many as a page can show.
UNFINISHED = 100
STOPPED = 50


@require_safe
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "home.html", home_context(request))


def home_context(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    now = timezone.now()
    queue = time_estimate(now=now)
    # Of what was only announced there is nothing to go on with.
    stopped = ResumableUpload.objects.for_owner(request.user).filter(received_bytes__gt=0)
    return {
        "section": "home",
        "arriving": [arriving_state(file) for file in stopped.order_by("-touched_at")[:STOPPED]],
        "underway": Underway.of(request.user, queue),
        "cards": cards(songs_shown(request.user, queue), queue),
        "worker_answers": worker_answers(now=now),
    }


def songs_shown(owner: Person, queue: TimeEstimate) -> list[Song]:
    """What is on its way, in the order in which it is heard; then what came last."""
    ids = [song.id for song in (*queue.running, *queue.queued) if song.owner_id == owner.pk][:UNFINISHED]
    own = Song.objects.for_owner(owner)
    unfinished = own.filter(id__in=ids).with_analysis().in_bulk() if ids else {}
    recent = own.exclude(id__in=ids).with_analysis().newest_first()[:RECENT]
    return [*(unfinished[song_id] for song_id in ids if song_id in unfinished), *recent]


def arriving_state(file: ResumableUpload) -> Mapping[str, Any]:
    percent = 100 * file.received_bytes // file.size_bytes
    return {"file": file, "percent": percent, "size": size_text(file.size_bytes)}
