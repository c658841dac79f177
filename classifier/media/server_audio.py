"""The audio of a song on a music server, passed on while it comes, with byte ranges."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags

from classifier.errors import ProductError
from classifier.media.file_blocks import FileBlocksResponse
from classifier.media.http_ranges import ByteRange, Unsatisfiable, requested_range
from classifier.models import Song, SongLocation
from classifier.sources.audio_file import present_locations
from classifier.sources.folder_paths import file_missing
from classifier.sources.servers import AudioAnswer, server_for

# A server that sends a page or an image instead of a song must not get it shown as one of ours.
AUDIO_TYPE = re.compile(r"(?:audio|video)/[\w.+-]{1,60}|application/ogg")
ONE_RANGE = re.compile(r"bytes=\d{0,19}-\d{0,19}")
CONTENT_RANGE = re.compile(r"bytes (?:\d+-\d+|\*)/(?:\d+|\*)")


def server_audio(request: HttpRequest, song: Song, headers: dict[str, str]) -> HttpResponseBase:
    """Raises ProductError where no server has the song, or none answers. `headers` are those of a successful answer."""
    error: ProductError | None = None
    for location in present_locations(song):
        try:
            return _of_location(request, location, headers)
        except ProductError as reason:
            error = reason
    raise error or file_missing(song.file_name)


def _of_location(request: HttpRequest, location: SongLocation, headers: dict[str, str]) -> HttpResponseBase:
    etag = f'"{location.modified_ns:x}-{location.size_bytes:x}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = _passed_on(request, location, etag, headers)
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _passed_on(request: HttpRequest, location: SongLocation, etag: str, headers: dict[str, str]) -> HttpResponseBase:
    wanted = request.headers.get("Range", "")
    if not ONE_RANGE.fullmatch(wanted) or request.headers.get("If-Range", etag) != etag:
        wanted = ""
    with contextlib.ExitStack() as stack:
        answer = stack.enter_context(server_for(location.source).audio(location.key, wanted or None))
        response = _response(answer, wanted, stack)
        if response.status_code != 416:
            media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            known = AUDIO_TYPE.fullmatch(media_type)
            response.headers["Content-Type"] = media_type if known else "application/octet-stream"
            for name, value in headers.items():
                response.headers[name] = value
        if request.method == "HEAD":
            empty = HttpResponse(status=response.status_code, headers=dict(response.headers))
            response.close()
            return empty
        return response


def _response(answer: AudioAnswer, wanted: str, stack: contextlib.ExitStack) -> HttpResponseBase:
    size = answer.headers.get("Content-Length", "")
    if answer.status == 416:
        return HttpResponse(status=416, headers=_content_range(answer))
    if answer.status == 206:
        headers = _content_range(answer) | ({"Content-Length": size} if size.isdecimal() else {})
        return FileBlocksResponse(_Blocks(answer.blocks, stack), status=206, headers=headers)
    if not size.isdecimal():
        return FileBlocksResponse(_Blocks(answer.blocks, stack))
    try:
        # Servers that do not know ranges send everything, and players could not jump.
        part = requested_range(wanted, int(size))
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    blocks = _part_of(answer.blocks, part) if part else answer.blocks
    response = FileBlocksResponse(_Blocks(blocks, stack), status=206 if part else 200)
    response.headers["Content-Length"] = str(part.length) if part else size
    if part:
        response.headers["Content-Range"] = part.content_range(int(size))
    return response


def _content_range(answer: AudioAnswer) -> dict[str, str]:
    value = answer.headers.get("Content-Range", "")
    return {"Content-Range": value} if CONTENT_RANGE.fullmatch(value) else {}


def _part_of(blocks: Iterator[bytes], part: ByteRange) -> Iterator[bytes]:
    position = 0
    for block in blocks:
        first, last = max(part.first - position, 0), part.last + 1 - position
        position += len(block)
        if first < len(block):
            yield block[first:last]
        if position > part.last:
            return


class _Blocks:
    """The blocks of an answer, whose connection is closed with the response, also where nobody reads a block."""

    def __init__(self, blocks: Iterator[bytes], stack: contextlib.ExitStack) -> None:
        self._blocks, self._stack = blocks, stack.pop_all()

    def __iter__(self) -> _Blocks:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._blocks)
        except ProductError as error:
            # The head is sent. The connection must end, so that the client knows that the rest is missing.
            raise ConnectionError(error.message) from None

    def close(self) -> None:
        self._stack.close()
