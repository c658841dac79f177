"""The progress of songs, for pages that update themselves."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import error_json
from classifier.jobs.health import worker_answers
from classifier.jobs.time_estimate import time_estimate
from classifier.models import Song
from classifier.views.queue_summary import Underway
from classifier.views.song_cards import cards

MAX_IDS = 200


@require_safe
@never_cache
def song_states(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Many songs in a fixed number of queries. Leaves out deleted songs and those of other users."""
    try:
        ids = [uuid.UUID(text) for text in request.GET.get("ids", "").split(",") if text]
    except ValueError:
        return JsonResponse(
            error_json("ids_malformed", gettext("The parameter ids takes the ids of songs, separated by commas.")),
            status=400,
        )
    if len(ids) > MAX_IDS:
        message = gettext(
            "The request asks for %(count)s songs, and at most %(most)s are allowed: send several requests."
        ) % {"count": len(ids), "most": MAX_IDS}
        return JsonResponse(error_json("ids_too_many", message), status=400)
    songs = Song.objects.for_owner(request.user).filter(id__in=ids).with_analysis()
    now = timezone.now()
    queue = time_estimate(now=now)
    return JsonResponse(
        {
            "songs": [card.state() for card in cards(songs, queue)],
            "underway": Underway.of(request.user, queue).as_json(),
            "worker_answers": worker_answers(now=now),
        }
    )


@require_safe
@never_cache
def song_card(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    """The row of one song in a list."""
    song = get_object_or_404(Song.objects.for_owner(request.user).with_analysis(), id=song_id)
    [card] = cards([song])
    return render(request, "parts/song_row.html", {"card": card})
