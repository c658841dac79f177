"""Covers of songs: made once for each picture of an owner, at the end of the analysis."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier import ml_gateway
from classifier.models import Cover

if TYPE_CHECKING:
    from classifier.ml_gateway import CoverSizes


@dataclass(frozen=True)
class PreparedCover:
    """A picture of a file, and its sizes unless a row has them already."""

    sha256: str
    sizes: CoverSizes | None


def cover_prepare(*, owner_id: int, data: bytes | None) -> PreparedCover | None:
    """Before the transaction that stores a result, since decoding a picture takes a while."""
    if not data:
        return None
    sha256 = hashlib.sha256(data).hexdigest()
    if Cover.objects.filter(owner_id=owner_id, sha256=sha256).exists():
        return PreparedCover(sha256, None)
    sizes = ml_gateway.cover_sizes(data)
    return PreparedCover(sha256, sizes) if sizes else None


def cover_store(*, owner_id: int, cover: PreparedCover | None) -> uuid.UUID | None:
    """Inside the transaction that stores a result. Returns the id of the row that songs with this picture share."""
    if cover is None:
        return None
    # Locked, so that a clean-up that deletes it as unused waits until this song uses it.
    rows = Cover.objects.select_for_update().filter(owner_id=owner_id, sha256=cover.sha256)
    found: uuid.UUID | None = rows.values_list("id", flat=True).first()
    if found or cover.sizes is None:
        return found
    # Two songs of an album may end at once: the first one creates the row.
    row, _ = Cover.objects.get_or_create(
        owner_id=owner_id,
        sha256=cover.sha256,
        defaults={"small": cover.sizes.small, "large": cover.sizes.large},
    )
    return row.id
