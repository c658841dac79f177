"""Delete an account, with its songs or leaving them to somebody else."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import HttpRequest

from classifier.accounts.people import an_owner_stays, require_owner
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.sessions import sessions_end
from classifier.errors import ProductError
from classifier.models import Person, ResumableUpload, Song
from classifier.services.bulk import BATCH_SIZE, songs_delete
from classifier.uploads.partial_files import resumable_upload_delete

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
        raise ProductError("songs_unowned", "Only an owner of the installation can keep the songs of an account.")
    with an_owner_stays(person):
        Person.objects.filter(id=person.id).update(is_active=False, is_superuser=False)
    sessions_end(person=person, keep=None)
    for upload in ResumableUpload.objects.for_owner(person):
        resumable_upload_delete(upload=upload)
    kept = _songs_move(person, by) if songs == KEEP and by is not None else 0
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


def _songs_move(person: Person, new_owner: Person) -> int:
    """All but the files that the new owner has already. A song that is analysed meanwhile goes on."""
    had = Song.objects.for_owner(new_owner).values("sha256")
    moved = 0
    while ids := list(Song.objects.for_owner(person).exclude(sha256__in=had).values_list("id", flat=True)[:BATCH_SIZE]):
        moved += Song.objects.filter(id__in=ids, owner=person).update(owner=new_owner)
    return moved


def _song_ids(person: Person) -> list[uuid.UUID]:
    return list(Song.objects.for_owner(person).values_list("id", flat=True)[:BATCH_SIZE])
