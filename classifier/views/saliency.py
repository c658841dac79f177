"""What the 2D network looked at in a song, drawn when somebody asks for it."""

import json
import os
import uuid
from http import HTTPStatus

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.jobs.saliency import SIDES, saliency_image_path, saliency_places_path, saliency_request
from classifier.models import Analysis, Song, Status
from classifier.views.ownership import own_song


@token_allowed
@require_safe
def song_saliency(request: AuthenticatedHttpRequest, song_id: uuid.UUID, side: str) -> HttpResponseBase:
    """The picture that lies over the spectrogram."""
    song, analysis = _heard(request, song_id, side)
    picture = saliency_image_path(song, analysis, side)
    try:
        drawn = picture.open("rb")
    except FileNotFoundError:
        return _asked(request, song, analysis)
    etag = f'"{picture.name}-{os.fstat(drawn.fileno()).st_mtime_ns:x}"'
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        drawn.close()
        return known
    response = FileResponse(drawn, content_type="image/png", headers={"ETag": etag})
    patch_cache_control(response, private=True, no_cache=True)
    return response


@token_allowed
@require_safe
def song_saliency_places(request: AuthenticatedHttpRequest, song_id: uuid.UUID, side: str) -> HttpResponse:
    """The same in figures: the places without which the side's share falls most."""
    song, analysis = _heard(request, song_id, side)
    try:
        told = json.loads(saliency_places_path(song, analysis, side).read_bytes())
    except FileNotFoundError:
        return _asked(request, song, analysis)
    response = JsonResponse(told)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _heard(request: AuthenticatedHttpRequest, song_id: uuid.UUID, side: str) -> tuple[Song, Analysis]:
    song = own_song(request, song_id)
    analysis = song.analysis if song.status == Status.DONE else None
    if analysis is None or side not in SIDES or not song.file:
        raise Http404("There is nothing to look at yet.")
    return song, analysis


def _asked(request: AuthenticatedHttpRequest, song: Song, analysis: Analysis) -> HttpResponse:
    try:
        if not ml_gateway.installed(analysis.model_version):
            raise ProductError(
                "version_unknown",
                f"The song was heard by {analysis.model_version}, which is not installed here any more: "
                "have it heard again by the model in use.",
                HTTPStatus.NOT_FOUND,
            )
        saliency_request(song=song, analysis=analysis, now=timezone.now())
    except ProductError as error:
        return error_response(request, error)
    except FileNotFoundError as error:
        raise Http404("The song was deleted meanwhile.") from error
    response = JsonResponse({"status": "drawing"}, status=HTTPStatus.ACCEPTED, headers={"Retry-After": "1"})
    patch_cache_control(response, no_store=True)
    return response
