"""Bodies of requests. orjson refuses what other readers and the databases would refuse later: NaN, lone surrogates
and very deep nesting."""

from __future__ import annotations

import shutil
import tempfile
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MEMORY_BYTES = 4_000_000
"""Of a table; a longer one lies in a file meanwhile."""


class JsonBody(BaseParser):
    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from None


class TableBody(BaseParser):
    """A CSV as a file, which is deleted with the request."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """A file object, at its start."""
        folder = str(settings.FILE_UPLOAD_TEMP_DIR)
        table: IO[bytes] = tempfile.SpooledTemporaryFile(MEMORY_BYTES, dir=folder)  # noqa: SIM115
        shutil.copyfileobj(stream, table)
        table.seek(0)
        return table
