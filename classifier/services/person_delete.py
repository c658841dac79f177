"""Delete an account, with its songs, or giving them to another user."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext

from classifier.accounts.people import an_owner_stays, require_owner
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.sessions import sessions_end
from classifier.errors import ProductError
from classifier.models import Person, ResumableUpload, Song, SongLocation, Source, TagJob
from classifier.recordings.copies import copies_choose, recordings_of
from classifier.uploads.partial_files import resumable_upload_delete
from classifier.uploads.song_deletion import BATCH_SIZE, songs_delete

DELETE, KEEP = "delete", "keep"


def person_delete(
    *, person: Person, songs: str, now: datetime, by: Person | None = None, request: HttpRequest | None = None
) -> int:
    """By an owner, or by the person if `by` is None. With `keep` the songs become those of `by`.

    Returns how many songs were kept. The account is deactivated first, so that nothing is added meanwhile; if the
    process dies midway, the rest can be deleted again.
    """
    if by is not None:
        require_owner(by)
    elif songs == KEEP:
        raise ProductError(
            "songs_unowned", gettext("Only an owner of the installation can keep the songs of an account.")
        )
    with an_owner_stays(person):
        Person.objects.filter(id=person.id).update(is_active=False, is_superuser=False)
    sessions_end(person=person, keep=None)
    for upload in ResumableUpload.objects.for_owner(person):
        resumable_upload_delete(upload=upload)
    kept = 0
    if songs == KEEP and by is not None:
        _sources_move(person, by)
        kept = _songs_move(person, by)
    deleted = 0
    while ids := _song_ids(person):
        deleted += songs_delete(ids=ids)
    name = person.username
    Person.objects.filter(id=person.id).delete()
    # Without the account itself, which no longer exists.
    gone = Person(username=name)
    record_event(
        Kind.ACCOUNT_DELETED, gone, request, by=by or gone, songs_deleted=deleted or None, songs_kept=kept or None
    )
    return kept


def _sources_move(person: Person, new_owner: Person) -> None:
    """All but those that the new owner has too: their songs are found there. A scan that runs goes on."""
    for source in Source.objects.filter(owner=person):
        same = Source.objects.filter(
            owner=new_owner, kind=source.kind, address=source.address, username=source.username
        )
        if not same.exists():
            Source.objects.filter(id=source.id).update(owner=new_owner)
            TagJob.objects.filter(source=source).update(owner=new_owner)  # so that what was written can be undone
            _places_give(source, new_owner)


def _places_give(source: Source, new_owner: Person) -> None:
    """Where the new owner has the same file, that song gets the place of the other one, which will be deleted."""
    read = SongLocation.objects.filter(source=source).exclude(song__sha256="").exclude(song=None)
    own = Song.objects.for_owner(new_owner).filter(sha256=OuterRef("song__sha256")).values("id")[:1]
    both = read.annotate(own_song=Subquery(own)).exclude(own_song=None).values_list("id", "own_song")
    for location_id, song_id in both.iterator(chunk_size=BATCH_SIZE):
        SongLocation.objects.filter(id=location_id).update(song_id=song_id)


def _songs_move(person: Person, new_owner: Person) -> int:
    """All but those in the bin and the files that the new owner has. A song that is analysed meanwhile goes on."""
    # Empty until a song of a source is read: such songs are not the same.
    had = Song.objects.stored_by(new_owner).exclude(sha256="").values("sha256")
    moved = 0
    while ids := list(Song.objects.for_owner(person).exclude(sha256__in=had).values_list("id", flat=True)[:BATCH_SIZE]):
        with transaction.atomic():
            moved += Song.objects.filter(id__in=ids, owner=person).update(owner=new_owner)
            copies_choose(recordings_of(ids))
    return moved


def _song_ids(person: Person) -> list[uuid.UUID]:
    return list(Song.objects.stored_by(person).values_list("id", flat=True)[:BATCH_SIZE])
