"""Music servers as sources: what each kind of server can do, and the server of a source."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from classifier.models import Source, SourceKind
from classifier.sources.addresses import private_networks_allowed
from classifier.sources.items import SourceItem
from classifier.sources.secrets import decrypt


@dataclass(frozen=True)
class ServerInfo:
    product: str
    """As the server names itself, such as “navidrome”."""
    version: str
    songs: int | None
    """None where the server does not say."""


@dataclass(frozen=True)
class AudioAnswer:
    """A part of a song's audio or all of it, as the server sends it."""

    status: int
    """200, 206 or 416."""
    headers: Mapping[str, str]
    """Of the body: Content-Type, Content-Length and Content-Range, where the server sends them."""
    blocks: Iterator[bytes] = field(repr=False)


def nothing() -> None:
    """What is done meanwhile, unless somebody has something to do."""


class ServerPlaylists(Protocol):
    """The playlists of an account. Raises ProductError as `Server` does."""

    def save(self, playlist_id: str, *, name: str, comment: str, keys: Sequence[str]) -> str:
        """Make a playlist hold exactly these songs, and return its identifier: the same one if the server still has it,
        otherwise, and for an empty one, that of a new playlist. `keys` is not empty."""

    def delete(self, playlist_id: str) -> None:
        """One that is not there any more is no error."""


class Server(Protocol):
    """One account on a music server.

    All methods raise ProductError: `source_unavailable` (try later), `source_refused`, `source_not_understood`,
    `source_file_missing` or `source_address_private`.
    """

    def check(self) -> ServerInfo:
        """Sign in, and ask for one song."""

    def items(self) -> Iterator[SourceItem]:
        """All songs. Where it raises in the middle, nothing is known about those that did not come."""

    def download(self, key: str, target: Path, meanwhile: Callable[[], None] = nothing) -> None:
        """Write the file of a song, unchanged. `meanwhile` is called after every block, and may raise."""

    def audio(self, key: str, byte_range: str | None = None) -> contextlib.AbstractContextManager[AudioAnswer]:
        """The file of a song, or this range of it (the header Range of HTTP)."""

    def playlists(self) -> ServerPlaylists: ...


def server_for(source: Source) -> Server:
    """The server of a source, which may be one that is not stored yet."""
    # HTTP and its libraries are loaded with the first server, so that web processes that need none stay small.
    from classifier.sources.http_session import ServerSession

    secret = decrypt(source.encrypted_secret)
    session = ServerSession(source.address, private_allowed=private_networks_allowed(source.owner))
    match source.kind:
        case SourceKind.OPENSUBSONIC:
            from classifier.sources.opensubsonic import OpenSubsonicServer

            return OpenSubsonicServer(session, source.username, secret)
        case SourceKind.JELLYFIN:
            from classifier.sources.jellyfin import JellyfinServer

            return JellyfinServer(session, source.username, secret)
        case SourceKind.PLEX:
            from classifier.sources.plex import PlexMediaServer

            return PlexMediaServer(session, secret)
    raise ValueError(f"A source of the kind {source.kind!r} has no server.")
