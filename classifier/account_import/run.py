"""Imports an archive of an account into the library of a user. Imports can be repeated: what exists stays unchanged."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.account_import.archive_reading import AccountArchive
from classifier.account_import.checked_values import CheckedSong, checked_song, malformed
from classifier.account_import.recalibrations import recalibrations_check, recalibrations_import
from classifier.account_import.song_import import Outcome, song_import
from classifier.errors import ProductError
from classifier.jobs.covers import PreparedCover, cover_store
from classifier.library.saved_filters import filter_save
from classifier.localized import grouped
from classifier.ml_gateway import MoodError
from classifier.models import Person, Playlist, PlaylistSong, SavedFilter, Source, SourceKind
from classifier.playlists.rule import PlaylistRule
from classifier.services.song_bin import bin_trim
from classifier.services.source_add import source_add
from classifier.vocabularies.stored import vocabulary_apply_again, vocabulary_save

MAX_PROBLEMS = 200
MAX_COVER_BYTES = 2_000_000
MAX_LISTED = 1000


@dataclass
class ImportReport:
    songs: Counter[str] = field(default_factory=Counter)
    """How many songs had each `Outcome`, or the code of an error."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Names and sentences of at most `MAX_PROBLEMS` songs, filters and playlists that are not here."""
    filters: int = 0
    playlists: int = 0
    sources: int = 0
    sources_left: list[tuple[str, str]] = field(default_factory=list)
    """Names and addresses of sources that the person has to add: their folder is not here, or they need a password."""

    @property
    def failed(self) -> int:
        return sum(count for name, count in self.songs.items() if name not in set(Outcome))

    def problem(self, name: str, error: ProductError | MoodError) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append((name, error.message))


def account_import(
    *,
    owner: Person,
    stream: IO[bytes],
    now: datetime,
    max_songs: int | None = None,
    on_progress: Callable[[ImportReport], None] = lambda report: None,
) -> ImportReport:
    """Reads the whole archive first, and changes nothing if any of it is wrong. Then each song is imported in a
    transaction of its own, so that one over the quota does not stop the others.

    Raises ProductError: archive_unreadable, archive_malformed, archive_too_new, archive_too_long.
    """
    with AccountArchive(stream) as archive:
        _check_all(archive, now, max_songs)
        report = ImportReport()
        covers = _covers(owner, archive)
        new_ids: dict[str, UUID] = {}
        for value in archive.songs():
            song = checked_song(value, now=now)
            _song(owner, song, archive, covers, new_ids, report, now)
            on_progress(report)
        bin_trim(owner=owner)
        _vocabulary(owner, archive.account, report, now)
        new_filters = _filters(owner, archive.account, report, now)
        for value in archive.playlists():
            _playlist(owner, value, new_ids, new_filters, report, now)
        _sources(owner, archive.account, report, now)
        recalibrations_import(owner=owner, values=archive.recalibrations(), now=now)
        return report


def _check_all(archive: AccountArchive, now: datetime, max_songs: int | None) -> None:
    for songs, value in enumerate(archive.songs(), start=1):
        checked_song(value, now=now)
        if max_songs is not None and songs > max_songs:
            raise ProductError(
                "archive_too_long",
                gettext(
                    "The archive has more than %(most)s songs, which take too long for a page: ask the owner to "
                    "import it with manage.py import_account."
                )
                % {"most": grouped(max_songs)},
            )
    for value in archive.covers():
        _cover_bytes(value)
    recalibrations_check(archive.recalibrations(), now)
    for value in archive.playlists():
        if not isinstance(value, dict) or not isinstance(value.get("songs"), list):
            raise malformed("A playlist has no songs")


def _song(
    owner: Person,
    song: CheckedSong,
    archive: AccountArchive,
    covers: Mapping[str, UUID],
    new_ids: dict[str, UUID],
    report: ImportReport,
    now: datetime,
) -> None:
    try:
        outcome, song_id = song_import(owner=owner, song=song, archive=archive, covers=covers, now=now)
    except (ProductError, MoodError) as error:
        report.songs[error.code] += 1
        report.problem(song.columns["title"] or song.columns["file_name"], error)
        return
    report.songs[outcome.value] += 1
    if song_id is not None:
        new_ids[song.old_id] = song_id


def _cover_bytes(value: Any) -> tuple[str, bytes]:
    try:
        image = base64.b64decode(value["image"], validate=True)
        sha256 = str(value["sha256"])
    except (TypeError, KeyError, ValueError):
        raise malformed("A cover is not a picture in Base64") from None
    if len(image) > MAX_COVER_BYTES or len(sha256) != hashlib.sha256().digest_size * 2:
        raise malformed("A cover is too large, or has no checksum")
    return sha256, image


def _covers(owner: Person, archive: AccountArchive) -> dict[str, UUID]:
    """The rows of the covers by the checksum of the original picture. Each is decoded and encoded again."""
    covers = {}
    for value in archive.covers():
        sha256, image = _cover_bytes(value)
        sizes = ml_gateway.cover_sizes(image)
        if sizes is None:
            continue
        with transaction.atomic():
            cover_id = cover_store(owner_id=owner.pk, cover=PreparedCover(sha256, sizes))
        if cover_id is not None:
            covers[sha256] = cover_id
    return covers


def _vocabulary(owner: Person, account: Mapping[str, Any], report: ImportReport, now: datetime) -> None:
    """That of the archive, unless the person has one. Either way, songs that were imported get its names."""
    content = account.get("vocabulary")
    if owner.vocabulary_version:
        vocabulary_apply_again(owner)
    elif content:
        try:
            vocabulary_save(person=owner, content=content, now=now)
        except MoodError as error:
            report.problem("vocabulary", error)


def _filters(owner: Person, account: Mapping[str, Any], report: ImportReport, now: datetime) -> dict[Any, int]:
    """The ids of the saved filters here by those of the archive. A filter of the same name stays as it is."""
    ids: dict[Any, int] = {}
    for one in _dicts(account.get("saved_filters")):
        name, query = str(one.get("name", ""))[:200], str(one.get("query", ""))
        known = SavedFilter.objects.for_owner(owner).filter(name=name).first()
        try:
            saved = known or filter_save(owner=owner, name=name, query=query, now=now)
        except ProductError as error:
            report.problem(name, error)
            continue
        report.filters += known is None
        ids[one.get("id")] = saved.id
    return ids


def _playlist(
    owner: Person,
    value: Mapping[str, Any],
    new_ids: Mapping[str, UUID],
    new_filters: Mapping[Any, int],
    report: ImportReport,
    now: datetime,
) -> None:
    """A playlist of the same name stays as it is."""
    name = " ".join(str(value.get("name", "")).split())[:80]
    try:
        rule = PlaylistRule.from_json(_translated(value.get("rule"), new_ids, new_filters)).to_json()
        if not name:
            raise malformed("A playlist has no name")
    except ProductError as error:
        report.problem(name, error)
        return
    songs: dict[UUID, str] = {}
    for one in _dicts(value["songs"]):
        song_id = new_ids.get(str(one.get("id")))
        if song_id is not None:
            songs.setdefault(song_id, str(one.get("reason", ""))[:400])
    try:
        with transaction.atomic():
            playlist = Playlist.objects.create(
                owner=owner,
                name=name,
                description=str(value.get("description", ""))[:300],
                rule=rule,
                is_nightly=value.get("is_nightly") is True,
                created_at=now,
            )
            PlaylistSong.objects.bulk_create(
                PlaylistSong(playlist=playlist, song_id=song_id, position=position, reason=reason)
                for position, (song_id, reason) in enumerate(songs.items())
            )
    except IntegrityError:
        return
    report.playlists += 1


def _translated(rule: Any, new_ids: Mapping[str, UUID], new_filters: Mapping[Any, int]) -> Any:
    """The rule with the ids of this installation. Songs that are not here are left out."""
    if not isinstance(rule, dict):
        return rule
    rule = dict(rule)
    for name in ("song_ids", "seeds"):
        if isinstance(rule.get(name), list):
            rule[name] = [str(new_ids[one]) for one in map(str, rule[name]) if one in new_ids]
    for name in ("start", "end"):
        end = rule.get(name)
        if isinstance(end, dict) and "song" in end:
            rule[name] = {"song": str(new_ids.get(str(end["song"]), end["song"]))}
    if rule.get("saved_filter") is not None:
        rule["saved_filter"] = new_filters.get(rule["saved_filter"])
    return rule


def _sources(owner: Person, account: Mapping[str, Any], report: ImportReport, now: datetime) -> None:
    """Folders that are here too. Music servers need a password, which the archive does not have."""
    for one in _dicts(account.get("sources")):
        name, address, kind = (str(one.get(key, ""))[:1000] for key in ("name", "address", "kind"))
        if Source.objects.filter(owner=owner, kind=kind, address=address).exists():
            continue
        try:
            if kind != SourceKind.FOLDER:
                raise malformed("A music server needs a password")
            source = source_add(owner=owner, kind=kind, name=name, address=address, now=now)
        except ProductError:
            report.sources_left.append((name[:80], address))
            continue
        Source.objects.filter(id=source.id).update(**_pace(one))
        report.sources += 1


def _pace(source: Mapping[str, Any]) -> dict[str, Any]:
    """Pause, hours and share, as far as they are valid."""
    pace: dict[str, Any] = {"is_paused": source.get("is_paused") is True}
    for name, least, most in (("hours_from", 0, 23), ("hours_to", 0, 23), ("share", 1, 100)):
        value = source.get(name)
        if isinstance(value, int) and least <= value <= most:
            pace[name] = value
    return pace


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value[:MAX_LISTED] if isinstance(one, dict)] if isinstance(value, list) else []
