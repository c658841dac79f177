"""Takes what a person says of a song: one form for each of its four answers."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from classifier.errors import ProductError
from classifier.models import Verdict
from classifier.services.song_verdict import Pair, song_verdict
from classifier.views.owned import own_song, way_back

SAID = {
    Verdict.AGREED: "Saved: it fits.",
    Verdict.DISAGREED: "Saved: it does not fit. If you know which moods would, set them.",
    Verdict.CORRECTED: "What you hear is saved.",
    Verdict.NONE: "Your word is taken back.",
}


@require_POST
def verdict(request: HttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    try:
        song = song_verdict(
            song=song,
            verdict=request.POST.get("verdict", ""),
            primary=request.POST.get("primary", ""),
            secondary=request.POST.get("secondary", ""),
            seen=_seen(request),
            now=timezone.now(),
        )
        messages.success(request, SAID[Verdict(song.verdict)])
    except ProductError as error:
        messages.error(request, error.message)
    return redirect(way_back(request, reverse("song-detail", args=[song_id])))


def _seen(request: HttpRequest) -> Pair | None:
    """The moods that the form showed; forms that tell none are taken at their word."""
    moods = request.POST.getlist("seen")
    return (moods[0], moods[1]) if len(moods) == 2 else None
