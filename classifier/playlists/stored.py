"""Playlists that people keep: created, edited, deleted, and refreshed from their rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext, override

from classifier.errors import ProductError
from classifier.models import Person, Playlist, PlaylistSong, Source, WebhookEvent
from classifier.playlists.choose import ChosenSong, choose
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.sync import server_sources
from classifier.stored_texts import in_page_language
from classifier.webhooks.outbox import event_record

MAX_PLAYLISTS = 200
NAME_LENGTH, DESCRIPTION_LENGTH, REASON_LENGTH = 80, 300, 400


@dataclass(frozen=True)
class Changes:
    added: int
    removed: int


def playlist_create(
    *,
    owner: Person,
    name: str,
    rule: PlaylistRule,
    now: datetime,
    description: str = "",
    is_nightly: bool = True,
    source_id: UUID | None = None,
) -> Playlist:
    """With its songs. Raises ProductError, also where the rule chooses none because something that it names is gone."""
    if Playlist.objects.filter(owner=owner).count() >= MAX_PLAYLISTS:
        raise ProductError(
            "playlists_too_many",
            gettext("You have %(most)s playlists, which is the limit: delete one first.") % {"most": MAX_PLAYLISTS},
        )
    playlist = Playlist(owner=owner, rule=rule.checked().to_json(), created_at=now, is_nightly=is_nightly)
    playlist.name, playlist.description = _texts(name, description)
    playlist.source = _source(owner, source_id)
    chosen = _chosen(owner, rule)
    with transaction.atomic():
        _save(playlist)
        _store(playlist, chosen, now)
    return playlist


def playlist_edit(
    *,
    playlist: Playlist,
    name: str,
    rule: PlaylistRule,
    now: datetime,
    description: str = "",
    is_nightly: bool = True,
    source_id: UUID | None = None,
) -> None:
    """And refresh it. On another server it becomes a new list there; that of the earlier one stays."""
    chosen = _chosen(playlist.owner, rule)
    source = _source(playlist.owner, source_id)
    if source != playlist.source:
        playlist.server_playlist_id, playlist.synced_at, playlist.left_out = "", None, 0
    playlist.source = source
    playlist.name, playlist.description = _texts(name, description)
    playlist.rule, playlist.is_nightly = rule.checked().to_json(), is_nightly
    with transaction.atomic():
        _save(playlist)
        _store(playlist, chosen, now)


def playlist_delete(*, playlist: Playlist) -> None:
    """Its songs stay in the library, and its copy on the server."""
    Playlist.objects.filter(id=playlist.id).delete()


def playlist_refresh(*, playlist: Playlist, now: datetime, by_schedule: bool = False) -> Changes:
    """Choose its songs anew; rows of songs that stay are kept. Its copy on a server follows in a moment, by the process
    `sources`. Raises ProductError, and then changes nothing."""
    chosen = _chosen(playlist.owner, PlaylistRule.from_json(playlist.rule))
    with transaction.atomic():
        # Against another refresh of the same list.
        if not Playlist.objects.select_for_update().filter(id=playlist.id).exists():
            raise ProductError("not_found", gettext("This playlist was deleted in the meantime."), HTTPStatus.NOT_FOUND)
        return _store(playlist, chosen, now, by_schedule=by_schedule)


def _chosen(owner: Person, rule: PlaylistRule) -> list[ChosenSong]:
    """With reasons in English, as the database has them. What goes wrong is said in the language of the page."""
    try:
        with override(settings.LANGUAGE_CODE):
            return choose(owner, rule)
    except ProductError as error:
        raise ProductError(error.code, in_page_language(error.message), error.http_status) from error


def _store(playlist: Playlist, chosen: list[ChosenSong], now: datetime, *, by_schedule: bool = False) -> Changes:
    before = {entry.song_id: entry for entry in PlaylistSong.objects.filter(playlist=playlist)}
    added, changed = [], []
    for position, one in enumerate(chosen):
        reason = one.reason[:REASON_LENGTH]
        entry = before.pop(one.song.id, None)
        if entry is None:
            added.append(PlaylistSong(playlist=playlist, song=one.song, position=position, reason=reason))
        elif (entry.position, entry.reason) != (position, reason):
            entry.position, entry.reason = position, reason
            changed.append(entry)
    PlaylistSong.objects.filter(id__in=[entry.id for entry in before.values()]).delete()
    PlaylistSong.objects.bulk_update(changed, ["position", "reason"], batch_size=100)
    PlaylistSong.objects.bulk_create(added, batch_size=100)
    values: dict[str, Any] = {"refreshed_at": now, "tried_at": now, "error_code": "", "error_message": ""}
    if playlist.source_id and not by_schedule:
        values["asked_at"] = now  # for its copy on the server
    Playlist.objects.filter(id=playlist.id).update(**values)
    for name, value in values.items():
        setattr(playlist, name, value)
    if added or before:
        event_record(
            owner_id=playlist.owner_id,
            event=WebhookEvent.PLAYLIST_CHANGED,
            data=lambda: {
                "playlist": {"id": str(playlist.id), "name": playlist.name},
                "songs": len(chosen),
                "added": len(added),
                "removed": len(before),
            },
            now=now,
        )
    return Changes(len(added), len(before))


def _save(playlist: Playlist) -> None:
    try:
        with transaction.atomic():
            playlist.save()
    except IntegrityError:
        raise ProductError(
            "playlist_name_taken",
            gettext("Another playlist has the name “%(name)s”: choose another name.") % {"name": playlist.name},
            HTTPStatus.CONFLICT,
        ) from None


def _texts(name: str, description: str) -> tuple[str, str]:
    name, description = (
        " ".join("".join(one if one.isprintable() else " " for one in text).split()) for text in (name, description)
    )
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ProductError(
            "playlist_name",
            gettext("The name has %(count)s characters: use 1 to %(most)s.")
            % {"count": len(name), "most": NAME_LENGTH},
        )
    if len(description) > DESCRIPTION_LENGTH:
        raise ProductError(
            "playlist_description",
            gettext("The description has %(count)s characters; the limit is %(most)s: shorten it.")
            % {"count": len(description), "most": DESCRIPTION_LENGTH},
        )
    return name, description


def _source(owner: Person, source_id: UUID | None) -> Source | None:
    if source_id is None:
        return None
    source = next((one for one in server_sources(owner.id) if one.id == source_id), None)
    if source is None:
        raise ProductError(
            "playlist_server", gettext("There is no music server of yours with this id: choose another one.")
        )
    return source
