"""Stretches of a song as files of their own, for whoever plays them elsewhere or without a script."""

import uuid
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from classifier import door
from classifier.errors import ProductError
from classifier.models import Status
from classifier.refusals import refusal_response
from classifier.views.owned import own_song


@require_safe
def song_passage(request: HttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    if song.status != Status.DONE:
        # This process decodes nothing that has not been decoded whole before, where it could harm nobody else.
        raise Http404("This song has not been heard.")
    try:
        start_s, end_s = _asked(request)
        wav = door.passage(Path(song.file.path), start_s, end_s)
    except (ProductError, door.MoodError) as error:
        return refusal_response(request, error)
    except FileNotFoundError as error:
        raise Http404("The song's audio is gone.") from error
    name = f"{Path(song.file_name).stem} {start_s:.0f}-{end_s:.0f} s.wav"
    response = HttpResponse(wav, content_type="audio/wav")
    response.headers["Content-Disposition"] = content_disposition_header(False, name)
    patch_cache_control(response, private=True, max_age=3600)
    return response


def _asked(request: HttpRequest) -> tuple[float, float]:
    try:
        return float(request.GET["start"]), float(request.GET["end"])
    except (KeyError, ValueError):
        message = "A passage needs its start and its end in seconds: ?start=10&end=20."
        raise ProductError("passage_malformed", message) from None
