"""Django upload handler that writes to the disk where songs stay, and computes the checksum on the way."""

from __future__ import annotations

import hashlib
import os
import tempfile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils import timezone

from classifier.errors import ProductError
from classifier.uploads.disk_reserve import require_room_for_upload, room_for
from classifier.uploads.limits import disk_full, file_too_large, max_upload_bytes
from classifier.uploads.running_forms import running_forms


class ChecksumUploadedFile(UploadedFile):
    """A temporary file with its SHA-256; or the error that kept it from being stored."""

    file: IO[bytes]

    def __init__(self, name: str | None, content_type: str | None) -> None:
        # Unbuffered, so that a full disk shows when a chunk is written and not when the file is closed.
        file = tempfile.NamedTemporaryFile(  # noqa: SIM115  (the request closes it)
            suffix=".upload", dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0
        )
        super().__init__(file, name, content_type, 0)
        self.sha256 = ""
        self.error: ProductError | None = None

    def temporary_file_path(self) -> str:
        return self.file.name

    def close(self) -> None:
        try:
            self.file.close()
        except FileNotFoundError:
            pass  # It was moved into the song's folder.


class ChecksumUploadHandler(FileUploadHandler):
    """Writes each upload to the disk, up to the size limit, and as long as the reserve stays free.

    What is rejected is still read, and dropped: a browser shows the answer only after it has sent all.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error: ProductError | None = None
        self.form = running_forms.add(0)

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803  (Django's name)
        content_length: int,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if "chunked" in META.get("HTTP_TRANSFER_ENCODING", "").lower():
            content_length = 0  # unknown: the middleware has set it to the limit
        try:
            require_room_for_upload(content_length, now=timezone.now())
        except ProductError as error:
            self.error = error
        else:
            self.form.bytes_left = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        settings.FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.upload = ChecksumUploadedFile(self.file_name, self.content_type)
        self.upload.error = self.error
        self.digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.upload.error is not None:
            return
        if start + len(raw_data) > max_upload_bytes():
            self._reject(file_too_large())
            return
        try:
            with room_for(len(raw_data)):
                rest = memoryview(raw_data)
                while rest:
                    rest = rest[self.upload.file.write(rest) :]
        except (ProductError, OSError):
            self._reject(disk_full())
        else:
            self.form.received(len(raw_data))
            self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> ChecksumUploadedFile:
        self.upload.seek(0)
        self.upload.size = file_size
        self.upload.sha256 = self.digest.hexdigest()
        return self.upload

    def upload_complete(self) -> None:
        self.form.complete()

    def upload_interrupted(self) -> None:
        self.form.complete()
        if hasattr(self, "upload"):
            self.upload.close()

    def _reject(self, error: ProductError) -> None:
        self.upload.error = error
        os.ftruncate(self.upload.file.fileno(), 0)
