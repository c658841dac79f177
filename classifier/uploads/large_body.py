"""Only signed-in users may send a large body, since it occupies a thread of the web process while it arrives.

Smaller bodies do not: the web server has read them before.
"""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import BinaryIO

from django.http import HttpRequest
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.uploads.limits import size_text
from mmc.web.settings import PREFETCH_BYTES


class BodyOfStranger(OSError):
    """Like a broken connection, which the CSRF check takes for a missing token, on error pages too."""


class LargeBody(io.RawIOBase):
    """The body of a request. Its sender is checked when somebody reads it: until then, a token may sign them in."""

    def __init__(self, stream: BinaryIO, request: HttpRequest) -> None:
        super().__init__()
        self.error: ProductError | None = None
        self._stream = stream
        self._request = request

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        self._check_sender()
        return self._stream.read(-1 if size is None else size)

    def readline(self, size: int | None = -1) -> bytes:
        self._check_sender()
        return self._stream.readline(-1 if size is None else size)

    def _check_sender(self) -> None:
        if self._request.user.is_authenticated:
            return
        self.error = ProductError(
            "body_too_large",
            gettext("The form is too large: without signing in, at most %(limit)s are allowed.")
            % {"limit": size_text(PREFETCH_BYTES)},
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
        raise BodyOfStranger(self.error.message)
