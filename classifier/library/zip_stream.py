"""A zip that is made while it is sent, so that its size needs neither memory nor disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, cast

# Zip cannot store earlier times.
EPOCH = (1980, 1, 1, 0, 0, 0)
BLOCKS_AT_ONCE = 8


class ZipStream:
    """Entries are added one after the other; each call yields the bytes of the archive that are ready."""

    def __init__(self, now: datetime) -> None:
        year, month, day, hour, minute, second = now.timetuple()[:6]
        self._stamp = max((year, month, day, hour, minute, second), EPOCH)
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(cast(IO[bytes], self._sink), "w")

    def add(self, name: str, blocks: Iterable[bytes], *, compressed: bool) -> Iterator[bytes]:
        entry = zipfile.ZipInfo(name, self._stamp)
        entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        with self._archive.open(entry, "w", force_zip64=True) as target:
            for block in blocks:
                target.write(block)
                if not compressed or len(self._sink.blocks) > BLOCKS_AT_ONCE:
                    yield self._sink.take()

    def finish(self) -> bytes:
        """The rest, with the list of all entries."""
        self._archive.close()
        return self._sink.take()


class _Sink:
    """A file that cannot seek, and that gives away what was written to it."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self.blocks)
        self.blocks.clear()
        return data
