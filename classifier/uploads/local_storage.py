"""Songs' files in a folder of this machine, MEDIA_ROOT."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from classifier.uploads.song_storage import StoredFile

BLOCK_BYTES = 1 << 16


class LocalStorage(FileSystemStorage):
    is_shared = False

    def stat(self, name: str) -> StoredFile:
        state = os.stat(self.path(name))
        return StoredFile(state.st_size, datetime.fromtimestamp(state.st_mtime, UTC))

    def read(self, name: str, first: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The file is open only while it is read, however early a player disconnects."""
        with open(self.path(name), "rb") as file:
            file.seek(first)
            left = self.stat(name).size_bytes - first if length is None else length
            while left > 0 and (block := file.read(min(BLOCK_BYTES, left))):
                left -= len(block)
                yield block

    def write(self, name: str, content: bytes) -> None:
        """Raises FileNotFoundError where the folder is missing, which means that its song was deleted."""
        path = Path(self.path(name))
        draft = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.draft")
        try:
            draft.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
            draft.write_bytes(content)
            os.replace(draft, path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def make_folder(self, folder: str) -> None:
        Path(self.path(folder)).mkdir(parents=True, exist_ok=True)

    def sync(self, name: str) -> None:
        """Flush the file and its folders up to MEDIA_ROOT to the disk."""
        path = Path(self.path(name))
        for place in (path, *(folder for folder in path.parents if folder.is_relative_to(settings.MEDIA_ROOT))):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    @contextlib.contextmanager
    def on_disk(self, name: str) -> Iterator[Path]:
        yield Path(self.path(name))

    def file_names(self, folder: str) -> list[str]:
        try:
            return [entry.name for entry in os.scandir(self.path(folder)) if entry.is_file()]
        except FileNotFoundError:
            return []

    def delete_folder(self, folder: str) -> None:
        path = Path(self.path(folder))
        try:
            for file in list(path.iterdir()):
                file.unlink(missing_ok=True)
            path.rmdir()
        except FileNotFoundError:
            pass
        except OSError as error:
            # A worker has written another file meanwhile. It will see that the song is deleted, and call this itself.
            if error.errno != errno.ENOTEMPTY:
                raise

    def folders(self, parent: str) -> Iterator[tuple[str, datetime]]:
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self.path(parent)):
                with contextlib.suppress(FileNotFoundError):
                    yield entry.name, datetime.fromtimestamp(entry.stat().st_mtime, UTC)

    def link(self, name: str, *, headers: dict[str, Any]) -> str:
        return ""
