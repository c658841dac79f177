"""The first page: the upload form, unfinished uploads, and recent songs."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.quotas import limits_of, usage
from classifier.jobs.health import worker_answers
from classifier.jobs.time_estimate import TimeEstimate, time_estimate
from classifier.models import Person, Queue, ResumableUpload, Song, Status
from classifier.uploads.disk_reserve import has_room
from classifier.uploads.limits import size_text
from classifier.uploads.tus import parse_metadata
from classifier.views.queue_summary import Underway
from classifier.views.song_cards import cards
from classifier.views.usage_text import quota_text

RECENT_SONGS = 6
# As many as a page can show.
UNFINISHED_SONGS = 100
UNFINISHED_UPLOADS = 50


@require_safe
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "home.html", home_context(request))


def home_context(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    now = timezone.now()
    queue = time_estimate(now=now)
    uploads = ResumableUpload.objects.for_owner(request.user).unfinished()
    rows = [upload_row(upload) for upload in uploads.order_by("-touched_at")[:UNFINISHED_UPLOADS]]
    return {
        "section": "home",
        "uploads": rows,
        "upload_count": len(rows) if len(rows) < UNFINISHED_UPLOADS else uploads.count(),
        "has_room": has_room(),
        "underway": Underway.of(request.user, queue),
        "cards": cards(home_songs(request.user, queue), queue),
        "worker_answers": worker_answers(now=now),
        "waiting_in_background": Song.objects.filter(owner=request.user).waiting_in(Queue.HELD).count(),
        "quota": quota_text(usage(request.user, now=now), limits) if (limits := limits_of(request.user)) else "",
    }


def home_songs(owner: Person, queue: TimeEstimate) -> list[Song]:
    """Unfinished uploads in the order in which they are analysed, then the newest other songs. Without those of sources
    that wait, which may be many thousands."""
    uploads = (song for song in (*queue.running, *queue.queued) if song.file and song.owner_id == owner.pk)
    ids = [song.id for song in uploads][:UNFINISHED_SONGS]
    own = Song.objects.for_owner(owner)
    unfinished = own.filter(id__in=ids).with_analysis().in_bulk() if ids else {}
    others = own.exclude(id__in=ids).exclude(status=Status.QUEUED, file="")
    recent = others.with_analysis().newest_first()[:RECENT_SONGS]
    return [*(unfinished[song_id] for song_id in ids if song_id in unfinished), *recent]


def upload_row(upload: ResumableUpload) -> dict[str, Any]:
    return {
        "upload": upload,
        "percent": 100 * upload.received_bytes // upload.size_bytes,
        "size": size_text(upload.size_bytes),
        "is_complete": upload.received_bytes == upload.size_bytes,
        # With name and size, by this the page's script recognises the same file.
        "last_modified": parse_metadata(upload.metadata).get("lastModified", ""),
    }
