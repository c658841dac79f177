"""The sound itself, in the pieces that players ask for (RFC 9110)."""

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
    """The song, or its playable copy, whole or in part."""
    song = own_song(request, song_id)
    path = Path((song.playable or song.file).path)
    try:
        with path.open("rb") as file:
            head = file.read(ml_gateway.HEAD_BYTES)
            facts = os.fstat(file.fileno())
    except FileNotFoundError as error:
        raise Http404("The song's audio is gone.") from error
    etag = f'"{song.sha256[:32]}-{facts.st_size:x}"'
    changed = datetime.fromtimestamp(int(facts.st_mtime), UTC)

    response = _answer(request, path, facts.st_size, etag, changed)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(changed.timestamp())
    patch_cache_control(response, private=True, no_cache=True)
    if response.status_code in (200, 206):
        response.headers["Content-Type"] = ml_gateway.media_type(head)
        response.headers["Content-Disposition"] = _shown_in_place(_download_name(song, path))
    return response


def _answer(request: AuthenticatedHttpRequest, path: Path, size: int, etag: str, changed: datetime) -> HttpResponseBase:
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304)
    wanted = None
    if request.method == "GET" and range_still_valid(request.headers.get("If-Range"), etag, changed):
        try:
            wanted = requested_range(request.headers.get("Range"), size)
        except Unsatisfiable:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = wanted or ByteRange(0, size - 1)
    response = HttpResponse() if request.method == "HEAD" else StreamingHttpResponse(_blocks(path, part))
    response.headers["Content-Length"] = str(part.length)
    if wanted:
        response.status_code = 206
        response.headers["Content-Range"] = wanted.content_range(size)
    return response


def _blocks(path: Path, part: ByteRange) -> Iterator[bytes]:
    """The file is open only while it is read, however early the player goes away."""
    with path.open("rb") as file:
        file.seek(part.first)
        left = part.length
        while left > 0 and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block


def _shown_in_place(name: str) -> str:
    return content_disposition_header(False, name) or "inline"


def _download_name(song: Song, path: Path) -> str:
    """The name that the person knows, with the ending of what is really sent."""
    return Path(song.file_name).stem + path.suffix if song.playable else song.file_name


@token_allowed
@require_safe
def song_passage(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponse:
    song = own_song(request, song_id)
    if song.status != Status.DONE:
        # This process decodes nothing that has not been decoded whole before, where it could harm nobody else.
        raise Http404("This song has not been heard.")
    try:
        start_s, end_s = _asked(request)
        wav = ml_gateway.cut(Path(song.file.path), start_s, end_s)
    except (ProductError, ml_gateway.MoodError) as error:
        return error_response(request, error)
    except FileNotFoundError as error:
        raise Http404("The song's audio is gone.") from error
    name = f"{Path(song.file_name).stem} {start_s:.0f}-{end_s:.0f} s.wav"
    response = HttpResponse(wav, content_type="audio/wav")
    response.headers["Content-Disposition"] = _shown_in_place(name)
    patch_cache_control(response, private=True, max_age=3600)
    return response


def _asked(request: AuthenticatedHttpRequest) -> tuple[float, float]:
    try:
        return float(request.GET["start"]), float(request.GET["end"])
    except (KeyError, ValueError):
        message = "A passage needs its start and its end in seconds: ?start=10&end=20."
        raise ProductError("passage_malformed", message) from None


@token_allowed
@require_safe
def song_spectrogram(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponseBase:
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
