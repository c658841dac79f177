"""Upload limits, and their error messages, each built from its limit."""

from http import HTTPStatus

from django.conf import settings

from classifier.errors import ProductError

MEGABYTE = 1_000_000
# Allowed on top of the files for the rest of a form.
FORM_BYTES = MEGABYTE

# URL names of the views that take one file, or several. All other views take FORM_BYTES.
SINGLE_FILE_VIEWS = ("predict", "resumable-uploads", "resumable-upload")
MULTIPLE_FILES_VIEW = "upload"

# The upload page sends chunks of this size, and the server stores blocks of it: small enough for memory, large enough
# that the pause after each one does not count.
UPLOAD_BLOCK_BYTES = 4 * MEGABYTE


def max_upload_bytes() -> int:
    return settings.MAX_UPLOAD_MB * MEGABYTE


def max_files_bytes(url_name: str | None) -> int:
    """How many bytes of files a request to this view may have; 0 for views without files."""
    if url_name in SINGLE_FILE_VIEWS:
        return max_upload_bytes()
    return settings.MAX_REQUEST_MB * MEGABYTE if url_name == MULTIPLE_FILES_VIEW else 0


def max_body_bytes(url_name: str | None) -> int:
    return max_files_bytes(url_name) + FORM_BYTES


def size_text(size_bytes: int) -> str:
    if size_bytes < MEGABYTE:
        return f"{size_bytes:,} bytes"
    return f"{size_bytes / MEGABYTE:,.1f}".removesuffix(".0") + " MB"


def file_missing() -> ProductError:
    return ProductError("file_missing", "The request has no file: send one as the form field “file”.")


def file_empty() -> ProductError:
    return ProductError("file_empty", "The file is empty: choose an audio file.")


def file_too_large() -> ProductError:
    return ProductError(
        "file_too_large",
        f"The file is larger than {size_text(max_upload_bytes())}, which is the limit: "
        "choose a smaller file, or the same song in a compressed format.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def file_changed() -> ProductError:
    return ProductError(
        "file_changed",
        "The file does not have the sha256 of the upload's metadata: send it again from its start.",
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def body_too_large(size_bytes: int | None, url_name: str | None) -> ProductError:
    """`size_bytes` is None for a chunked body, whose length is not known."""
    if url_name in SINGLE_FILE_VIEWS:
        return file_too_large()
    allowed = size_text(max_files_bytes(url_name) or FORM_BYTES)
    size = f"more than {allowed}" if size_bytes is None else size_text(size_bytes)
    return ProductError(
        "body_too_large",
        f"The form has {size}, and at most {allowed} are allowed: send smaller files, or fewer at once.",
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
        "The server’s disk is full: delete songs that you do not need, or ask the owner to make room, then try again.",
        HTTPStatus.INSUFFICIENT_STORAGE,
    )
