"""Reads the zip of an account. Its names and sizes are not trusted, and no file is extracted by its name."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, Self

import orjson
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.library.account_library import (
    ACCOUNT,
    AUDIO,
    COVERS,
    FORMAT,
    PLAYABLE,
    PLAYLISTS,
    RECALIBRATIONS,
    SONGS,
)
from classifier.localized import grouped
from classifier.uploads.limits import MEGABYTE

MAX_LINE_BYTES = 32 * MEGABYTE
"""The whole result of a song of two hours has about seven."""
MAX_MEMBERS = 2_000_000
MAX_ACCOUNT_BYTES = 64 * MEGABYTE
# JSON with results compresses to about a fifteenth.
FREE_BYTES, MAX_RATIO = 50 * MEGABYTE, 200
BLOCK_BYTES = 1 << 20
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What zipfile raises for damaged, encrypted and unknown content."""


class AccountArchive:
    """An open archive, as a context manager. Everything it gives may still be nonsense: `checked_values` checks it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        try:
            self._zip = zipfile.ZipFile(self._stream)
            members = self._zip.infolist()
        except DAMAGE:
            raise unreadable(gettext("The file is not a zip, or is damaged or incomplete")) from None
        if len(members) > MAX_MEMBERS:
            raise unreadable(
                gettext("The archive has more than %(max_members)s files") % {"max_members": grouped(MAX_MEMBERS)}
            )
        if any(member.flag_bits & 0x1 for member in members):
            raise unreadable(gettext("The archive is encrypted"))
        self._members = {member.filename: member for member in members}
        if len(self._members) != len(members):
            raise unreadable(gettext("The archive has two files of the same name"))
        # Only the two parts of a name in front of the file name count.
        self._files = {tuple(name.split("/", 2)[:2]): name for name in self._members if name.count("/") == 2}
        self.account = self._account()
        if SONGS not in self._members:
            raise unreadable(
                gettext("The archive has no %(songs)s: it was exported by a version before 0.2") % {"songs": SONGS}
            )
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def songs(self) -> Iterator[Any]:
        return self._objects(SONGS)

    def covers(self) -> Iterator[Any]:
        return self._objects(COVERS)

    def playlists(self) -> Iterator[Any]:
        return self._objects(PLAYLISTS)

    def recalibrations(self) -> Iterator[Any]:
        return self._objects(RECALIBRATIONS)

    def has_audio(self, song_id: str) -> bool:
        return (AUDIO, song_id) in self._files

    def audio(self, song_id: str, max_bytes: int) -> Iterator[bytes]:
        return self._blocks(self._files[AUDIO, song_id], max_bytes)

    def playable(self, song_id: str, max_bytes: int) -> Iterator[bytes] | None:
        name = self._files.get((PLAYABLE, song_id))
        return self._blocks(name, max_bytes) if name else None

    def _account(self) -> dict[str, Any]:
        if ACCOUNT not in self._members:
            raise unreadable(
                gettext("The archive has no %(account)s: it is not the export of an account") % {"account": ACCOUNT}
            )
        content = b"".join(self._blocks(ACCOUNT, MAX_ACCOUNT_BYTES))
        account = _parsed(content, ACCOUNT)
        if not isinstance(account, dict):
            raise unreadable(gettext("%(account)s has another form than expected") % {"account": ACCOUNT})
        number = account.get("format", 0)
        if not isinstance(number, int) or number > FORMAT:
            raise ProductError(
                "archive_too_new",
                gettext("The archive was made by a newer version of Countermood: upgrade this installation first."),
            )
        return account

    def _objects(self, name: str) -> Iterator[Any]:
        if name not in self._members:
            return
        for number, line in enumerate(self._lines(name), start=1):
            yield _parsed(line, gettext("line %(number)s of %(name)s") % {"number": number, "name": name})

    def _lines(self, name: str) -> Iterator[bytes]:
        rest = b""
        for block in self._blocks(name, None):
            *lines, rest = (rest + block).split(b"\n")
            yield from (line for line in lines if line)
            if len(rest) > MAX_LINE_BYTES:
                raise unreadable(
                    gettext("A line of %(name)s is longer than %(limit)s MB")
                    % {"name": name, "limit": MAX_LINE_BYTES // MEGABYTE}
                )
        if rest:
            yield rest

    def _blocks(self, name: str, max_bytes: int | None) -> Iterator[bytes]:
        """The content of a member, as far as it is there: the size that the archive states does not count."""
        member = self._members[name]
        size = 0
        try:
            with self._zip.open(member) as file:
                while block := file.read(BLOCK_BYTES):
                    size += len(block)
                    if max_bytes is not None and size > max_bytes:
                        raise unreadable(
                            gettext("%(name)s is larger than %(limit)s MB")
                            % {"name": name, "limit": max_bytes // MEGABYTE}
                        )
                    if size > FREE_BYTES and size > MAX_RATIO * max(member.compress_size, 1):
                        raise unreadable(gettext("%(name)s is compressed more than any export is") % {"name": name})
                    yield block
        except DAMAGE:
            raise unreadable(gettext("%(name)s is damaged or incomplete") % {"name": name}) from None


def unreadable(what: str) -> ProductError:
    return ProductError(
        "archive_unreadable", gettext("%(what)s: export the account again, and send that file.") % {"what": what}
    )


def _parsed(content: bytes, where: str) -> Any:
    try:
        return orjson.loads(content)
    except ValueError:
        raise unreadable(gettext("%(where)s is not JSON") % {"where": where}) from None
