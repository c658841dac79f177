"""A response whose blocks come from a file."""

from collections.abc import Iterator
from pathlib import Path

from django.http import StreamingHttpResponse

BLOCK_BYTES = 1 << 16


class FileBlocksResponse(StreamingHttpResponse):
    """The web server reads the blocks as fast as the client does, in any thread: they must not use the database."""

    any_thread = True


def file_blocks(path: Path, first: int, length: int) -> Iterator[bytes]:
    """So many bytes of a file of this server, if it has them. It is opened with the first block."""
    with path.open("rb") as file:
        file.seek(first)
        while length > 0 and (block := file.read(min(BLOCK_BYTES, length))):
            length -= len(block)
            yield block
