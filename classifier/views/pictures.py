"""Pictures of songs: covers, spectrograms and saliency maps."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.media.pictures import saliency_places_response, saliency_response, spectrogram_response
from classifier.models import Cover
from classifier.views.media import storage_errors_shown
from classifier.views.ownership import own_song

YEAR_S = 365 * 24 * 3600


@token_allowed
@require_safe
def cover(request: AuthenticatedHttpRequest, cover_id: UUID, size: str) -> HttpResponseBase:
    """The cover of one of the user's songs. Another picture has another address, so browsers may keep it."""
    data = Cover.objects.filter(owner=request.user, id=cover_id).values_list(size, flat=True).first()
    if data is None:
        raise Http404
    etag = f'"{cover_id.hex}-{size}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(bytes(data), content_type="image/webp")
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, max_age=YEAR_S, immutable=True)
    return response


@token_allowed
@require_safe
@storage_errors_shown
def song_spectrogram(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponseBase:
    return spectrogram_response(request, own_song(request, song_id))


@token_allowed
@require_safe
@storage_errors_shown
def song_saliency(request: AuthenticatedHttpRequest, song_id: UUID, side: str) -> HttpResponseBase:
    return saliency_response(request, own_song(request, song_id), side)


@token_allowed
@require_safe
@storage_errors_shown
def song_saliency_places(request: AuthenticatedHttpRequest, song_id: UUID, side: str) -> HttpResponseBase:
    return saliency_places_response(own_song(request, song_id), side)
