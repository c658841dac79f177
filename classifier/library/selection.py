"""The songs that a form of the library selects: those that were ticked, or all that match a filter."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.library.filter_fields import FIRST_DAY, LAST_DAY
from classifier.library.filter_form import NEWEST
from classifier.library.filters import LibraryFilter
from classifier.models import Song

if TYPE_CHECKING:
    from classifier.models import Person
    from classifier.querysets import SongQuerySet

MAX_TICKED = 500


@dataclass(frozen=True, kw_only=True)
class Selection:
    """`until` is the time at which the user saw the list: songs that were added later are not selected."""

    ids: tuple[uuid.UUID, ...] = ()
    everything: bool = False
    library_filter: LibraryFilter
    until: datetime

    @classmethod
    def from_form(cls, form: QueryDict, *, now: datetime) -> Self:
        library_filter = LibraryFilter(QueryDict(form.get("query", "")))
        if form.get("all"):
            return cls(
                everything=True, library_filter=library_filter.checked(), until=_time(form.get("until", "")) or now
            )
        ticked = form.getlist("song")
        if not ticked:
            raise ProductError("nothing_selected", gettext("No songs selected: select songs in the list first."))
        if len(ticked) > MAX_TICKED:
            raise ProductError(
                "ids_too_many",
                gettext(
                    "%(count)s songs are selected; the limit is %(most)s: select fewer, or all that match a filter."
                )
                % {"count": len(ticked), "most": MAX_TICKED},
            )
        try:
            ids = tuple(dict.fromkeys(uuid.UUID(text) for text in ticked))
        except ValueError:
            message = gettext("A selected song has an invalid id: reload the list and select again.")
            raise ProductError("ids_malformed", message) from None
        return cls(ids=ids, library_filter=library_filter, until=now)

    def songs(self, owner: Person) -> SongQuerySet:
        """Those of them that belong to the owner, in the order of the list."""
        songs = Song.objects.for_owner(owner)
        if self.everything:
            return self.library_filter.apply(songs).filter(created_at__lte=self.until)
        return (
            songs.filter(id__in=self.ids)
            .with_current_analysis()
            .in_order(self.library_filter.values.get("sort", NEWEST))
        )

    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields of a form that asks for confirmation."""
        query = ("query", self.library_filter.to_query())
        if self.everything:
            return [query, ("all", "yes"), ("until", self.until.isoformat())]
        return [query, *(("song", str(song_id)) for song_id in self.ids)]


def _time(text: str) -> datetime | None:
    """Within the years that filters take: in others, time zones and databases find no time."""
    try:
        time = parse_datetime(text)
    except ValueError:
        return None
    if time is None or not FIRST_DAY < time.date() < LAST_DAY:
        return None
    return time if timezone.is_aware(time) else timezone.make_aware(time)
