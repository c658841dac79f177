"""Audio with byte ranges (RFC 9110), passages, and the spectrogram."""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, http_date, parse_etags
from django.views.decorators.http import require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.models import Song, Status
from classifier.views.http_ranges import ByteRange, Unsatisfiable, range_still_valid, requested_range
from classifier.views.ownership import own_song

BLOCK_BYTES = 1 << 16


@token_allowed
@require_safe
def song_audio(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponseBase:
    """The file of the song, or its playable copy."""
    song = own_song(request, song_id)
    path = Path((song.playable or song.file).path)
    try:
        with path.open("rb") as file:
            head = file.read(ml_gateway.HEAD_BYTES)
            stat = os.fstat(file.fileno())
    except FileNotFoundError as error:
        raise Http404("The audio of this song is missing.") from error
    etag = f'"{song.sha256[:32]}-{stat.st_size:x}"'
    modified_at = datetime.fromtimestamp(int(stat.st_mtime), UTC)

    response = _file_response(request, path, stat.st_size, etag, modified_at)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(modified_at.timestamp())
    patch_cache_control(response, private=True, no_cache=True)
    if response.status_code in (200, 206):
        response.headers["Content-Type"] = ml_gateway.media_type(head)
        response.headers["Content-Disposition"] = _inline_disposition(_download_name(song, path))
    return response


def _file_response(
    request: AuthenticatedHttpRequest, path: Path, size: int, etag: str, modified_at: datetime
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
    response = HttpResponse() if request.method == "HEAD" else StreamingHttpResponse(_blocks(path, part))
    response.headers["Content-Length"] = str(part.length)
    if byte_range:
        response.status_code = 206
        response.headers["Content-Range"] = byte_range.content_range(size)
    return response


def _blocks(path: Path, part: ByteRange) -> Iterator[bytes]:
    """The file is open only while it is read, however early the player disconnects."""
    with path.open("rb") as file:
        file.seek(part.first)
        left = part.length
        while left > 0 and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block


def _inline_disposition(name: str) -> str:
    return content_disposition_header(False, name) or "inline"


def _download_name(song: Song, path: Path) -> str:
    """The name of the uploaded file, with the extension of the file that is sent."""
    return Path(song.file_name).stem + path.suffix if song.playable else song.file_name


@token_allowed
@require_safe
def song_passage(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    if song.status != Status.DONE:
        # The web process decodes only files that a worker has decoded completely, in a process of its own.
        raise Http404("This song is not analysed.")
    try:
        start_s, end_s = _times(request)
        wav = ml_gateway.cut(Path(song.file.path), start_s, end_s)
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
def song_spectrogram(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponseBase:
    image = own_song(request, song_id).spectrogram
    if not image:
        raise Http404("This song has no spectrogram yet.")
    # The name of an image is never used again.
    etag = f'"{image.name}"'
    not_modified = get_conditional_response(request, etag=etag)
    if not_modified is not None:
        return not_modified
    try:
        response = FileResponse(image.open("rb"), content_type="image/png", headers={"ETag": etag})
    except FileNotFoundError as error:
        raise Http404("The spectrogram is missing.") from error
    patch_cache_control(response, private=True, no_cache=True)
    return response
