"""Copies of one recording: songs of one owner that have the same `recording`.

Lists show one of them. The column `is_copy` marks the others, so that a list needs no comparison of rows: it is written
here, whenever a song is analysed, renamed, deleted or restored.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, cast

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from classifier.fields import uuid7
from classifier.models import Analysis, Person, Song
from classifier.recordings.similarity import MAX_DURATION_DIFFERENCE_S, Sound, is_same_recording

MOST_COMPARED = 5000
"""Songs of nearly the same length. In a library of 100,000 songs there are some hundred."""
BATCH_SIZE = 500
NAMES = ("sort_artist", "sort_album", "sort_album_artist")
MEMBER = ("id", "owner_id", "recording", "is_copy", "verdict", "created_at", *NAMES)


def recording_assign(*, song_id: uuid.UUID, features: Mapping[str, float]) -> None:
    """Compare a song that has just been analysed with the other songs of its owner."""
    with transaction.atomic():
        song = Song.objects.filter(id=song_id).values("owner_id", "duration_s", "recording").first()
        if song is None:
            return
        # Two workers may have two copies at the same time: the second waits here, and finds the first.
        Person.objects.select_for_update(no_key=True).filter(pk=song["owner_id"]).values_list("pk", flat=True).first()
        sound = Sound.of(song["duration_s"] or 0.0, features)
        Song.objects.filter(id=song_id).update(sound=sound.to_bytes() if sound else b"", recording=None, is_copy=False)
        same = list(_same_recording(song_id, song["owner_id"], sound)) if sound else []
        changed = {recording for _, recording in same if recording}
        if same:
            recording = min(changed, default=None) or uuid7()
            joined = Song.objects.filter(owner_id=song["owner_id"], recording__in=changed)
            joined.update(recording=recording)
            Song.objects.filter(id__in=[song_id, *(other for other, _ in same)]).update(recording=recording)
            changed.add(recording)
        copies_choose({*changed, song["recording"]} - {None})


def copies_choose(recordings: Collection[uuid.UUID | None]) -> None:
    """Decide which songs of these recordings lists show. In a transaction that has changed some of them."""
    wanted = [recording for recording in recordings if recording]
    if not wanted:
        return
    songs = Song.objects.filter(recording__in=wanted)
    members: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for member in songs.out_of_bin().values(*MEMBER):
        members[member["owner_id"], member["recording"]].append(member)
    shown: list[uuid.UUID] = []
    hidden: list[uuid.UUID] = []
    for group in members.values():
        first: list[dict[str, Any]] = []
        for member in sorted(group, key=_rank):
            is_copy = any(_stands_for(other, member) for other in first)
            if not is_copy:
                first.append(member)
            if is_copy != member["is_copy"]:
                (hidden if is_copy else shown).append(member["id"])
    Song.objects.filter(id__in=shown).update(is_copy=False)
    Song.objects.filter(id__in=hidden).update(is_copy=True)


def recordings_of(song_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those that have copies."""
    found = Song.objects.filter(id__in=song_ids, recording__isnull=False)
    return {recording for recording in found.values_list("recording", flat=True) if recording}


def copy_counts(songs: Iterable[Song]) -> dict[uuid.UUID | None, int]:
    """How many copies there are of the recordings among these songs. No query where there is none."""
    listed = {song.recording: song.owner_id for song in songs if song.recording}
    if not listed:
        return {}
    copies = Song.objects.out_of_bin().filter(recording__in=listed, owner_id__in=set(listed.values()))
    counted = copies.order_by().values_list("recording").annotate(number=Count("*"))
    return dict(counted)


def other_copies(song: Song) -> list[Song]:
    """The other songs of the same recording and owner, out of the bin."""
    if not song.recording:
        return []
    copies = Song.objects.out_of_bin().filter(recording=song.recording, owner_id=song.owner_id)
    return list(copies.exclude(id=song.id).order_by("created_at", "id").with_analysis()[:BATCH_SIZE])


def hidden_copies_show() -> int:
    """Show copies whose recording has no song any more that is shown: the end of whatever deleted that one has missed.
    Returns the number of recordings."""
    shown = Song.objects.out_of_bin().filter(recording=OuterRef("recording"), owner=OuterRef("owner"), is_copy=False)
    alone = Song.objects.out_of_bin().filter(~Exists(shown), is_copy=True)
    recordings = set(alone.order_by().values_list("recording", flat=True).distinct()[:BATCH_SIZE])
    if recordings:
        with transaction.atomic():
            copies_choose(recordings)
    return len(recordings)


def recordings_backfill() -> Iterator[int]:
    """Compare songs that were analysed before there was this comparison. Yields the number of songs of each batch.

    It can be stopped at any time and be run again: it finds what is left.
    """
    analyses = Analysis.objects.current().filter(song__sound=None, song__duration_s__isnull=False)
    rows = analyses.order_by("song_id").values_list("song_id", "detail__answer")
    after = uuid.UUID(int=0)
    while batch := list(rows.filter(song_id__gt=after)[:BATCH_SIZE]):
        for after, answer in batch:
            recording_assign(song_id=after, features=cast("dict[str, Any]", answer)["features"])
        yield len(batch)


def _same_recording(song_id: uuid.UUID, owner_id: int, sound: Sound) -> Iterator[tuple[uuid.UUID, uuid.UUID | None]]:
    near = (sound.duration_s - MAX_DURATION_DIFFERENCE_S, sound.duration_s + MAX_DURATION_DIFFERENCE_S)
    others = Song.objects.filter(owner_id=owner_id, duration_s__range=near, sound__isnull=False).exclude(id=song_id)
    rows = others.order_by().values_list("id", "recording", "duration_s", "sound")
    for other_id, recording, duration_s, data in rows[:MOST_COMPARED]:
        other = Sound.from_bytes(duration_s or 0.0, bytes(data or b""))
        if other is not None and is_same_recording(sound, other):
            yield other_id, recording


def _rank(member: Mapping[str, Any]) -> tuple[Any, ...]:
    """The least is shown: one that the owner has judged, then one with an album and an artist, then the oldest."""
    unnamed = not member["sort_album"], not member["sort_artist"]
    return not member["verdict"], *unnamed, member["created_at"], member["id"]


def _stands_for(shown: Mapping[str, Any], member: Mapping[str, Any]) -> bool:
    """Whether nothing is missing where only the other one is shown. It stays on the page of its artist and its album,
    if these are others: a song is often on a compilation too."""
    names = itemgetter(*NAMES)
    if names(shown) == names(member):
        return True
    return not member["sort_album"] and member["sort_artist"] in ("", shown["sort_artist"])
