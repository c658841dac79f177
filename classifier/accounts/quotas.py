"""Quotas: how many songs and bytes a user may store, and how many minutes of music may be analysed for them in a day.

The settings hold for everybody, unless the owner of the installation gives a user other limits. 0 is no limit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db.models import Case, Count, F, FloatField, Q, Sum, Value, When
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from classifier.accounts.security_log import record_event
from classifier.errors import ProductError
from classifier.localized import grouped, songs_text
from classifier.models import SERVED_QUEUES, AnalysedMusic, Person, Quota, ResumableUpload, SecurityEvent, Song
from classifier.querysets import SongQuerySet

MEGABYTE = 1_000_000
MAX_LIMIT = 2_000_000_000
# Of songs that are not decoded yet: bytes of a minute of music, by file type. Afterwards their duration counts.
BYTES_A_MINUTE = {
    (".wav", ".aif", ".aiff", ".dsf", ".dff"): 10_600_000,
    (".flac", ".ape", ".wv", ".tta"): 6_000_000,
}
OTHER_BYTES_A_MINUTE = 1_500_000


@dataclass(frozen=True)
class Usage:
    songs: int = 0
    bytes: int = 0
    minutes_today: float = 0.0
    """Music that was analysed today, and an estimate of that which waits."""
    bin_songs: int = 0
    bin_bytes: int = 0
    """Not in `songs` and `bytes`, and no part of the quota: what is too much leaves the bin (`song_bin.bin_trim`)."""
    references: int = 0
    """Of `songs`, those in folders and on music servers. They store nothing here."""

    @property
    def megabytes(self) -> float:
        return self.bytes / MEGABYTE


@dataclass(frozen=True)
class Limits:
    """0 is no limit."""

    songs: int = 0
    megabytes: int = 0
    minutes_a_day: int = 0

    def __bool__(self) -> bool:
        return bool(self.songs or self.megabytes or self.minutes_a_day)


@dataclass(frozen=True)
class PersonUsage:
    """One line of the owner's table."""

    person: Person
    usage: Usage
    limits: Limits
    own: Quota | None
    """The limits that the owner set for this user."""


def stored_here(songs: SongQuerySet) -> SongQuerySet:
    """Those that take room on this server: a song of a folder or a music server stays where it is."""
    return songs.exclude(file="")


def default_limits() -> Limits:
    return Limits(settings.QUOTA_SONGS, settings.QUOTA_MB, settings.QUOTA_MINUTES_A_DAY)


def limits_of(person: Person) -> Limits:
    return _limits(Quota.objects.filter(owner=person).first())


def usage(person: Person, *, now: datetime | None = None) -> Usage:
    songs = Song.objects.for_owner(person).count()
    stored = stored_here(Song.objects.stored_by(person)).aggregate(bytes=Coalesce(Sum("size_bytes"), 0))["bytes"]
    binned = Song.objects.stored_by(person).in_bin().aggregate(songs=Count("*"), bytes=Coalesce(_bytes_here(), 0))
    today = AnalysedMusic.objects.filter(owner=person, day=_day(now)).values_list("seconds", flat=True).first()
    minutes = sum(
        waiting.filter(owner=person).aggregate(minutes=Sum(_estimated_minutes()))["minutes"] or 0.0
        for waiting in _unfinished()
    )
    return Usage(
        songs=songs,
        bytes=stored - binned["bytes"],
        minutes_today=(today or 0.0) / 60 + minutes,
        bin_songs=binned["songs"],
        bin_bytes=binned["bytes"],
    )


def usage_by_person(*, now: datetime | None = None) -> list[PersonUsage]:
    """Of every user, the largest first; in six queries. Those of all songs read an index, and no rows."""
    every = Song.objects.order_by()
    listed = every.out_of_bin().values("owner_id").annotate(songs=Count("*"))
    songs_of = dict(listed.values_list("owner_id", "songs"))
    stored = stored_here(every).values("owner_id").annotate(songs=Count("*"), bytes=Sum("size_bytes"))
    stored_of = {row["owner_id"]: Counter(row) for row in stored}
    bins = every.in_bin().values("owner_id")
    bins = bins.annotate(songs=Count("*"), here=Count("pk", filter=~Q(file="")), bytes=Coalesce(_bytes_here(), 0))
    bin_of = {row["owner_id"]: Counter(row) for row in bins}
    music = dict(AnalysedMusic.objects.filter(day=_day(now)).values_list("owner_id", "seconds"))
    waiting: dict[int, float] = defaultdict(float)
    queued, running = _unfinished()
    rows = queued.order_by().values("owner_id").annotate(minutes=Sum(_estimated_minutes()))
    waiting.update(dict(rows.values_list("owner_id", "minutes")))
    # Not grouped, or SQLite reads all songs in the order of their owners. There are as many as workers.
    for song in running.annotate(minutes=_estimated_minutes()).values("owner_id", "minutes"):
        waiting[song["owner_id"]] += song["minutes"]
    people = [
        PersonUsage(
            person=person,
            usage=_usage(
                songs_of.get(person.pk, 0),
                stored_of.get(person.pk, Counter()),
                bin_of.get(person.pk, Counter()),
                music.get(person.pk, 0.0) / 60 + waiting[person.pk],
            ),
            limits=_limits(_own_quota(person)),
            own=_own_quota(person),
        )
        for person in Person.objects.select_related("quota").order_by("username")
    ]
    return sorted(people, key=lambda one: (-one.usage.bytes, one.person.username))


def quota_set(
    *,
    by: Person,
    person: Person,
    songs: int | None,
    megabytes: int | None,
    minutes_a_day: int | None,
    request: HttpRequest | None = None,
) -> None:
    """Give a user limits of their own: None is the setting, 0 is no limit. The security log has what changes."""
    if not by.is_owner:
        raise ProductError(
            "not_owner", gettext("Only the owner of this installation can set quotas."), HTTPStatus.FORBIDDEN
        )
    values = {"songs": songs, "megabytes": megabytes, "minutes_a_day": minutes_a_day}
    own = Quota.objects.filter(owner=person).first()
    earlier = {name: getattr(own, name) if own else None for name in values}
    if all(value is None for value in values.values()):
        Quota.objects.filter(owner=person).delete()
    else:
        Quota.objects.update_or_create(owner=person, defaults=values)
    changes = {
        name: f"{_limit_text(earlier[name])} to {_limit_text(value)}"
        for name, value in values.items()
        if value != earlier[name]
    }
    if changes:
        record_event(SecurityEvent.Kind.QUOTA_CHANGED, person, request, by=by, **changes)


def quota_check(
    *, owner: Person, added_bytes: int, now: datetime, with_uploads: bool = False, with_minutes: bool = True
) -> None:
    """Raise `quota_exceeded` where one more song of this size is too much; `with_uploads` counts the unfinished uploads
    as well, since they become songs. Without `with_minutes`, it is one that needs no analysis.

    Inside the transaction that adds the song, this is safe against other requests of the same user: the second waits
    here until the first has committed, and then counts its song. Without a quota it takes one query and no lock.
    """
    limits = limits_of(owner)
    if not limits:
        return
    if not with_uploads:
        # SQLite has no such lock and needs none: its transactions write one after the other.
        Person.objects.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk", flat=True).first()
    used = usage(owner, now=now)
    songs, stored_bytes = used.songs, used.bytes
    if with_uploads:
        unfinished = ResumableUpload.objects.for_owner(owner).unfinished()
        uploads = unfinished.aggregate(count=Count("id"), bytes=Sum("size_bytes"))
        songs, stored_bytes = songs + uploads["count"], stored_bytes + (uploads["bytes"] or 0)
    if limits.songs and songs >= limits.songs:
        raise _exceeded(
            gettext(
                "You have %(songs)s of the %(limit)s that you may have, and none are left: delete songs to make "
                "room, or ask the owner for a larger quota."
            )
            % {"songs": songs_text(songs), "limit": grouped(limits.songs)}
        )
    left_bytes = limits.megabytes * MEGABYTE - stored_bytes
    if limits.megabytes and added_bytes > left_bytes:
        raise _exceeded(
            gettext(
                "This song has %(size)s, and %(left)s of your %(limit)s MB are left: delete songs to make room, "
                "or ask the owner for a larger quota."
            )
            % {
                "size": _megabytes(added_bytes),
                "left": _megabytes(max(left_bytes, 0)),
                "limit": grouped(limits.megabytes),
            }
        )
    if with_minutes and limits.minutes_a_day and used.minutes_today >= limits.minutes_a_day:
        raise _exceeded(
            gettext(
                "Today’s %(limit)s minutes of music are used up, and none are left until midnight (%(time)s): "
                "try again then, or ask the owner for a larger quota."
            )
            % {"limit": grouped(limits.minutes_a_day), "time": _time_until_midnight(now)}
        )


def songs_left(owner: Person) -> int | None:
    """How many more songs the user may have; None is no limit. In a transaction, safe as `quota_check` is."""
    limits = limits_of(owner)
    if not limits.songs:
        return None
    Person.objects.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk", flat=True).first()
    return max(limits.songs - Song.objects.for_owner(owner).count(), 0)


def music_add(*, owner_id: int, seconds: float, now: datetime) -> None:
    """Count music that was analysed for a user today."""
    day = _day(now)
    # Two workers may finish songs of the same user at once.
    if not AnalysedMusic.objects.filter(owner_id=owner_id, day=day).update(seconds=F("seconds") + seconds):
        _, created = AnalysedMusic.objects.get_or_create(owner_id=owner_id, day=day, defaults={"seconds": seconds})
        if not created:
            AnalysedMusic.objects.filter(owner_id=owner_id, day=day).update(seconds=F("seconds") + seconds)


def music_forget(*, now: datetime) -> None:
    """Delete the counts of earlier days."""
    AnalysedMusic.objects.filter(day__lt=_day(now) - timedelta(days=7)).delete()


def _usage(songs: int, stored: Counter[str], binned: Counter[str], minutes_today: float) -> Usage:
    """`stored` counts the songs in the bin too."""
    return Usage(
        songs=songs,
        bytes=stored["bytes"] - binned["bytes"],
        minutes_today=minutes_today,
        bin_songs=binned["songs"],
        bin_bytes=binned["bytes"],
        references=songs - (stored["songs"] - binned["here"]),
    )


def _bytes_here() -> Sum:
    """As `stored_here`, where other songs are counted too."""
    return Sum("size_bytes", filter=~Q(file=""))


def _limits(own: Quota | None) -> Limits:
    default = default_limits()
    if own is None:
        return default
    return Limits(
        songs=default.songs if own.songs is None else own.songs,
        megabytes=default.megabytes if own.megabytes is None else own.megabytes,
        minutes_a_day=default.minutes_a_day if own.minutes_a_day is None else own.minutes_a_day,
    )


def _limit_text(value: int | None) -> str:
    if value is None:
        return "default"
    return f"{value:,}" if value else "no limit"


def _own_quota(person: Person) -> Quota | None:
    return getattr(person, "quota", None)  # a person without one raises a subclass of AttributeError


def _unfinished() -> tuple[SongQuerySet, SongQuerySet]:
    """Queued and running songs. Apart, since each has an index of its own, and a user may have a million others."""
    return Song.objects.waiting_in(*SERVED_QUEUES), Song.objects.running()


def _estimated_minutes() -> Coalesce:
    size = Cast("size_bytes", FloatField())
    by_type = [
        When(_has_suffix(suffixes), then=size / Value(float(bytes_a_minute)))
        for suffixes, bytes_a_minute in BYTES_A_MINUTE.items()
    ]
    unknown = Case(*by_type, default=size / Value(float(OTHER_BYTES_A_MINUTE)))
    return Coalesce(F("duration_s") / Value(60.0), unknown, output_field=FloatField())


def _has_suffix(suffixes: tuple[str, ...]) -> Q:
    condition = Q()
    for suffix in suffixes:
        condition |= Q(file_name__iendswith=suffix)
    return condition


def _day(now: datetime | None) -> date:
    return timezone.localdate(now)


def _time_until_midnight(now: datetime) -> str:
    local = timezone.localtime(now)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = max(round((midnight - local).total_seconds() / 60), 1)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return gettext("in %(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return gettext("in %(minutes)s min") % {"minutes": minutes}


def _megabytes(size_bytes: int) -> str:
    tenths = round(10 * size_bytes / MEGABYTE)
    return f"{grouped(tenths / 10, 1 if tenths % 10 else 0)} MB"


def _exceeded(message: str) -> ProductError:
    return ProductError("quota_exceeded", message, HTTPStatus.FORBIDDEN)
