"""What the storage of songs' files can do: Django's storage API, and what the product needs beyond it.

There are two: a folder (`local_storage`) and an S3-compatible store (`s3_storage`). Names are those of Django's storage
API, such as `songs/3f/…/source.mp3`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, cast

from django.core.files import File
from django.core.files.storage import default_storage


@dataclass(frozen=True)
class StoredFile:
    size_bytes: int
    modified_at: datetime


class SongStorage(Protocol):
    is_shared: bool
    """Whether hosts that share no disk have the same files."""

    def save(self, name: str, content: File) -> str: ...

    def delete(self, name: str) -> None: ...

    def exists(self, name: str) -> bool: ...

    def stat(self, name: str) -> StoredFile:
        """Raises FileNotFoundError."""

    def read(self, name: str, first: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `first` on, in blocks. The file is opened with the first block: FileNotFoundError then."""

    def write(self, name: str, content: bytes) -> None:
        """Replaces the file. Readers see the old or the new one, never a part."""

    def sync(self, name: str) -> None:
        """The file survives a power cut once this returns."""

    def on_disk(self, name: str) -> AbstractContextManager[Path]:
        """A path with the content of the file, which must not be changed. Raises FileNotFoundError, or the first use
        of the path does."""

    def file_names(self, folder: str) -> list[str]:
        """The last parts of the names of the files in this folder; none if there is no such folder."""

    def make_folder(self, folder: str) -> None:
        """What `write` needs for a song without a stored file. An existing folder is no error."""

    def delete_folder(self, folder: str) -> None:
        """Delete a folder with its files. A missing folder is no error."""

    def folders(self, parent: str) -> Iterator[tuple[str, datetime]]:
        """The folders in this one, with the time of their last change."""

    def link(self, name: str, *, headers: dict[str, Any]) -> str:
        """A URL that can be read for a short time without signing in, answered with these headers; "" if none."""


def song_storage() -> SongStorage:
    return cast(SongStorage, default_storage)
