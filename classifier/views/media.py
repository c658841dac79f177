"""Audio with byte ranges (RFC 9110), passages, and the spectrogram."""

import functools
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, http_date, parse_etags
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.models import Song, Status
from classifier.uploads.song_storage import song_storage
from classifier.views.file_blocks import FileBlocksResponse
from classifier.views.http_ranges import ByteRange, Unsatisfiable, range_still_valid, requested_range
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
    """The file of the song, or its playable copy."""
    song = own_song(request, song_id)
    name = (song.playable or song.file).name or ""
    storage = song_storage()
    try:
        stored = storage.stat(name)
        media_type = ml_gateway.media_type(b"".join(storage.read(name, 0, ml_gateway.HEAD_BYTES)))
    except FileNotFoundError as error:
        raise Http404("The audio of this song is missing.") from error
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": _inline_disposition(_download_name(song, name)),
    }
    if link := storage.link(name, headers=headers):
        response: HttpResponseBase = HttpResponseRedirect(link)
        patch_cache_control(response, private=True, no_store=True)
        return response
    etag = f'"{song.sha256[:32]}-{stored.size_bytes:x}"'
    modified_at = stored.modified_at.replace(microsecond=0)

    response = _file_response(request, name, stored.size_bytes, etag, modified_at)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(modified_at.timestamp())
    patch_cache_control(response, private=True, no_cache=True)
    if response.status_code in (200, 206):
        for header, value in headers.items():
            response.headers[header] = value
    return response


def _file_response(
    request: AuthenticatedHttpRequest, name: str, size: int, etag: str, modified_at: datetime
) -> HttpResponseBase:
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304)
    byte_range = None
    if request.method == "GET" and range_still_valid(request.headers.get("If-Range"), etag, modified_at):
        try:
            byte_range = requested_range(request.headers.get("Range"), size)
        except Unsatisfiable:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = byte_range or ByteRange(0, size - 1)
    content = song_storage().read(name, part.first, part.length)
    response = HttpResponse() if request.method == "HEAD" else FileBlocksResponse(content)
    response.headers["Content-Length"] = str(part.length)
    if byte_range:
        response.status_code = 206
        response.headers["Content-Range"] = byte_range.content_range(size)
    return response


def _inline_disposition(name: str) -> str:
    return content_disposition_header(False, name) or "inline"


def _download_name(song: Song, name: str) -> str:
    """The name of the uploaded file, with the extension of the file that is sent."""
    return Path(song.file_name).stem + Path(name).suffix if song.playable else song.file_name


@token_allowed
@require_safe
def song_passage(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    if song.status != Status.DONE:
        # The web process decodes only files that a worker has decoded completely, in a process of its own.
        raise Http404("This song is not analysed.")
    try:
        start_s, end_s = _times(request)
        with song_storage().on_disk(song.file.name or "") as path:
            wav = ml_gateway.cut(path, start_s, end_s)
    except (ProductError, ml_gateway.MoodError) as error:
        return error_response(request, error)
    except FileNotFoundError as error:
        raise Http404("The audio of this song is missing.") from error
    name = f"{Path(song.file_name).stem} {start_s:.0f}-{end_s:.0f} s.wav"
    response = HttpResponse(wav, content_type="audio/wav")
    response.headers["Content-Disposition"] = _inline_disposition(name)
    patch_cache_control(response, private=True, max_age=3600)
    return response


def _times(request: AuthenticatedHttpRequest) -> tuple[float, float]:
    try:
        return float(request.GET["start"]), float(request.GET["end"])
    except (KeyError, ValueError):
        message = "A passage needs its start and end in seconds: add ?start=10&end=20."
        raise ProductError("passage_malformed", message) from None


@token_allowed
@require_safe
@storage_errors_shown
def song_spectrogram(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponseBase:
    image = own_song(request, song_id).spectrogram
    if not image:
        raise Http404("This song has no spectrogram yet.")
    try:
        return image_response(request, str(image.name))
    except FileNotFoundError as error:
        raise Http404("The spectrogram is missing.") from error


def image_response(request: AuthenticatedHttpRequest, name: str) -> HttpResponseBase:
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
