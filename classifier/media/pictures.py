"""Pictures of a song: stored, or drawn when somebody asks for them. 202 means: ask again."""

import json
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.made_files import SPECTROGRAM, file_request
from classifier.jobs.picture_cache import picture_used
from classifier.jobs.saliency import SIDES, saliency_image_name, saliency_places_name, saliency_request
from classifier.media.file_blocks import FileBlocksResponse
from classifier.models import Analysis, PictureKind, Song, Status
from classifier.sources.audio_file import local_file
from classifier.uploads.song_storage import song_storage

RETRY = {"Retry-After": "1"}
PLACEHOLDER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 288" preserveAspectRatio="xMidYMid meet">'
    '<rect width="1200" height="288" fill="#0b0a12"/><text x="600" y="152" fill="#c9c4d8" font-family="sans-serif" '
    'font-size="28" text-anchor="middle">The spectrogram is being drawn. Reload the page in a moment.</text></svg>'
)
"""What browsers show without JavaScript."""


def has_audio(song: Song) -> bool:
    """Whether there is a file to draw from, stored or in a source."""
    return bool(song.file) or song.locations.filter(missing_since=None).exists()


def spectrogram_response(request: HttpRequest, song: Song) -> HttpResponseBase:
    if song.spectrogram:
        try:
            return _image_response(request, str(song.spectrogram.name))
        except FileNotFoundError as error:
            raise Http404(gettext("The spectrogram is missing.")) from error
    try:
        response = _image_response(request, SPECTROGRAM.path(song))
    except FileNotFoundError:
        return _request_spectrogram(request, song)
    picture_used(song=song, kind=PictureKind.SPECTROGRAM, now=timezone.now())
    return response


def _request_spectrogram(request: HttpRequest, song: Song) -> HttpResponseBase:
    if song.status != Status.DONE:
        raise Http404(gettext("This song has no spectrogram yet."))
    if not song.file:
        local_file(song)  # says so where it is missing
    try:
        file_request(SPECTROGRAM, song=song, now=timezone.now())
    except FileNotFoundError as error:
        raise Http404(gettext("The song has been deleted.")) from error
    if "image/svg+xml" not in request.headers.get("Accept", ""):  # that of an <img> names it
        return _drawing_response()
    response = HttpResponse(PLACEHOLDER, "image/svg+xml", HTTPStatus.ACCEPTED, headers=RETRY)
    patch_cache_control(response, no_store=True)
    return response


def saliency_response(request: HttpRequest, song: Song, side: str) -> HttpResponseBase:
    """The saliency map of one side, as an image in the size of the spectrogram."""
    analysis = _analysis(song, side)
    try:
        response = _image_response(request, saliency_image_name(song, analysis, side))
    except FileNotFoundError:
        return _request_saliency(song, analysis)
    if not song.file:
        picture_used(song=song, kind=PictureKind.SALIENCY, now=timezone.now())
    return response


def saliency_places_response(song: Song, side: str) -> HttpResponseBase:
    """The most salient places of one side as JSON: where occlusion lowers the mood's share most."""
    analysis = _analysis(song, side)
    try:
        places = json.loads(b"".join(song_storage().read(saliency_places_name(song, analysis, side))))
    except FileNotFoundError:
        return _request_saliency(song, analysis)
    response = JsonResponse(places)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _analysis(song: Song, side: str) -> Analysis:
    analysis = song.analysis if song.status == Status.DONE else None
    if analysis is None or side not in SIDES or not has_audio(song):
        raise Http404(gettext("This song has no saliency map."))
    return analysis


def _request_saliency(song: Song, analysis: Analysis) -> HttpResponse:
    """Queues the computation."""
    if not ml_gateway.can_analyse(analysis.model_version):
        raise ProductError(
            "version_unknown",
            gettext(
                "The song was analysed by %(model)s, which can no longer run: analyse it again with the model in use."
            )
            % {"model": analysis.model_version},
            HTTPStatus.NOT_FOUND,
        )
    try:
        saliency_request(song=song, analysis=analysis, now=timezone.now())
    except FileNotFoundError as error:
        raise Http404(gettext("The song has been deleted.")) from error
    return _drawing_response()


def _drawing_response() -> JsonResponse:
    """Ask again."""
    response = JsonResponse({"status": "drawing"}, status=HTTPStatus.ACCEPTED, headers=RETRY)
    patch_cache_control(response, no_store=True)
    return response


def _image_response(request: HttpRequest, name: str) -> HttpResponseBase:
    """A PNG of a song. Raises FileNotFoundError."""
    stored = song_storage().stat(name)
    etag = f'"{name}-{stored.modified_at.timestamp():.6f}"'
    not_modified = get_conditional_response(request, etag=etag)
    if not_modified is not None:
        return not_modified
    response = FileBlocksResponse(song_storage().read(name), content_type="image/png", headers={"ETag": etag})
    response.headers["Content-Length"] = str(stored.size_bytes)
    patch_cache_control(response, private=True, no_cache=True)
    return response
