"""Saliency maps of the 2D network, computed on request."""

import json
import uuid
from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.jobs.saliency import SIDES, saliency_image_name, saliency_places_name, saliency_request
from classifier.models import Analysis, Song, Status
from classifier.uploads.song_storage import song_storage
from classifier.views.media import image_response, storage_errors_shown
from classifier.views.ownership import own_song


@token_allowed
@require_safe
@storage_errors_shown
def song_saliency(request: AuthenticatedHttpRequest, song_id: uuid.UUID, side: str) -> HttpResponseBase:
    """The saliency map of one side, as an image in the size of the spectrogram."""
    song, analysis = _analysed_song(request, song_id, side)
    try:
        return image_response(request, saliency_image_name(song, analysis, side))
    except FileNotFoundError:
        return _request_saliency(request, song, analysis)


@token_allowed
@require_safe
@storage_errors_shown
def song_saliency_places(request: AuthenticatedHttpRequest, song_id: uuid.UUID, side: str) -> HttpResponseBase:
    """The most salient places of one side as JSON: where occlusion lowers the mood's share most."""
    song, analysis = _analysed_song(request, song_id, side)
    try:
        places = json.loads(b"".join(song_storage().read(saliency_places_name(song, analysis, side))))
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
