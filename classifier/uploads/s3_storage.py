"""Songs' files in a bucket of an S3-compatible store. Imported only where S3_BUCKET is set."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from classifier.errors import ProductError
from classifier.uploads.song_storage import StoredFile
from classifier.uploads.working_copies import working_folder

logger = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 16
MISSING = (404, "404", "NoSuchKey", "NotFound")


class S3SongStorage(S3Storage):
    """S3Storage of django-storages; errors of the store become `storage_unavailable` or FileNotFoundError."""

    is_shared = True

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options,
            file_overwrite=True,  # names are never used for another file
            client_config=Config(
                signature_version="s3v4",
                # Hosts of one's own rarely have a DNS name for each bucket.
                s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
                connect_timeout=5,
                read_timeout=60,
                retries={"mode": "standard", "max_attempts": 4},
                max_pool_connections=50,
                # Other stores than Amazon's do not all know its newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        self._lock = threading.Lock()
        self._process_id = 0
        self._resource: Any = None

    @property
    def connection(self) -> Any:
        """One for the process instead of one for each thread, which takes megabytes each. Its client is thread-safe."""
        with self._lock:
            if self._resource is None or self._process_id != os.getpid():
                self._bucket = None
                self._resource = self._create_session().resource(
                    "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
                )
                self._process_id = os.getpid()
            return self._resource

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    def key(self, name: str) -> str:
        return self._normalize_name(clean_name(name))

    def save(self, name: str, content: File, max_length: int | None = None) -> str:
        with _errors():
            return super().save(name, content, max_length)

    def delete(self, name: str) -> None:
        with _errors():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _errors():
            return super().exists(name)

    def stat(self, name: str) -> StoredFile:
        with _errors():
            head = self.client.head_object(Bucket=self.bucket_name, Key=self.key(name))
        return StoredFile(head["ContentLength"], head["LastModified"])

    def read(self, name: str, first: int = 0, length: int | None = None) -> Iterator[bytes]:
        if length == 0:
            return
        last = "" if length is None else str(first + length - 1)
        byte_range = {"Range": f"bytes={first}-{last}"} if first or length is not None else {}
        with _errors():
            body = self.client.get_object(Bucket=self.bucket_name, Key=self.key(name), **byte_range)["Body"]
            with contextlib.closing(body):
                yield from body.iter_chunks(BLOCK_BYTES)

    def write(self, name: str, content: bytes) -> None:
        with _errors():
            self.client.put_object(Bucket=self.bucket_name, Key=self.key(name), Body=content)

    def make_folder(self, folder: str) -> None:
        """A bucket has no folders."""

    def sync(self, name: str) -> None:
        """The store confirms a file only once it is safe."""

    @contextlib.contextmanager
    def on_disk(self, name: str) -> Iterator[Path]:
        with working_folder() as folder:
            path = folder / PurePosixPath(name).name
            with _errors(), path.open("wb") as file:
                self.client.download_fileobj(self.bucket_name, self.key(name), file, Config=self.transfer_config)
            yield path

    def file_names(self, folder: str) -> list[str]:
        return [name.rpartition("/")[2] for name, _ in self._objects(folder)]

    def delete_folder(self, folder: str) -> None:
        # One by one: these are few, and not every store deletes several at once in the same way.
        for key, _ in list(self._objects(folder)):
            with _errors():
                self.client.delete_object(Bucket=self.bucket_name, Key=key)

    def folders(self, parent: str) -> Iterator[tuple[str, datetime]]:
        changed: dict[str, datetime] = {}
        start = len(self._folder_key(parent))
        for key, modified_at in self._objects(parent):
            name = key[start:].partition("/")[0]
            changed[name] = max(modified_at, changed.get(name, modified_at))
        yield from changed.items()

    def link(self, name: str, *, headers: dict[str, Any]) -> str:
        if not settings.S3_SIGNED_LINK_S:
            return ""
        names = {"Content-Type": "ResponseContentType", "Content-Disposition": "ResponseContentDisposition"}
        parameters = {names[header]: value for header, value in headers.items()}
        return self.url(name, parameters=parameters, expire=settings.S3_SIGNED_LINK_S)

    def _folder_key(self, folder: str) -> str:
        return self.key(folder).rstrip("/") + "/"

    def _objects(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """The keys under a folder, and when each was written."""
        with _errors():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=self._folder_key(folder)
            )
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield entry["Key"], entry["LastModified"]


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in MISSING:
            raise FileNotFoundError(str(error)) from error
        logger.exception("The S3 store rejected a request.")
        raise storage_unavailable() from error
    except BotoCoreError as error:
        logger.error("The S3 store does not answer: %s", error)
        raise storage_unavailable() from error


def storage_unavailable() -> ProductError:
    return ProductError(
        "storage_unavailable",
        gettext("The storage of songs does not answer: try again in a minute, or see the server’s log."),
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
