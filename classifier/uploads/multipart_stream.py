"""The body of a multipart form, with what Django's parser does not do.

Django drops a part whose headers are not UTF-8, takes a body that breaks off for a whole one, and reads nothing of a
body in chunks (no Content-Length).
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from django.core.exceptions import RequestDataTooBig
from django.http.multipartparser import MultiPartParserError

from classifier.uploads.large_body import BodyOfStranger

BLOCK_BYTES = 1 << 16
# Longer headers of a part are passed on as they are; Django refuses them.
MAX_HEADER_BYTES = 1 << 12


class MultipartStream(io.RawIOBase):
    """Reads like the stream that it wraps. File names in other encodings come out as UTF-8.

    Raises MultiPartParserError where the closing boundary is missing, and RequestDataTooBig beyond `max_bytes`.
    """

    def __init__(self, stream: BinaryIO, boundary: str, max_bytes: int) -> None:
        super().__init__()
        self.too_large = False
        self._stream = stream
        self._delimiter = b"--" + boundary.encode("ascii", "replace")
        self._bytes_left = max_bytes
        self._input = b""
        self._output = bytearray()
        self._in_header = False
        self._closed = False
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._output and not self._ended:
            self._read_block()
        length = min(len(buffer), len(self._output))
        buffer[:length] = self._output[:length]
        del self._output[:length]
        return length

    def _read_block(self) -> None:
        try:
            block = self._stream.read(BLOCK_BYTES)
        except BodyOfStranger:
            raise
        except OSError as error:  # the connection broke, or a chunk is malformed
            raise MultiPartParserError("The body breaks off.") from error
        self._bytes_left -= len(block)
        if self._bytes_left < 0:
            self.too_large = True
            raise RequestDataTooBig("The body is larger than the limit.")
        self._input += block
        self._ended = not block
        while self._step():
            pass
        if self._ended and not self._closed:
            raise MultiPartParserError("The closing boundary is missing.")

    def _step(self) -> bool:
        """Moves one part of the input to the output; False where more input is needed."""
        return self._header() if self._in_header else self._content()

    def _header(self) -> bool:
        end = self._input.find(b"\r\n\r\n")
        if end < 0 and len(self._input) <= MAX_HEADER_BYTES and not self._ended:
            return False
        self._in_header = False
        if end >= 0:
            end += 4
            self._output += _as_utf8(self._input[:end])
            self._input = self._input[end:]
        return True

    def _content(self) -> bool:
        start = self._input.find(self._delimiter)
        if start < 0:
            # The delimiter may begin in this block and end in the next one.
            self._move(len(self._input) - (0 if self._ended else len(self._delimiter) - 1))
            return False
        end = start + len(self._delimiter)
        if len(self._input) < end + 2 and not self._ended:
            self._move(start)
            return False
        self._move(end)
        if self._input.startswith(b"--"):
            self._closed = True
        else:
            self._in_header = True
        return True

    def _move(self, length: int) -> None:
        if length > 0:
            self._output += self._input[:length]
            self._input = self._input[length:]


def _as_utf8(header: bytes) -> bytes:
    """curl on Windows sends file names in the encoding of the system, mostly cp1252."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return header.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    return header.decode("latin-1").encode()
