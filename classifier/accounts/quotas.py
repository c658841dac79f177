"""Quotas: how many songs and bytes a user may store, and how many minutes of music may be analysed for them in a day.

The settings hold for everybody, unless the owner of the installation gives a user other limits. 0 is no limit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db.models import Case, Count, F, FloatField, Q, Sum, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import AnalysedMusic, Person, Queue, Quota, ResumableUpload, Song
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


def default_limits() -> Limits:
    return Limits(settings.QUOTA_SONGS, settings.QUOTA_MB, settings.QUOTA_MINUTES_A_DAY)


def limits_of(person: Person) -> Limits:
    return _limits(Quota.objects.filter(owner=person).first())


def usage(person: Person, *, now: datetime | None = None) -> Usage:
    stored = Song.objects.for_owner(person).aggregate(songs=Count("*"), bytes=Sum("size_bytes"))
    today = AnalysedMusic.objects.filter(owner=person, day=_day(now)).values_list("seconds", flat=True).first()
    minutes = sum(
        songs.filter(owner=person).aggregate(minutes=_estimated_minutes())["minutes"] or 0.0 for songs in _unfinished()
    )
    return Usage(stored["songs"], stored["bytes"] or 0, (today or 0.0) / 60 + minutes)


def usage_by_person(*, now: datetime | None = None) -> list[PersonUsage]:
    """Of every user, the largest first; in five queries."""
    totals = Song.objects.order_by().values("owner_id").annotate(songs=Count("*"), bytes=Sum("size_bytes"))
    stored = {row["owner_id"]: row for row in totals}
    music = dict(AnalysedMusic.objects.filter(day=_day(now)).values_list("owner_id", "seconds"))
    waiting: Counter[int] = Counter()
    for songs in _unfinished():
        rows = songs.order_by().values("owner_id").annotate(minutes=_estimated_minutes())
        waiting.update(dict(rows.values_list("owner_id", "minutes")))
    people = [
        PersonUsage(
            person=person,
            usage=Usage(
                songs=stored[person.pk]["songs"] if person.pk in stored else 0,
                bytes=stored[person.pk]["bytes"] if person.pk in stored else 0,
                minutes_today=music.get(person.pk, 0.0) / 60 + waiting[person.pk],
            ),
            limits=_limits(_own_quota(person)),
            own=_own_quota(person),
        )
        for person in Person.objects.select_related("quota").order_by("username")
    ]
    return sorted(people, key=lambda one: (-one.usage.bytes, one.person.username))


def quota_set(
    *, by: Person, person: Person, songs: int | None, megabytes: int | None, minutes_a_day: int | None
) -> None:
    """Give a user limits of their own: None is the setting, 0 is no limit."""
    if not by.is_owner:
        raise ProductError("not_owner", "Only the owner of this installation can set quotas.", HTTPStatus.FORBIDDEN)
    values = {"songs": songs, "megabytes": megabytes, "minutes_a_day": minutes_a_day}
    if all(value is None for value in values.values()):
        Quota.objects.filter(owner=person).delete()
    else:
        Quota.objects.update_or_create(owner=person, defaults=values)


def quota_check(*, owner: Person, added_bytes: int, now: datetime, with_uploads: bool = False) -> None:
    """Raise `quota_exceeded` where one more song of this size is too much; `with_uploads` counts the unfinished uploads
    as well, since they become songs.

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
            f"You have {_songs(songs)} of the {limits.songs:,} that you may have, and none are left: "
            "delete songs to make room, or ask the owner for a larger quota."
        )
    left_bytes = limits.megabytes * MEGABYTE - stored_bytes
    if limits.megabytes and added_bytes > left_bytes:
        raise _exceeded(
            f"This song has {_megabytes(added_bytes)}, and {_megabytes(max(left_bytes, 0))} of your "
            f"{limits.megabytes:,} MB are left: delete songs to make room, or ask the owner for a larger quota."
        )
    if limits.minutes_a_day and used.minutes_today >= limits.minutes_a_day:
        raise _exceeded(
            f"Today’s {limits.minutes_a_day:,} minutes of music are used up, and none are left until midnight "
            f"({_time_until_midnight(now)}): try again then, or ask the owner for a larger quota."
        )


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


def _limits(own: Quota | None) -> Limits:
    default = default_limits()
    if own is None:
        return default
    return Limits(
        songs=default.songs if own.songs is None else own.songs,
        megabytes=default.megabytes if own.megabytes is None else own.megabytes,
        minutes_a_day=default.minutes_a_day if own.minutes_a_day is None else own.minutes_a_day,
    )


def _own_quota(person: Person) -> Quota | None:
    return getattr(person, "quota", None)  # a person without one raises a subclass of AttributeError


def _unfinished() -> tuple[SongQuerySet, SongQuerySet]:
    """Queued and running songs. Apart, since each has an index of its own, and a user may have a million others."""
    return Song.objects.waiting_in(*Queue), Song.objects.running()


def _estimated_minutes() -> Sum:
    size = Cast("size_bytes", FloatField())
    by_type = [
        When(_has_suffix(suffixes), then=size / Value(float(bytes_a_minute)))
        for suffixes, bytes_a_minute in BYTES_A_MINUTE.items()
    ]
    unknown = Case(*by_type, default=size / Value(float(OTHER_BYTES_A_MINUTE)))
    return Sum(Coalesce(F("duration_s") / Value(60.0), unknown), output_field=FloatField())


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
    return f"in {hours} h {minutes} min" if hours else f"in {minutes} min"


def _songs(count: int) -> str:
    return "1 song" if count == 1 else f"{count:,} songs"


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / MEGABYTE:,.1f}".removesuffix(".0") + " MB"


def _exceeded(message: str) -> ProductError:
    return ProductError("quota_exceeded", message, HTTPStatus.FORBIDDEN)
