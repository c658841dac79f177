"""Downloads of songs with their moods in the tags: one as a file, several as a zip."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Sequence

from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest, token_allowed
from classifier.accounts.security_log import Kind, record_event
from classifier.errors import ProductError
from classifier.library.tagged_zip import MAX_SONGS, tagged_zip
from classifier.localized import grouped
from classifier.media.file_blocks import FileBlocksResponse, file_blocks
from classifier.models import TagExisting, TagValues
from classifier.query_parameters import check_parameters
from classifier.tagging.copies import TagOptions, tagged_copy
from classifier.views.media import storage_errors_shown
from classifier.views.ownership import own_song

PARAMETERS = ("values", "existing", "with_numbers")


@token_allowed
@require_safe
@storage_errors_shown
def song_tagged(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> HttpResponseBase:
    """A copy; the song itself stays as it is."""
    check_parameters(request.GET, *PARAMETERS)
    song = own_song(request, song_id)
    options = tag_options(request.GET)
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(tagged_copy(song, options))
        size = path.stat().st_size
        headers = {
            "Content-Disposition": content_disposition_header(True, song.file_name) or "attachment",
            "Content-Length": str(size),
            "Cache-Control": "private, no-store",
        }
        if request.method == "HEAD":
            return HttpResponse(content_type="application/octet-stream", headers=headers)
        return FileBlocksResponse(
            _Blocks(file_blocks(path, 0, size), stack), content_type="application/octet-stream", headers=headers
        )


def zip_response(request: AuthenticatedHttpRequest, ids: Sequence[uuid.UUID], options: TagOptions) -> HttpResponseBase:
    """Raises ProductError (zip_too_large)."""
    if len(ids) > MAX_SONGS:
        raise ProductError(
            "zip_too_large",
            gettext("%(count)s songs are selected, and a zip takes %(most)s: select fewer, such as one album.")
            % {"count": grouped(len(ids)), "most": MAX_SONGS},
        )
    record_event(Kind.EXPORTED, request.user, request, what=f"{len(ids)} songs with moods")
    now = timezone.now()
    return StreamingHttpResponse(
        tagged_zip(ids, options, now=now),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="songs {timezone.localdate().isoformat()}.zip"',
            "Cache-Control": "private, no-store",
            # A proxy must not collect it before it sends it on.
            "X-Accel-Buffering": "no",
        },
    )


def tag_options(query: QueryDict) -> TagOptions:
    """Raises ProductError for a value that is not allowed."""
    options = TagOptions(
        values=query.get("values") or TagOptions.values,
        existing=query.get("existing") or TagOptions.existing,
        with_numbers=bool(query.get("with_numbers")),
    )
    for name, value, allowed in (
        ("values", options.values, TagValues.values),
        ("existing", options.existing, TagExisting.values),
    ):
        if value not in allowed:
            raise ProductError(
                "tag_option_unknown",
                gettext("%(name)s is “%(value)s”, and %(allowed)s are allowed: choose one of them.")
                % {"name": name, "value": value[:40], "allowed": ", ".join(allowed)},
            )
    return options


class _Blocks:
    """The blocks of a copy, which is deleted with the response, also where nobody reads a block."""

    def __init__(self, blocks: Iterator[bytes], stack: contextlib.ExitStack) -> None:
        self._blocks, self._stack = blocks, stack.pop_all()

    def __iter__(self) -> _Blocks:
        return self

    def __next__(self) -> bytes:
        return next(self._blocks)

    def close(self) -> None:
        self._stack.close()
