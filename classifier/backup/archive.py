"""The archive of a backup: a tar file, written and read in one pass, with the checksum of every member at its end.

    manifest.json                  what wrote it, and which migrations the rows belong to
    rows/<app>.<model>.jsonl.gz    the rows of one table, one JSON object a line
    media/songs/…                  the files of songs
    models/<name>/…                the own models of this host
    secrets/                       secret_key and sources_key, only on request
    summary.json                   numbers, and what was missing
    checksums.sha256               as `sha256sum` writes them

It is not compressed as a whole: audio does not get smaller, and a damaged part must not spoil the rest.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
SUMMARY = "summary.json"
CHECKSUMS = "checksums.sha256"
ROWS = "rows/"
MEDIA = "media/"
SECRETS = "secrets/"
MODELS = "models/"
BLOCK_BYTES = 1 << 20


class ArchiveError(Exception):
    """The backup cannot be written, read or restored. The message is a sentence for people."""


class ArchiveWriter:
    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.open(  # noqa: SIM115  (`close` ends it)
            fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT, bufsize=BLOCK_BYTES
        )
        self._checksums: list[str] = []

    def add(self, name: str, content: bytes) -> None:
        self.add_stream(name, len(content), iter([content]))

    def add_stream(self, name: str, size_bytes: int, blocks: Iterator[bytes]) -> None:
        """Raises ArchiveError if there are fewer or more bytes than `size_bytes`."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size_bytes, int(time.time()), 0o600
        reader = _BlockReader(blocks)
        try:
            self._tar.addfile(member, reader)
        except tarfile.ReadError:
            raise ArchiveError(f"{name} became shorter while it was read.") from None
        if reader.read(1):
            raise ArchiveError(f"{name} became longer while it was read.")
        self._tar.members = []  # type: ignore[attr-defined]  # it would remember every file
        self._checksums.append(f"{reader.digest.hexdigest()}  {name}\n")

    def close(self) -> None:
        self.add(CHECKSUMS, "".join(self._checksums).encode())
        self._tar.close()


class _BlockReader(io.RawIOBase):
    """Blocks as a file, with the checksum of what was read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self.digest = hashlib.sha256()
        self._blocks = blocks
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._rest += block
        size = len(self._rest) if size < 0 else size
        data, self._rest = self._rest[:size], self._rest[size:]
        self.digest.update(data)
        return data


class ArchiveMember:
    """One member while it is read; what is not read is skipped, but still counts for its checksum."""

    def __init__(self, name: str, size_bytes: int, stream: IO[bytes]) -> None:
        self.name = name
        self.size_bytes = size_bytes
        self.digest = hashlib.sha256()
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data

    def readable(self) -> bool:
        return True

    def blocks(self) -> Iterator[bytes]:
        while block := self.read(BLOCK_BYTES):
            yield block


@dataclass(frozen=True)
class Checked:
    """What a complete archive says about itself."""

    manifest: dict[str, Any]
    summary: dict[str, Any]
    members: int
    size_bytes: int


class ArchiveReader:
    """Iterate over it once: it gives every member but the checksums, which it compares at the end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.manifest: dict[str, Any] = {}
        self.summary: dict[str, Any] = {}
        self.size_bytes = 0
        self._digests: dict[str, str] = {}

    def __iter__(self) -> Iterator[ArchiveMember]:
        checksums = None
        try:
            with tarfile.open(fileobj=self._stream, mode="r|", bufsize=BLOCK_BYTES) as tar:
                for info in tar:
                    tar.members = []  # type: ignore[attr-defined]  # it would remember every file
                    content = tar.extractfile(info) if info.isfile() else None
                    if content is None:
                        raise ArchiveError(f"{info.name} is not a file: this is no backup of Countermood.")
                    member = ArchiveMember(info.name, info.size, content)
                    if info.name == CHECKSUMS:
                        checksums = member.read()
                        continue
                    yield from self._member(member)
                    for _ in member.blocks():
                        pass
                    self._digests[info.name] = member.digest.hexdigest()
                    self.size_bytes += info.size
        except (tarfile.TarError, EOFError) as error:
            raise ArchiveError(f"The archive is damaged or incomplete ({error}).") from error
        self._compare(checksums)

    def _member(self, member: ArchiveMember) -> Iterator[ArchiveMember]:
        if not self.manifest:
            if member.name != MANIFEST:
                raise ArchiveError(f"It starts with {member.name}: this is no backup of Countermood.")
            self.manifest = json.loads(member.read())
            if self.manifest.get("format", 0) > FORMAT:
                raise ArchiveError(
                    f"The backup was made by Countermood {self.manifest.get('version')}, in a format that this version "
                    "does not know: restore it with that version or a newer one."
                )
        elif member.name == SUMMARY:
            self.summary = json.loads(member.read())
        else:
            yield member

    def _compare(self, checksums: bytes | None) -> None:
        if checksums is None:
            raise ArchiveError("The archive is incomplete: its checksums, which are written last, are missing.")
        lines = [line.partition("  ") for line in checksums.decode().splitlines()]
        expected = {name: digest for digest, _, name in lines}
        names = expected.keys() | self._digests.keys()
        wrong = sorted(name for name in names if expected.get(name) != self._digests.get(name))
        if wrong:
            more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
            raise ArchiveError(f"The archive is damaged: wrong checksum of {', '.join(wrong[:3])}{more}.")


def archive_verify(stream: IO[bytes]) -> Checked:
    """Read the whole archive and compare all checksums. Raises ArchiveError."""
    reader = ArchiveReader(stream)
    members = sum(1 for _ in reader)
    return Checked(reader.manifest, reader.summary, members, reader.size_bytes)
