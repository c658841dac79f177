"""The library as a file: songs in one of the export formats, and everything that a person has as an archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from classifier.accounts.security_log import Kind, record_event
from classifier.library.account_export import account_archive, archive_name
from classifier.library.exports.formats import ExportFormat
from classifier.vocabularies.stored import words_named

if TYPE_CHECKING:
    from classifier.models import Person
    from classifier.querysets import SongQuerySet

BLOCK_BYTES = 64 * 1024


def songs_file(
    request: HttpRequest, person: Person, songs: SongQuerySet, export: ExportFormat, words: str = ""
) -> StreamingHttpResponse:
    """`words` is one of `WORDS`. Raises ProductError where this server cannot write the format."""
    content = export.write(songs, words_named(words, person))
    record_event(Kind.EXPORTED, person, request, what=f"songs as {export.kind}")
    return _download(content, export.content_type, f"songs {timezone.localdate().isoformat()}.{export.kind}")


def account_file(request: HttpRequest, person: Person, *, with_audio: bool) -> StreamingHttpResponse:
    """A zip, streamed while it is made."""
    now = timezone.now()
    record_event(Kind.EXPORTED, person, request, what="account with audio" if with_audio else "account")
    content = account_archive(person, with_audio=with_audio, now=now)
    return _download(content, "application/zip", archive_name(person, now=now))


def _blocks(parts: Iterable[str | bytes]) -> Iterator[bytes]:
    """Large enough that the server does not send each row on its own."""
    block = bytearray()
    for part in parts:
        block += part.encode() if isinstance(part, str) else part
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _download(content: Iterator[str] | Iterator[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        _blocks(content),
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            # A proxy must not collect it before it sends it on.
            "X-Accel-Buffering": "no",
        },
    )
