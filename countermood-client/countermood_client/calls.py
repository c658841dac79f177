"""The requests of the API, without a connection: the clients send them, with threads or with an event loop."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar, cast

from countermood_client.resources import (
    CorrectionReport,
    Delivery,
    Job,
    LinkResults,
    Page,
    Playlist,
    PlaylistEntry,
    Scan,
    Song,
    Source,
    Webhook,
    WebhookWithSecret,
)

Answer = TypeVar("Answer")

Value = str | int | float | bool | None
OnProgress = Callable[[int, int], None]
"""Is called with the bytes that are sent, and those of the whole file."""

FORMATS = (
    "csv", "jsonl", "parquet", "segments.csv", "segments.jsonl", "segments.parquet", "spotify.csv",
    "acousticbrainz.jsonl",
)  # fmt: skip
"""Of an export."""
LINK_TIMEOUT_S = 330.0
"""Longer than links may take on the server."""
PLAYLIST_FORMATS = ("m3u8", "nsp", "jspf", "csv")


@dataclass(frozen=True)
class Call(Generic[Answer]):
    method: str
    path: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    file: Path | None = None
    on_progress: OnProgress | None = None
    table: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float | None = None
    is_repeatable: bool = True
    """Whether it may be sent again where its answer was lost."""

    def options(self) -> dict[str, Any]:
        """Keyword arguments for httpx, made anew for each attempt; `close` has to follow."""
        options: dict[str, Any] = {"headers": dict(self.headers)}
        # Even an empty dictionary would replace the query that is part of the path.
        if parameters := {name: value for name, value in self.parameters.items() if value is not None}:
            options["params"] = parameters
        if self.body is not None:
            options["json"] = dict(self.body)
        if self.file is not None:
            options["files"] = {"file": (self.file.name, _opened(self.file, self.on_progress))}
        if self.table is not None:
            options["content"] = self.table.read_bytes()
        if self.timeout_s is not None:
            options["timeout"] = self.timeout_s
        return options


def close(options: Mapping[str, Any]) -> None:
    for _, file in options.get("files", {}).values():
        file.close()


def songs(**filters: Value) -> Call[Page[Song]]:
    """All songs that match the filters of the API, such as `mood="sad"`, page by page."""
    return Call("GET", "/api/v1/songs/", filters)


def song(song_id: str) -> Call[Song]:
    return Call("GET", f"/api/v1/songs/{_id(song_id)}/")


def update(song_id: str, **changes: Any) -> Call[Song]:
    """Change names (`title`, `artist`, `album`, …), or state your verdict: `actual_mood={"primary": "sad"}`."""
    return Call("PATCH", f"/api/v1/songs/{_id(song_id)}/", body=changes)


def delete(song_id: str, *, permanent: bool = False) -> Call[None]:
    """Into the bin, or permanently."""
    return Call("DELETE", f"/api/v1/songs/{_id(song_id)}/", {"bin": "no" if permanent else "yes"})


def upload(path: Path, *, on_progress: OnProgress | None = None) -> Call[Song]:
    """A song that the server has already is not stored again. Its analysis runs in the background: see `wait`."""
    return Call("POST", "/api/v1/songs/", file=path, on_progress=on_progress, headers=_once())


def add_links(*links: str) -> Call[LinkResults]:
    """Songs from up to ten links to audio files, which the server downloads before it answers."""
    return Call("POST", "/api/v1/songs/links/", body={"links": links}, headers=_once(), timeout_s=LINK_TIMEOUT_S)


def job(song_id: str) -> Call[Job]:
    return Call("GET", f"/api/v1/jobs/{_id(song_id)}/")


def export(kind: str, **filters: Value) -> Call[bytes]:
    """The parts of a file with all songs that match the filters, as they arrive. `calls.FORMATS` are the kinds."""
    return Call("GET", f"/api/v1/exports/{_one_of(FORMATS, kind)}/", filters)


def export_account(*, audio: bool = False) -> Call[bytes]:
    """The parts of an archive with everything that the server has about you. The token needs the scope `admin`."""
    return Call("GET", "/api/v1/account/export/", {"audio": "yes" if audio else "no"})


def import_corrections(path: Path, *, dry_run: bool = False, strict: bool = False) -> Call[CorrectionReport]:
    """State the moods of a table, such as an export in CSV. With `dry_run`, it is only told what would change; with
    `strict`, nothing changes if any row has a problem."""
    query = {name: "yes" if value else "no" for name, value in (("dry_run", dry_run), ("strict", strict))}
    return Call("POST", "/api/v1/corrections/", query, table=path, headers={"Content-Type": "text/csv"})


def sources() -> Call[Page[Source]]:
    return Call("GET", "/api/v1/sources/")


def scan(source_id: str) -> Call[Scan]:
    return Call("POST", f"/api/v1/sources/{_id(source_id)}/scan/", headers=_once())


def playlists() -> Call[Page[Playlist]]:
    return Call("GET", "/api/v1/playlists/")


def create_playlist(name: str, rule: Mapping[str, Any]) -> Call[Playlist]:
    """By a rule as the API has it, such as `{"order": "mixture", "weights": {"sad": 1, "tender": 1}}`."""
    return Call("POST", "/api/v1/playlists/", body={"name": name, "rule": dict(rule)}, headers=_once())


def refresh_playlist(playlist_id: str) -> Call[dict[str, int]]:
    """Choose its songs again. Tells how many were `added` and `removed`."""
    return Call("POST", f"/api/v1/playlists/{_id(playlist_id)}/refresh/")


def playlist_songs(playlist_id: str) -> Call[Page[PlaylistEntry]]:
    return Call("GET", f"/api/v1/playlists/{_id(playlist_id)}/songs/")


def playlist_file(playlist_id: str, kind: str = "m3u8") -> Call[bytes]:
    """A playlist as a file for other programs. `calls.PLAYLIST_FORMATS` are the kinds."""
    return Call("GET", f"/api/v1/playlists/{_id(playlist_id)}/export/{_one_of(PLAYLIST_FORMATS, kind)}/")


def webhooks() -> Call[Page[Webhook]]:
    return Call("GET", "/api/v1/webhooks/")


def webhook(webhook_id: str) -> Call[Webhook]:
    return Call("GET", f"/api/v1/webhooks/{_id(webhook_id)}/")


def add_webhook(url: str, *events: str) -> Call[WebhookWithSecret]:
    """For events such as `song.done`. The `secret`, which is told once, checks signatures. It needs, as every change of
    webhooks does, a token with the scope `admin`."""
    return Call("POST", "/api/v1/webhooks/", body={"url": url, "events": events}, is_repeatable=False)


def update_webhook(webhook_id: str, **changes: Any) -> Call[Webhook]:
    """Its `url`, its `events`, or whether it `is_active`."""
    return Call("PATCH", f"/api/v1/webhooks/{_id(webhook_id)}/", body=changes)


def delete_webhook(webhook_id: str) -> Call[None]:
    return Call("DELETE", f"/api/v1/webhooks/{_id(webhook_id)}/")


def change_webhook_secret(webhook_id: str) -> Call[WebhookWithSecret]:
    """The previous one signs too for a day."""
    return Call("POST", f"/api/v1/webhooks/{_id(webhook_id)}/secret/", is_repeatable=False)


def test_webhook(webhook_id: str) -> Call[Delivery]:
    """Send the event `webhook.test`."""
    return Call("POST", f"/api/v1/webhooks/{_id(webhook_id)}/test/", headers=_once())


def deliveries(webhook_id: str, *, status: str | None = None) -> Call[Page[Delivery]]:
    """Messages of the last week, the newest first: those that are `pending`, `delivered` or `failed`."""
    return Call("GET", f"/api/v1/webhooks/{_id(webhook_id)}/deliveries/", {"status": status})


def send_again(webhook_id: str, delivery_id: str) -> Call[Delivery]:
    return Call("POST", f"/api/v1/webhooks/{_id(webhook_id)}/deliveries/{_id(delivery_id)}/again/")


def following(page: Page[Any]) -> Call[Page[Any]] | None:
    # `next` is a path of this server.
    return Call("GET", page["next"]) if page["next"] is not None else None


def checked_url(url: str) -> str:
    """Raises ValueError."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"The address of the server begins with http:// or https://, unlike “{url}”.")
    return url


def _once() -> dict[str, str]:
    """Sent again with the same key, a request is carried out once."""
    return {"Idempotency-Key": str(uuid.uuid4())}


def _one_of(formats: tuple[str, ...], kind: str) -> str:
    if kind not in formats:
        raise ValueError(f"The format must be one of {', '.join(formats)}.")
    return kind


def _id(text: str) -> str:
    """A valid identifier, so that no other text becomes part of an address. Raises ValueError."""
    return str(uuid.UUID(str(text)))


def _opened(path: Path, on_progress: OnProgress | None) -> BinaryIO:
    file = path.open("rb")
    if on_progress is None:
        return file
    return cast(BinaryIO, _Progress(file, path.stat().st_size, on_progress))


class _Progress:
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, size: int, on_progress: OnProgress) -> None:
        self._file, self._size, self._on_progress = file, size, on_progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._on_progress(min(self._file.tell(), self._size), self._size)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
