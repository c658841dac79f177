"""Pictures made of a song."""

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from classifier.views.owned import own_song


@require_safe
def song_spectrogram(request: HttpRequest, song_id: uuid.UUID) -> HttpResponseBase:
    picture = own_song(request, song_id).spectrogram
    if not picture:
        raise Http404("This song has no picture yet.")
    # A picture's name is never used again for another one.
    etag = f'"{picture.name}"'
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    try:
        response = FileResponse(picture.open("rb"), content_type="image/png", headers={"ETag": etag})
    except FileNotFoundError as error:
        raise Http404("The song's picture is gone.") from error
    patch_cache_control(response, private=True, no_cache=True)
    return response
