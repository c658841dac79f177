"""The limits of an upload and the sentences about them, each built from its limit."""

from http import HTTPStatus

from django.conf import settings

from classifier.errors import ProductError

MEGABYTE = 1_000_000
# What a form adds to the file that it carries.
FORM_BYTES = MEGABYTE

# Views that take files, by the names of their addresses; any other takes FORM_BYTES.
TAKES_A_FILE = "predict"
TAKES_FILES = "upload"
TAKES_A_PART = "arriving-file"

# A part of a file that arrives in parts: small enough for memory, large enough to lose no time between them.
PART_BYTES = 4 * MEGABYTE


def max_upload_bytes() -> int:
    return settings.MAX_UPLOAD_MB * MEGABYTE


def max_files_bytes(url_name: str | None) -> int:
    """What the files of a request to this address may have together; 0 where none are taken."""
    if url_name == TAKES_A_FILE:
        return max_upload_bytes()
    if url_name == TAKES_FILES:
        return settings.MAX_REQUEST_MB * MEGABYTE
    if url_name == TAKES_A_PART:
        return PART_BYTES
    return 0


def max_body_bytes(url_name: str | None) -> int:
    """The longest body that a request to this address may have."""
    return max_files_bytes(url_name) + FORM_BYTES


def size_text(size_bytes: int) -> str:
    if size_bytes < MEGABYTE:
        return f"{size_bytes:,} bytes"
    return f"{size_bytes / MEGABYTE:,.1f}".removesuffix(".0") + " MB"


def file_missing() -> ProductError:
    return ProductError("file_missing", "No file came with the request: send one as the form field “file”.")


def file_empty() -> ProductError:
    return ProductError("file_empty", "The file is empty: choose one that holds sound.")


def file_too_large() -> ProductError:
    return ProductError(
        "file_too_large",
        f"The file has more than the {size_text(max_upload_bytes())} that are allowed: "
        "choose a smaller one, or the same song in a compressed format.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def body_too_large(size_bytes: int | None, url_name: str | None) -> ProductError:
    """`size_bytes` is None for a body in chunks, whose length nobody knows."""
    if url_name == TAKES_A_FILE:
        return file_too_large()
    allowed_bytes = max_files_bytes(url_name) or FORM_BYTES
    body, way_out = (
        ("part", "smaller parts") if url_name == TAKES_A_PART else ("form", "smaller files, or fewer at once")
    )
    size = f"more than {size_text(allowed_bytes)}" if size_bytes is None else size_text(size_bytes)
    return ProductError(
        "body_too_large",
        f"The {body} has {size}, and at most {size_text(allowed_bytes)} are allowed: send {way_out}.",
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
        "The server's disk is full, so that the song could not be kept: make room there and send it again.",
        HTTPStatus.INSUFFICIENT_STORAGE,
    )
