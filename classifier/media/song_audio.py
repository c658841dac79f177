"""The audio of a song with byte ranges (RFC 9110)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, http_date, parse_etags
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.long_poll import wait_until
from classifier.jobs.made_files import PLAYABLE, file_request
from classifier.jobs.picture_cache import picture_used
from classifier.media.file_blocks import FileBlocksResponse, file_blocks
from classifier.media.http_ranges import ByteRange, Unsatisfiable, range_still_valid, requested_range
from classifier.media.server_audio import server_audio
from classifier.models import PictureKind, Song
from classifier.sources.audio_file import local_file
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import file_exists

COPY_NEEDED = ("copy_on_demand", "no_playable_copy")
"""Warnings of songs of sources that browsers may not play; the second one of earlier versions."""
COPY_WAIT_S = 25
"""Players wait for the first byte as long as for that of a slow server."""

FRESH_S = 300
"""Seconds for which the browser of its owner keeps audio without asking again."""


def audio_response(request: HttpRequest, song: Song) -> HttpResponseBase:
    """The file of the song, or its playable copy. Raises ProductError where a storage or a server does not answer."""
    if not song.file:
        return _audio_of_source(request, song)
    return _stored_audio(request, song, (song.playable or song.file).name or "", song.sha256[:32])


def _stored_audio(request: HttpRequest, song: Song, name: str, tag: str) -> HttpResponseBase:
    """A file of the storage. `tag` is the beginning of its ETag, beside its size."""
    storage = song_storage()
    try:
        stored = storage.stat(name)
        media_type = ml_gateway.media_type(b"".join(storage.read(name, 0, ml_gateway.HEAD_BYTES)))
    except FileNotFoundError as error:
        raise Http404(gettext("The audio of this song is missing.")) from error
    headers = _audio_headers(media_type, _download_name(song, name))
    if link := storage.link(name, headers=headers):
        response: HttpResponseBase = HttpResponseRedirect(link)
        patch_cache_control(response, private=True, no_store=True)
        return response
    audio = _Audio(
        size_bytes=stored.size_bytes,
        modified_at=stored.modified_at.replace(microsecond=0),
        etag=f'"{tag}-{stored.size_bytes:x}"',
        read=partial(storage.read, name),
    )
    return _audio_response(request, audio, headers)


def _audio_of_source(request: HttpRequest, song: Song) -> HttpResponseBase:
    """The file where it is, or a copy that browsers play. Which file comes from a scan, never from the request."""
    if any(warning["code"] in COPY_NEEDED for warning in song.warnings) and _has_copy(song):
        picture_used(song=song, kind=PictureKind.PLAYABLE, now=timezone.now())
        return _stored_audio(request, song, PLAYABLE.path(song), f"copy-{song.audio_hash[:32]}")
    path = local_file(song)
    if path is None:
        return server_audio(request, song, {"Content-Disposition": inline_disposition(song.file_name)})
    try:
        state = path.stat()
        media_type = ml_gateway.media_type(b"".join(file_blocks(path, 0, ml_gateway.HEAD_BYTES)))
    except OSError as error:
        raise Http404(gettext("The audio of this song is missing.")) from error
    audio = _Audio(
        size_bytes=state.st_size,
        modified_at=datetime.fromtimestamp(int(state.st_mtime), UTC),
        etag=f'"{state.st_mtime_ns:x}-{state.st_size:x}"',
        read=partial(file_blocks, path),
    )
    return _audio_response(request, audio, _audio_headers(media_type, song.file_name))


def _has_copy(song: Song) -> bool:
    """False where none can be made: the original is better than nothing, since some browsers play it. Raises
    ProductError where the workers need more time."""
    path = PLAYABLE.path(song)
    if file_exists(path):
        return True
    local_file(song)  # says so where it is missing
    try:
        file_request(PLAYABLE, song=song, now=timezone.now())
    except ProductError:
        return False
    if not wait_until(lambda: file_exists(path), COPY_WAIT_S):
        raise ProductError(
            "copy_not_ready",
            gettext("The copy that browsers play is not ready yet: play the song again in a moment."),
            HTTPStatus.SERVICE_UNAVAILABLE,
        )
    return True


@dataclass(frozen=True)
class _Audio:
    size_bytes: int
    modified_at: datetime
    etag: str
    read: Callable[[int, int], Iterator[bytes]]
    """The bytes from the first on, so many."""


def _audio_headers(media_type: str, name: str) -> dict[str, str]:
    return {"Content-Type": media_type, "Content-Disposition": inline_disposition(name)}


def _audio_response(request: HttpRequest, audio: _Audio, headers: dict[str, str]) -> HttpResponseBase:
    response = _whole_or_range(request, audio)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = audio.etag
    response.headers["Last-Modified"] = http_date(audio.modified_at.timestamp())
    # A player that goes on from page to page has it at once. Varies with the cookie: not for whoever signs in next.
    patch_cache_control(response, private=True, max_age=FRESH_S)
    if response.status_code in (200, 206):
        for header, value in headers.items():
            response.headers[header] = value
    return response


def _whole_or_range(request: HttpRequest, audio: _Audio) -> HttpResponseBase:
    if audio.etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304)
    byte_range = None
    if request.method == "GET" and range_still_valid(request.headers.get("If-Range"), audio.etag, audio.modified_at):
        try:
            byte_range = requested_range(request.headers.get("Range"), audio.size_bytes)
        except Unsatisfiable:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{audio.size_bytes}"})
    part = byte_range or ByteRange(0, audio.size_bytes - 1)
    content = audio.read(part.first, part.length)
    response = HttpResponse() if request.method == "HEAD" else FileBlocksResponse(content)
    response.headers["Content-Length"] = str(part.length)
    if byte_range:
        response.status_code = 206
        response.headers["Content-Range"] = byte_range.content_range(audio.size_bytes)
    return response


def inline_disposition(name: str) -> str:
    return content_disposition_header(False, name) or "inline"


def _download_name(song: Song, name: str) -> str:
    """The name of the song's own file, with the extension of the file that is sent."""
    is_copy = name != song.file.name
    return Path(song.file_name).stem + Path(name).suffix if is_copy else song.file_name
