"""The audio of a music server's song: written into a file, or passed on."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from requests import Response

from classifier.errors import ProductError
from classifier.sources.servers import AudioAnswer, nothing
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.limits import MEGABYTE, max_upload_bytes, size_text

if TYPE_CHECKING:
    from classifier.sources.http_session import ServerSession

DOWNLOAD_TIME_LIMIT_S = 600
"""For a whole song, however slowly it comes."""
ROOM_ASKED_EVERY_BYTES = 16 * MEGABYTE
PASSED_ON = ("Content-Type", "Content-Length", "Content-Range")


class SongFiles(ABC):
    """`download` and `audio` of a server that sends whole files and ranges of them by the same request."""

    _session: ServerSession

    @abstractmethod
    def _file(self, key: str, byte_range: str | None = None) -> contextlib.AbstractContextManager[Response]:
        """The answer with the file of a song, or this range of it, after `require_audio`."""

    def download(self, key: str, target: Path, meanwhile: Callable[[], None] = nothing) -> None:
        with self._session.time_limit(DOWNLOAD_TIME_LIMIT_S), self._file(key) as response:
            write_audio(self._session, response, target, meanwhile)

    @contextlib.contextmanager
    def audio(self, key: str, byte_range: str | None = None) -> Iterator[AudioAnswer]:
        with self._file(key, byte_range) as response, passed_on(self._session, response) as answer:
            yield answer


def require_audio(session: ServerSession, response: Response) -> None:
    if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return
    session.require_success(response)
    if not is_audio(response):
        raise session.not_understood(gettext("sent no audio for a song"))


def is_audio(response: Response) -> bool:
    """Whether the body can be a song: servers report errors as JSON, XML or pages, often with the status 200."""
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return not (media_type.startswith("text/") or media_type.endswith(("json", "xml", "html", "javascript")))


def write_audio(
    session: ServerSession, response: Response, target: Path, meanwhile: Callable[[], None] = nothing
) -> None:
    """Write the body of an answer, which must be within the limits of a song."""
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > max_upload_bytes():
        raise _too_large()
    size_bytes = asked_at = 0
    with target.open("wb") as file:
        for block in session.blocks(response):
            if size_bytes >= asked_at:
                require_room(ROOM_ASKED_EVERY_BYTES)
                asked_at += ROOM_ASKED_EVERY_BYTES
            size_bytes += len(block)
            if size_bytes > max_upload_bytes():
                raise _too_large()
            file.write(block)
            meanwhile()
    if not size_bytes:
        raise session.unavailable(gettext("sent an empty file"))


def _too_large() -> ProductError:
    return ProductError(
        "source_file_too_large",
        gettext(
            "The file on the music server is larger than %(limit)s, which is the limit for a song: raise "
            "MAX_UPLOAD_MB, or ignore this song."
        )
        % {"limit": size_text(max_upload_bytes())},
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


@contextlib.contextmanager
def passed_on(session: ServerSession, response: Response) -> Iterator[AudioAnswer]:
    headers = {name: response.headers[name] for name in PASSED_ON if name in response.headers}
    if "Content-Encoding" in response.headers:
        headers.pop("Content-Length", None)  # of the encoded body
    yield AudioAnswer(response.status_code, headers, session.blocks(response))
