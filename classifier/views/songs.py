"""The pages on which songs are found: the history, and each song's own."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from classifier.health import worker_answers
from classifier.models import Song, Status
from classifier.views.cards import cards
from classifier.views.results import result_page

PER_PAGE = 30


@require_safe
def song_list(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:200]
    songs = Song.objects.for_owner(request.user).for_history(q)
    page = Paginator(songs, PER_PAGE).get_page(request.GET.get("page"))
    shown = cards(page.object_list)
    context = {
        "section": "history",
        "q": q,
        "page": page,
        "cards": shown,
        "unfinished": any(not card.song.is_over for card in shown),
        "worker_answers": worker_answers(now=timezone.now()),
    }
    return render(request, "songs/list.html", context)


@require_safe
def song_detail(request: HttpRequest, song_id: uuid.UUID) -> HttpResponse:
    songs = Song.objects.for_owner(request.user).with_analysis(detail=True)
    song = get_object_or_404(songs, id=song_id)
    if song.status == Status.DONE and song.analysis is not None:
        return result_page(request, song)
    [card] = cards([song])
    context = {"card": card, "song": song, "worker_answers": worker_answers(now=timezone.now())}
    return render(request, "songs/unfinished.html", context)
