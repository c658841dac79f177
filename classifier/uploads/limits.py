"""Upload limits, and their error messages, each built from its limit."""

from http import HTTPStatus

from django.conf import settings
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.localized import grouped

MEGABYTE = 1_000_000
# Allowed on top of the files for the rest of a form.
FORM_BYTES = MEGABYTE

# URL names of the views that take one file, or several. All other views take FORM_BYTES.
SINGLE_FILE_VIEWS = ("predict", "resumable-uploads", "resumable-upload", "v1-songs", "account-import")
MULTIPLE_FILES_VIEWS = ("upload", "v1-songs-batch")
TABLE_VIEWS = ("corrections-import", "v1-corrections", "measurement")
MAX_TABLE_BYTES = 200 * MEGABYTE
"""Of a table of a hundred thousand songs with all columns."""

# The upload page sends chunks of this size, and the server stores blocks of it: small enough for memory, large enough
# that the pause after each one does not count.
UPLOAD_BLOCK_BYTES = 4 * MEGABYTE


def max_upload_bytes() -> int:
    return settings.MAX_UPLOAD_MB * MEGABYTE


def max_files_bytes(url_name: str | None) -> int:
    """How many bytes of files a request to this view may have; 0 for views without files."""
    if url_name in SINGLE_FILE_VIEWS:
        return max_upload_bytes()
    if url_name in TABLE_VIEWS:
        return MAX_TABLE_BYTES
    return settings.MAX_REQUEST_MB * MEGABYTE if url_name in MULTIPLE_FILES_VIEWS else 0


def max_body_bytes(url_name: str | None) -> int:
    return max_files_bytes(url_name) + FORM_BYTES


def size_text(size_bytes: int) -> str:
    if size_bytes < MEGABYTE:
        return gettext("%(count)s bytes") % {"count": grouped(size_bytes)}
    megabytes = round(size_bytes / MEGABYTE, 1)
    return f"{grouped(megabytes, 0 if megabytes.is_integer() else 1)} MB"


def file_missing() -> ProductError:
    return ProductError("file_missing", gettext("The request has no file: send one as the form field “file”."))


def file_empty() -> ProductError:
    return ProductError("file_empty", gettext("The file is empty: choose an audio file."))


def file_too_large() -> ProductError:
    return ProductError(
        "file_too_large",
        gettext(
            "The file is larger than %(limit)s, which is the limit: choose a smaller file, or the same song in a "
            "compressed format."
        )
        % {"limit": size_text(max_upload_bytes())},
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def file_changed() -> ProductError:
    return ProductError(
        "file_changed",
        gettext("The file does not have the sha256 of the upload's metadata: send it again from its start."),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def body_too_large(size_bytes: int | None, url_name: str | None) -> ProductError:
    """`size_bytes` is None for a chunked body, whose length is not known."""
    if url_name in SINGLE_FILE_VIEWS:
        return file_too_large()
    allowed = size_text(max_files_bytes(url_name) or FORM_BYTES)
    size = gettext("more than %(size)s") % {"size": allowed} if size_bytes is None else size_text(size_bytes)
    return ProductError(
        "body_too_large",
        gettext("The form has %(size)s, and at most %(allowed)s are allowed: send smaller files, or fewer at once.")
        % {"size": size, "allowed": allowed},
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def length_required() -> ProductError:
    return ProductError(
        "length_required",
        "The request does not state the length of its body: send a Content-Length header. "
        "Only multipart/form-data may come in chunks.",
        HTTPStatus.LENGTH_REQUIRED,
    )


def disk_full() -> ProductError:
    return ProductError(
        "disk_full",
        gettext(
            "The server’s disk is full: delete songs that you do not need, or ask the owner to make room, then try "
            "again."
        ),
        HTTPStatus.INSUFFICIENT_STORAGE,
    )
