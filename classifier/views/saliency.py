"""Saliency maps of the 2D network, computed on request."""

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
    """The saliency map of one side, as an image in the size of the spectrogram."""
    song, analysis = _analysed_song(request, song_id, side)
    path = saliency_image_path(song, analysis, side)
    try:
        image = path.open("rb")
    except FileNotFoundError:
        return _request_saliency(request, song, analysis)
    etag = f'"{path.name}-{os.fstat(image.fileno()).st_mtime_ns:x}"'
    not_modified = get_conditional_response(request, etag=etag)
    if not_modified is not None:
        image.close()
        return not_modified
    response = FileResponse(image, content_type="image/png", headers={"ETag": etag})
    patch_cache_control(response, private=True, no_cache=True)
    return response


@token_allowed
@require_safe
def song_saliency_places(request: AuthenticatedHttpRequest, song_id: uuid.UUID, side: str) -> HttpResponse:
    """The most salient places of one side as JSON: where occlusion lowers the mood's share most."""
    song, analysis = _analysed_song(request, song_id, side)
    try:
        places = json.loads(saliency_places_path(song, analysis, side).read_bytes())
    except FileNotFoundError:
        return _request_saliency(request, song, analysis)
    response = JsonResponse(places)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _analysed_song(request: AuthenticatedHttpRequest, song_id: uuid.UUID, side: str) -> tuple[Song, Analysis]:
    song = own_song(request, song_id)
    analysis = song.analysis if song.status == Status.DONE else None
    if analysis is None or side not in SIDES or not song.file:
        raise Http404("This song has no saliency map.")
    return song, analysis


def _request_saliency(request: AuthenticatedHttpRequest, song: Song, analysis: Analysis) -> HttpResponse:
    """Queues the computation and answers 202: ask again."""
    try:
        if not ml_gateway.can_analyse(analysis.model_version):
            raise ProductError(
                "version_unknown",
                f"The song was analysed by {analysis.model_version}, which can no longer run: "
                "analyse it again with the model in use.",
                HTTPStatus.NOT_FOUND,
            )
        saliency_request(song=song, analysis=analysis, now=timezone.now())
    except ProductError as error:
        return error_response(request, error)
    except FileNotFoundError as error:
        raise Http404("The song has been deleted.") from error
    response = JsonResponse({"status": "drawing"}, status=HTTPStatus.ACCEPTED, headers={"Retry-After": "1"})
    patch_cache_control(response, no_store=True)
    return response
