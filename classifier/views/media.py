"""The audio of songs, and passages of it."""

import contextlib
import functools
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.jobs.known_recording import file_sha256
from classifier.media.song_audio import audio_response, inline_disposition
from classifier.models import Song, Status
from classifier.sources.audio_file import local_file, song_audio_file
from classifier.sources.folder_paths import unavailable
from classifier.uploads.song_storage import song_storage
from classifier.views.ownership import own_song


def storage_errors_shown(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer with the error where the storage of songs does not answer."""

    @functools.wraps(view)
    def shown(request: AuthenticatedHttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ProductError as error:
            return error_response(request, error)

    return shown


@token_allowed
@require_safe
@storage_errors_shown
def song_audio(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponseBase:
    return audio_response(request, own_song(request, song_id))


@token_allowed
@require_safe
def song_passage(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    if song.status != Status.DONE:
        # The web process decodes only files that a worker has decoded completely, in a process of its own.
        raise Http404(gettext("This song is not analysed."))
    try:
        start_s, end_s = _times(request)
        with _decodable(song) as path:
            wav = ml_gateway.cut(path, start_s, end_s)
    except (ProductError, ml_gateway.MoodError) as error:
        return error_response(request, error)
    except FileNotFoundError as error:
        raise Http404(gettext("The audio of this song is missing.")) from error
    name = f"{Path(song.file_name).stem} {start_s:.0f}-{end_s:.0f} s.wav"
    response = HttpResponse(wav, content_type="audio/wav")
    response.headers["Content-Disposition"] = inline_disposition(name)
    patch_cache_control(response, private=True, max_age=3600)
    return response


@contextlib.contextmanager
def _decodable(song: Song) -> Iterator[Path]:
    """The file that a worker has decoded. Raises ProductError where somebody has changed it since."""
    if song.file:
        with song_storage().on_disk(song.file.name or "") as path:
            yield path
        return
    changed = unavailable(gettext("The file of this song was changed and is not read again yet: scan its source."))
    local = local_file(song)
    if local is not None:
        if not song.locations.filter(size_bytes=local.stat().st_size, missing_since=None).exists():
            raise changed
        yield local
        return
    with song_audio_file(song) as path:
        if not song.sha256 or file_sha256(path) != song.sha256:
            raise changed
        yield path


def _times(request: AuthenticatedHttpRequest) -> tuple[float, float]:
    try:
        return float(request.GET["start"]), float(request.GET["end"])
    except (KeyError, ValueError):
        message = gettext("A passage needs its start and end in seconds: add ?start=10&end=20.")
        raise ProductError("passage_malformed", message) from None
