"""Which songs of a library are meant, and in which order: the one reading of an address's question.

The history, the mood map, one's own labels, the API and saved filters share it, so that a link from any of them
shows the same songs in each. A new parameter is a field here, and a line in VALUES.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.library.filter_values import Point, Value, choice, day, number, outline, words
from classifier.models import Status, Verdict

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

YES, NO = "yes", "no"
AGREE, DISAGREE = "agree", "disagree"
ANY_VERDICT, NO_VERDICT = "any", "none"
UNFINISHED = "unfinished"
PRESENT, OLDER = "present", "older"
NEWEST = "newest"
SORTS = (
    NEWEST, "oldest", "title", "artist", "longest", "shortest", "surest", "least-sure", "pleasant", "unpleasant",
    "lively", "quiet", "agreed", "disputed",
)  # fmt: skip

VALUES: dict[str, Value] = {
    "q": words(),
    "mood": choice(ml_gateway.EMOTIONS),
    "first": choice(ml_gateway.EMOTIONS),
    "second": choice(ml_gateway.EMOTIONS),
    "genre": choice(tuple(ml_gateway.GENRES)),
    "certain": choice((YES, NO)),
    "networks": choice((AGREE, DISAGREE)),
    "review": choice((YES,)),
    "verdict": choice((ANY_VERDICT, NO_VERDICT, *(value for value in Verdict.values if value))),
    "said": choice(ml_gateway.EMOTIONS),
    "said_first": choice(ml_gateway.EMOTIONS),
    "status": choice((*Status.values, UNFINISHED)),
    "heard_by": choice((PRESENT, OLDER)),
    "added_from": day(),
    "added_to": day(),
    "valence_from": number(1, 9),
    "valence_to": number(1, 9),
    "arousal_from": number(1, 9),
    "arousal_to": number(1, 9),
    "confidence_from": number(0, 100),
    "confidence_to": number(0, 100),
    "area": outline(1, 9),
    "sort": choice(SORTS),
}
RANGES = ("added", "valence", "arousal", "confidence")


@dataclass(frozen=True, kw_only=True)
class LibraryFilter:
    """A question to the library. What is left empty asks for nothing."""

    q: str = ""
    """Every word of it occurs in title, artist, file name or mood."""
    mood: str = ""
    """One of the two sides that were heard, whichever; `first` and `second` ask for its place."""
    first: str = ""
    second: str = ""
    genre: str = ""
    certain: str = ""
    networks: str = ""
    review: str = ""
    """Unsure or disputed and not judged by the person yet, or failed."""
    verdict: str = ""
    said: str = ""
    """What the person said, on either side; `said_first` on the first."""
    said_first: str = ""
    status: str = ""
    heard_by: str = ""
    """The present model or an older one."""
    added_from: date | None = None
    added_to: date | None = None
    valence_from: float | None = None
    valence_to: float | None = None
    arousal_from: float | None = None
    arousal_to: float | None = None
    confidence_from: float | None = None
    confidence_to: float | None = None
    """Of the first side, in per cent."""
    area: tuple[Point, ...] = ()
    """Corners (valence, arousal) of a drawn area of the plane."""
    sort: str = NEWEST
    problems: tuple[str, ...] = ()
    """A sentence for each value that could not be read; it is left out of the question."""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Reads a QueryDict or any other mapping of texts; what it does not know (page, model) is not its own."""
        found: dict[str, Any] = {}
        problems = []
        for name, value in VALUES.items():
            text = (query.get(name) or "").strip()
            if not text:
                continue
            try:
                found[name] = value.read(name, text)
            except ProductError as error:
                problems.append(error.message)
        return cls(**found, problems=(*problems, *_backward(found)))

    def checked(self) -> Self:
        """Itself, for programs and for what cannot be undone: there a value that was left out would be a trap."""
        if self.problems:
            raise ProductError("filter_malformed", self.problems[0])
        return self

    def pairs(self) -> list[tuple[str, str]]:
        """Everything that is asked for, as names and texts."""
        asked = asdict(self)
        return [
            (name, value.write(asked[name]))
            for name, value in VALUES.items()
            if asked[name] not in ("", None, ()) and (name, asked[name]) != ("sort", NEWEST)
        ]

    def to_query(self) -> str:
        """What stands behind the `?`, the same for the same question."""
        return urlencode(self.pairs())

    def without(self, *names: str) -> Self:
        empty = type(self)()
        return replace(self, problems=(), **{name: getattr(empty, name) for name in names})

    @property
    def narrows(self) -> bool:
        """Whether it asks for anything but an order."""
        return bool(self.without("sort").pairs())

    def apply(self, songs: SongQuerySet) -> SongQuerySet:
        """The songs that are meant, in their order. Adds no query, and joins each song's current analysis only."""
        return self.narrow(songs).in_order(self.sort)

    def narrow(self, songs: SongQuerySet) -> SongQuerySet:
        """The same without an order, for maps and counts."""
        songs = songs.join_current_analysis()
        if self.q:
            songs = songs.with_words(self.q)
        songs = songs.filter(self._heard() & self._said() & self._added())
        return songs.inside(self.area) if self.area else songs

    def _heard(self) -> Q:
        asked = Q()
        if self.mood:
            asked &= Q(current__primary=self.mood) | Q(current__secondary=self.mood)
        exact = {"current__primary": self.first, "current__secondary": self.second, "current__genre": self.genre}
        asked &= Q(**{field: value for field, value in exact.items() if value})
        if self.certain:
            asked &= Q(current__certain=self.certain == YES)
        if self.networks == DISAGREE:
            asked &= Q(current__agreement__lt=ml_gateway.DISAGREE_BELOW)
        elif self.networks == AGREE:
            asked &= Q(current__agreement__gte=ml_gateway.DISAGREE_BELOW)
        if self.heard_by == PRESENT:
            asked &= Q(current__model_version=settings.MODEL_BUNDLE)
        elif self.heard_by == OLDER:
            # Less or greater: a plain "not" over the relation would become a query of its own.
            version = settings.MODEL_BUNDLE
            asked &= Q(current__model_version__lt=version) | Q(current__model_version__gt=version)
        for field, scale in (("valence", 1.0), ("arousal", 1.0), ("confidence", 0.01)):
            low, high = getattr(self, f"{field}_from"), getattr(self, f"{field}_to")
            if low is not None:
                asked &= Q(**{f"current__{field}__gte": low * scale})
            if high is not None:
                asked &= Q(**{f"current__{field}__lte": high * scale})
        # What was heard once is not what a song says that waits to be heard again.
        return asked & Q(status=Status.DONE) if asked or self.area else asked

    def _said(self) -> Q:
        asked = Q()
        if self.review:
            unsure = Q(current__certain=False) | Q(current__agreement__lt=ml_gateway.DISAGREE_BELOW)
            asked &= Q(status=Status.FAILED) | (Q(status=Status.DONE, verdict=Verdict.NONE) & unsure)
        if self.verdict == ANY_VERDICT:
            asked &= ~Q(verdict=Verdict.NONE)
        elif self.verdict:
            asked &= Q(verdict=Verdict.NONE if self.verdict == NO_VERDICT else self.verdict)
        if self.said:
            asked &= Q(actual_primary=self.said) | Q(actual_secondary=self.said)
        if self.said_first:
            asked &= Q(actual_primary=self.said_first)
        if self.status == UNFINISHED:
            asked &= Q(status__in=(Status.QUEUED, Status.RUNNING))
        elif self.status:
            asked &= Q(status=self.status)
        return asked

    def _added(self) -> Q:
        asked = Q()
        if self.added_from:
            asked &= Q(created_at__gte=_midnight(self.added_from))
        if self.added_to:
            asked &= Q(created_at__lt=_midnight(self.added_to + timedelta(days=1)))
        return asked


def _midnight(when: date) -> datetime:
    return timezone.make_aware(datetime.combine(when, time()))


def _backward(found: Mapping[str, Any]) -> list[str]:
    return [
        f"{name}_from is greater than {name}_to, so that no song can be meant: exchange them."
        for name in RANGES
        if f"{name}_from" in found and f"{name}_to" in found and found[f"{name}_from"] > found[f"{name}_to"]
    ]
