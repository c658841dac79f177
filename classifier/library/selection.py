"""The songs that a form of the library means: those that were ticked, or all that a filter matches."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from classifier.errors import ProductError
from classifier.library.filters import NEWEST, LibraryFilter
from classifier.models import Song

if TYPE_CHECKING:
    from classifier.models import Person
    from classifier.querysets import SongQuerySet

MOST_TICKED = 500


@dataclass(frozen=True, kw_only=True)
class Selection:
    """`until` is the moment at which the person saw the list: a song that comes later is not meant, whatever it is."""

    ids: tuple[uuid.UUID, ...] = ()
    everything: bool = False
    library_filter: LibraryFilter
    until: datetime

    @classmethod
    def from_form(cls, form: QueryDict, *, now: datetime) -> Self:
        library_filter = LibraryFilter(QueryDict(form.get("query", "")))
        if form.get("all"):
            return cls(
                everything=True, library_filter=library_filter.checked(), until=_moment(form.get("until", "")) or now
            )
        ticked = form.getlist("song")
        if not ticked:
            raise ProductError("nothing_selected", "No song is selected: tick some in the list, then choose again.")
        if len(ticked) > MOST_TICKED:
            raise ProductError(
                "ids_too_many",
                f"{len(ticked)} songs are ticked, and at most {MOST_TICKED} are allowed: "
                "tick fewer, or select all that match a filter.",
            )
        try:
            ids = tuple(dict.fromkeys(uuid.UUID(text) for text in ticked))
        except ValueError:
            raise ProductError("ids_malformed", "A ticked song has no id: open the list again and tick anew.") from None
        return cls(ids=ids, library_filter=library_filter, until=now)

    def songs(self, owner: Person) -> SongQuerySet:
        """The owner's of them, in the order of the list."""
        songs = Song.objects.for_owner(owner)
        if self.everything:
            return self.library_filter.apply(songs).filter(created_at__lte=self.until)
        return (
            songs.filter(id__in=self.ids)
            .with_current_analysis()
            .in_order(self.library_filter.values.get("sort", NEWEST))
        )

    def fields(self) -> list[tuple[str, str]]:
        """What a form that asks once more carries on."""
        query = ("query", self.library_filter.to_query())
        if self.everything:
            return [query, ("all", "yes"), ("until", self.until.isoformat())]
        return [query, *(("song", str(song_id)) for song_id in self.ids)]


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is None or timezone.is_aware(moment) else timezone.make_aware(moment)
