"""Headers of the tus protocol 1.0, https://tus.io/protocols/resumable-upload. Pure functions of header values."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from http import HTTPStatus

from classifier.errors import ProductError

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "expiration", "termination", "checksum")
CHECKSUM_ALGORITHMS = ("sha1", "sha256")
CONTENT_TYPE = "application/offset+octet-stream"

MAX_METADATA_LENGTH = 4096
# The protocol's own status, which HTTP does not define.
CHECKSUM_MISMATCH_STATUS = 460


def parse_upload_length(value: str | None) -> int:
    length = _whole_number(value)
    if length is None:
        raise ProductError(
            "upload_length_invalid",
            "The header Upload-Length is missing or is not a whole number: send the size of the file in bytes.",
        )
    return length


def parse_upload_offset(value: str | None) -> int:
    offset = _whole_number(value)
    if offset is None:
        raise ProductError(
            "upload_offset_invalid",
            "The header Upload-Offset is missing or is not a whole number: "
            "send the position in the file of the first byte of the body.",
        )
    return offset


def parse_metadata(header: str) -> dict[str, str]:
    """Decode Upload-Metadata: `key base64,key base64`. Text is UTF-8, or Latin-1 where it is not valid UTF-8."""
    if len(header) > MAX_METADATA_LENGTH:
        raise _metadata_invalid(f"has {len(header)} characters, and at most {MAX_METADATA_LENGTH} are allowed")
    metadata = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, encoded = pair.partition(" ")
        try:
            value = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise _metadata_invalid(f"has a value for “{key[:40]}” that is not Base64") from None
        metadata[key] = _text(value)
    return metadata


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes

    @classmethod
    def parse(cls, header: str) -> Checksum:
        algorithm, _, encoded = header.strip().partition(" ")
        try:
            digest = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            digest = b""
        if algorithm not in CHECKSUM_ALGORITHMS or not digest:
            raise ProductError(
                "checksum_unsupported",
                f"The header Upload-Checksum is “{header[:80]}”: "
                f"send the algorithm ({' or '.join(CHECKSUM_ALGORITHMS)}), a space, and the digest in Base64.",
            )
        return cls(algorithm, digest)

    def verify(self, data: bytes) -> None:
        if hashlib.new(self.algorithm, data).digest() != self.digest:
            raise ProductError(
                "checksum_mismatch",
                "The body does not have the checksum of the header Upload-Checksum: send it again.",
                CHECKSUM_MISMATCH_STATUS,
            )


def version_unsupported(version: str | None) -> ProductError:
    sent = f"is “{version[:20]}”" if version else "is missing"
    return ProductError(
        "tus_version_unsupported",
        f"The header Tus-Resumable {sent}, and this server speaks {VERSION}: send “Tus-Resumable: {VERSION}”.",
        HTTPStatus.PRECONDITION_FAILED,
    )


def _whole_number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 19 else None


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _metadata_invalid(problem: str) -> ProductError:
    return ProductError(
        "upload_metadata_invalid",
        f"The header Upload-Metadata {problem}: send keys and Base64 values, as in “filename c29uZy5tcDM=”.",
    )
