"""A response whose blocks come from a file."""

from django.http import StreamingHttpResponse


class FileBlocksResponse(StreamingHttpResponse):
    """The web server reads the blocks as fast as the client does, in any thread: they must not use the database."""

    any_thread = True
