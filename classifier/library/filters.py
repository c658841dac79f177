"""Which songs of a library are shown, and in which order: the one definition of every filter and of its form field.

History, mood map, exports, saved filters and API share it, so that a link from one shows the same songs in each.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django_filters import ChoiceFilter, FilterSet

from classifier import ml_gateway
from classifier.active_words import active_words
from classifier.errors import ProductError
from classifier.library.filter_fields import (
    FIRST_YEAR,
    LAST_YEAR,
    DayFilter,
    MoodFilter,
    NameFilter,
    NumberFilter,
    PercentFilter,
    Point,
    PolygonFilter,
    SearchFilter,
    SourceFilter,
    YearFilter,
    requirement,
    value_text,
)
from classifier.library.filter_form import (
    AGREE,
    ANY_VERDICT,
    CERTAINTIES,
    COPIES,
    GENRES,
    MODELS,
    MOODS,
    NETWORKS,
    NEWEST,
    NO_VERDICT,
    ONE,
    PRESENT,
    SORTS,
    STATUSES,
    UNFINISHED,
    VERDICTS,
    YES,
    LibraryForm,
)
from classifier.library.text_search import excess, matching
from classifier.models import OwnModel, Song, SongLocation, Source, Status, Verdict
from classifier.own_model_models import without_own_models

if TYPE_CHECKING:
    from classifier.models import Person
    from classifier.querysets import SongQuerySet

# Filters that read the table of songs alone: counting a library takes long enough without a join.
OF_SONGS_ALONE = {
    "artist", "album", "album_artist", "music_genre", "year_from", "year_to", "added_from", "added_to", "status",
    "source", "copies", "sort",
}  # fmt: skip


class LibraryFilter(FilterSet):
    """`q` matches songs whose title, artist, album, file name and mood contain every word of it. `artist`, `album` and
    `music_genre` match the whole name, whatever its case and accents. `mood`, `first` and `second` match the mood that
    counts for a song: the one that its owner stated, else that of its analysis."""

    q = SearchFilter(label=gettext_lazy("Search"), method="filter_search")
    mood = MoodFilter(label=gettext_lazy("Mood"), choices=MOODS, empty_label=gettext_lazy("Any"), method="filter_mood")
    first = MoodFilter(
        label=gettext_lazy("Main mood"), choices=MOODS, empty_label=gettext_lazy("Any"), method="filter_first"
    )
    second = MoodFilter(
        label=gettext_lazy("Second mood"), choices=MOODS, empty_label=gettext_lazy("Any"), method="filter_second"
    )
    genre = ChoiceFilter(
        "shown_genre", label=gettext_lazy("Mood genre"), choices=GENRES, empty_label=gettext_lazy("Any")
    )
    certain = ChoiceFilter(
        label=gettext_lazy("Certainty"), choices=CERTAINTIES, empty_label=gettext_lazy("Any"), method="filter_certain"
    )
    networks = ChoiceFilter(
        label=gettext_lazy("The two networks"),
        choices=NETWORKS,
        empty_label=gettext_lazy("Any"),
        method="filter_networks",
    )
    review = ChoiceFilter(
        choices=[(YES, gettext_lazy("Needs review"))], widget=forms.HiddenInput, method="filter_review"
    )
    verdict = ChoiceFilter(
        label=gettext_lazy("Your verdict"), choices=VERDICTS, empty_label=gettext_lazy("Any"), method="filter_verdict"
    )
    said = MoodFilter(
        label=gettext_lazy("Mood you stated"), choices=MOODS, empty_label=gettext_lazy("Any"), method="filter_said"
    )
    said_first = MoodFilter("actual_primary", choices=MOODS, widget=forms.HiddenInput)
    analysis_first = MoodFilter("analysis_primary", choices=MOODS, widget=forms.HiddenInput)
    artist = NameFilter("sort_artist", label=gettext_lazy("Artist"))
    album = NameFilter("sort_album", label=gettext_lazy("Album"))
    album_artist = NameFilter("sort_album_artist", widget=forms.HiddenInput)
    music_genre = NameFilter("sort_music_genre", label=gettext_lazy("Music genre"))
    status = ChoiceFilter(
        label=gettext_lazy("Status"), choices=STATUSES, empty_label=gettext_lazy("Any"), method="filter_status"
    )
    heard_by = ChoiceFilter(
        label=gettext_lazy("Model"), choices=MODELS, empty_label=gettext_lazy("Any"), method="filter_model"
    )
    copies = ChoiceFilter(label=gettext_lazy("Copies"), choices=COPIES, empty_label=None, method="filter_nothing")
    source = SourceFilter(label=gettext_lazy("Source"), method="filter_source")
    added_from = DayFilter(method="filter_added_from")
    added_to = DayFilter(method="filter_added_to")
    year_from = YearFilter("year", "gte", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    year_to = YearFilter("year", "lte", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    valence_from = NumberFilter("analysis_valence", "gte", min_value=1, max_value=9)
    valence_to = NumberFilter("analysis_valence", "lte", min_value=1, max_value=9)
    arousal_from = NumberFilter("analysis_arousal", "gte", min_value=1, max_value=9)
    arousal_to = NumberFilter("analysis_arousal", "lte", min_value=1, max_value=9)
    confidence_from = PercentFilter("shown_confidence", "gte", min_value=0, max_value=100)
    confidence_to = PercentFilter("shown_confidence", "lte", min_value=0, max_value=100)
    area = PolygonFilter(min_value=1, max_value=9, method="filter_area")
    sort = ChoiceFilter(label=gettext_lazy("Order"), choices=SORTS, empty_label=None, method="filter_nothing")

    class Meta:
        model = Song
        fields: list[str] = []
        form = LibraryForm

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        queryset: SongQuerySet | None = None,
        *,
        copies: str = ONE,
        **kwargs: Any,
    ):
        """`copies` is what it shows of each recording where the parameter does not say."""
        super().__init__(data if data is not None else {}, queryset, **kwargs)
        self._copies = copies
        self._values: dict[str, Any] | None = None

    @classmethod
    def parameter_names(cls) -> frozenset[str]:
        """Every query parameter that this filter reads."""
        return frozenset(cls.base_filters)

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values of the parameters that are set; an invalid value is left out, as are those of DEFAULTS."""
        if self._values is None:
            self.errors  # noqa: B018  validates
            cleaned = self.form.cleaned_data.items()
            defaults = {("sort", NEWEST), ("copies", self._copies)}
            self._values = {
                name: value
                for name, value in cleaned
                if value not in (None, "") and not (name in ("sort", "copies") and (name, value) in defaults)
            }
        return self._values

    @property
    def narrows(self) -> bool:
        """Whether it leaves any song out."""
        return bool(self.values.keys() - {"sort", "copies"})

    @property
    def shown_copies(self) -> str:
        """ONE or EVERY."""
        return str(self.values.get("copies", self._copies))

    @property
    def narrowing_count(self) -> int:
        """How many filters of the form are set; the search field stands beside it."""
        return len(self.values.keys() - {"sort", "copies", "q"})

    @property
    def problems(self) -> list[str]:
        """One sentence for each value that is not valid."""
        sentences = []
        for name, errors in self.errors.as_data().items():
            if name == NON_FIELD_ERRORS:
                sentences += [message for error in errors for message in error.messages]
            else:
                text = str(self.data.get(name, "")).strip()[:40]
                values = {"name": name, "value": text, "required": requirement(self.form.fields[name])}
                sentences.append(gettext("%(name)s is “%(value)s”, but must be %(required)s.") % values)
        return sentences

    @property
    def excess(self) -> str:
        """A sentence if the search text is too long. Lists then show what its beginning matches."""
        return excess(str(self.data.get("q") or ""))

    def offer_sources(self, owner: Person) -> None:
        """In the form, the sources of the user whose library it filters."""
        sources = Source.objects.filter(owner=owner).values_list("id", "name")
        self.form.fields["source"].offer([(str(source_id), name) for source_id, name in sources])

    def checked(self) -> Self:
        """Itself, if all values are valid: programs, and actions that cannot be undone, must not ignore one."""
        if self.problems:
            message = gettext("%(problem)s Correct it or leave it out.") % {"problem": self.problems[0]}
            raise ProductError("filter_malformed", message)
        if self.excess:
            raise ProductError("filter_malformed", gettext("%(problem)s Shorten q.") % {"problem": self.excess})
        return self

    def to_query(self, **changes: Any) -> str:
        """The query string, the same for the same filter. `changes` sets parameters, or leaves them out with None."""
        values = self.values | changes
        pairs = ((name, values.get(name)) for name in self.base_filters)
        return urlencode([(name, value_text(value)) for name, value in pairs if value not in (None, "")])

    def apply(self, songs: SongQuerySet) -> SongQuerySet:
        """The songs that match, in their order: no more queries, and at most one join, to the current analysis."""
        if self.shown_copies == ONE:
            songs = songs.without_copies()
        if not self.values:
            return songs.newest_first()
        if self.values.keys() <= OF_SONGS_ALONE:
            alone: SongQuerySet = self.filter_queryset(songs)
            return alone.in_order(self.values.get("sort", NEWEST))
        filtered: SongQuerySet = self.filter_queryset(songs.with_current_analysis())
        return filtered.in_order(self.values.get("sort", NEWEST))

    @property
    def qs(self) -> SongQuerySet:
        return self.apply(self.queryset.all())

    def filter_search(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return matching(songs, value)

    def filter_mood(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return songs.filter(_side("primary", value) | _side("secondary", value))

    def filter_first(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return songs.filter(_side("primary", value))

    def filter_second(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return songs.filter(_side("secondary", value))

    def filter_certain(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return songs.filter(Q(shown_certain=value == YES))

    def filter_networks(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        lookup = "gte" if value == AGREE else "lt"
        return songs.filter(**{f"analysis_agreement__{lookup}": ml_gateway.DISAGREE_BELOW})

    def filter_review(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        """Failed, or uncertain or disputed and not judged yet."""
        unsure = Q(shown_certain=False) | Q(analysis_agreement__lt=ml_gateway.DISAGREE_BELOW)
        return songs.filter(Q(status=Status.FAILED) | Q(verdict=Verdict.NONE) & unsure)

    def filter_verdict(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        if value == ANY_VERDICT:
            return songs.exclude(verdict=Verdict.NONE)
        return songs.filter(verdict=Verdict.NONE if value == NO_VERDICT else value)

    def filter_said(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return songs.filter(Q(actual_primary=value) | Q(actual_secondary=value))

    def filter_status(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return songs.unfinished() if value == UNFINISHED else songs.filter(status=value)

    def filter_model(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        """By the model in use, and by all own models in use."""
        recalibrated = f"{settings.MODEL_BUNDLE}{ml_gateway.OWN_VERSION_MARK}"
        older = ~Q(analysis_model_version=settings.MODEL_BUNDLE) & ~Q(analysis_model_version__startswith=recalibrated)
        if used := OwnModel.objects.used().versions():
            songs = songs.with_joined_analysis()
            older |= without_own_models(used, "analysis_own_models")
        return songs.filter(~older if value == PRESENT else older, Q(analysis_model_version__isnull=False))

    def filter_source(self, songs: SongQuerySet, name: str, value: uuid.UUID) -> SongQuerySet:
        """Where one of their files is there, as on the page of the source."""
        there = SongLocation.objects.filter(source=value, song__isnull=False, missing_since=None, is_ignored=False)
        return songs.filter(id__in=there.values("song"))

    def filter_added_from(self, songs: SongQuerySet, name: str, value: date) -> SongQuerySet:
        return songs.filter(created_at__gte=_midnight(value))

    def filter_added_to(self, songs: SongQuerySet, name: str, value: date) -> SongQuerySet:
        return songs.filter(created_at__lt=_midnight(value + timedelta(days=1)))

    def filter_area(self, songs: SongQuerySet, name: str, value: tuple[Point, ...]) -> SongQuerySet:
        return songs.inside(value)

    def filter_nothing(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        """By `apply`: the order last, and the copies first."""
        return songs


def _side(side: str, mood: str) -> Q:
    """The songs with a term on one side, with its parts; or with one part of it."""
    active = active_words()
    if mood in active.parts:
        return Q(**{f"effective_{side}_key": mood})
    return Q(**{f"effective_{side}": active.shown(ml_gateway.base_term(mood))})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
