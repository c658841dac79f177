"""Which songs of a library are shown, and in which order: the one definition of every filter and of its form field.

History, mood map, exports, saved filters and API share it, so that a link from one shows the same songs in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.library.filter_fields import (
    DayFilter,
    MoodFilter,
    NumberFilter,
    PercentFilter,
    Point,
    PolygonFilter,
    SearchFilter,
    requirement,
    value_text,
)
from classifier.library.text_search import excess, matching
from classifier.models import Song, Status, Verdict

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

YES, NO = "yes", "no"
AGREE, DISAGREE = "agree", "disagree"
ANY_VERDICT, NO_VERDICT = "any", "none"
UNFINISHED = "unfinished"
PRESENT, OLDER = "present", "older"
NEWEST = "newest"

MOODS = [(key, mood.adjective) for key, mood in ml_gateway.MOODS.items()]
GENRES = [(name, genre.title) for name, genre in ml_gateway.GENRES.items()]
CERTAINTIES = [(YES, "Certain"), (NO, "Not certain")]
NETWORKS = [(AGREE, "Networks agree"), (DISAGREE, "Networks disagree")]
VERDICTS = [
    (NO_VERDICT, "Not judged yet"),
    (ANY_VERDICT, "Judged by you"),
    (Verdict.AGREED.value, "You agreed"),
    (Verdict.DISAGREED.value, "You disagreed"),
    (Verdict.CORRECTED.value, "Corrected by you"),
]
STATUSES = [
    (Status.DONE.value, "Done"),
    (UNFINISHED, "In the queue or running"),
    (Status.QUEUED.value, "Queued"),
    (Status.RUNNING.value, "Running"),
    (Status.FAILED.value, "Failed"),
    (Status.CANCELLED.value, "Cancelled"),
]
MODELS = [(PRESENT, "Analysed by the current model"), (OLDER, "Analysed by an older model")]
SORTS = [
    (NEWEST, "Newest first"),
    ("oldest", "Oldest first"),
    ("title", "Title"),
    ("artist", "Artist"),
    ("longest", "Longest first"),
    ("shortest", "Shortest first"),
    ("surest", "Most certain first"),
    ("least-sure", "Least certain first"),
    ("pleasant", "Most pleasant first"),
    ("unpleasant", "Least pleasant first"),
    ("lively", "Liveliest first"),
    ("quiet", "Quietest first"),
    ("agreed", "Highest network agreement"),
    ("disputed", "Lowest network agreement"),
]
RANGES = {
    "added": "Added",
    "valence": "Valence (how pleasant)",
    "arousal": "Arousal (how lively)",
    "confidence": "Confidence in %",
}


class LibraryForm(forms.Form):
    """The filters as form fields; a page renders those in `choices` and `ranges`, and carries the hidden ones on."""

    CHOICES = ("mood", "first", "second", "genre", "certain", "networks", "verdict", "said", "status", "heard_by")

    def __init__(self, data: Mapping[str, Any] | None = None, prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix, auto_id="filter-%s", label_suffix="", use_required_attribute=False)
        for name, label in RANGES.items():
            for end in ("from", "to"):
                field = self.fields[f"{name}_{end}"]
                field.label = f"{label}, {end}"
                field.widget.attrs["aria-label"] = field.label

    def clean(self) -> None:
        for name in RANGES:
            low, high = (self.cleaned_data.get(f"{name}_{end}") for end in ("from", "to"))
            if low is not None and high is not None and low > high:
                message = f"{name}_from is greater than {name}_to, so no song matches: swap them."
                raise ValidationError(message, code="order")

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CHOICES]

    @property
    def ranges(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Label, lower end and upper end."""
        return [(label, self[f"{name}_from"], self[f"{name}_to"]) for name, label in RANGES.items()]


class LibraryFilter(FilterSet):
    """`q` matches songs whose title, artist, album, file name and mood contain every word of it. `mood`, `first` and
    `second` match the mood that counts for a song: the one that its owner stated, else that of its analysis."""

    q = SearchFilter(label="Search", method="filter_search")
    mood = MoodFilter(label="Mood", choices=MOODS, empty_label="Any", method="filter_mood")
    first = MoodFilter("effective_primary", label="Main mood", choices=MOODS, empty_label="Any")
    second = MoodFilter("effective_secondary", label="Second mood", choices=MOODS, empty_label="Any")
    genre = ChoiceFilter("analysis_genre", label="Mood genre", choices=GENRES, empty_label="Any")
    certain = ChoiceFilter(label="Certainty", choices=CERTAINTIES, empty_label="Any", method="filter_certain")
    networks = ChoiceFilter(label="The two networks", choices=NETWORKS, empty_label="Any", method="filter_networks")
    review = ChoiceFilter(choices=[(YES, "Needs review")], widget=forms.HiddenInput, method="filter_review")
    verdict = ChoiceFilter(label="Your verdict", choices=VERDICTS, empty_label="Any", method="filter_verdict")
    said = MoodFilter(label="Mood you stated", choices=MOODS, empty_label="Any", method="filter_said")
    said_first = MoodFilter("actual_primary", choices=MOODS, widget=forms.HiddenInput)
    analysis_first = MoodFilter("analysis_primary", choices=MOODS, widget=forms.HiddenInput)
    status = ChoiceFilter(label="Status", choices=STATUSES, empty_label="Any", method="filter_status")
    heard_by = ChoiceFilter(label="Model", choices=MODELS, empty_label="Any", method="filter_model")
    added_from = DayFilter(method="filter_added_from")
    added_to = DayFilter(method="filter_added_to")
    valence_from = NumberFilter("analysis_valence", "gte", min_value=1, max_value=9)
    valence_to = NumberFilter("analysis_valence", "lte", min_value=1, max_value=9)
    arousal_from = NumberFilter("analysis_arousal", "gte", min_value=1, max_value=9)
    arousal_to = NumberFilter("analysis_arousal", "lte", min_value=1, max_value=9)
    confidence_from = PercentFilter("analysis_confidence", "gte", min_value=0, max_value=100)
    confidence_to = PercentFilter("analysis_confidence", "lte", min_value=0, max_value=100)
    area = PolygonFilter(min_value=1, max_value=9, method="filter_area")
    sort = ChoiceFilter(label="Order", choices=SORTS, empty_label=None, method="filter_nothing")

    class Meta:
        model = Song
        fields: list[str] = []
        form = LibraryForm

    def __init__(self, data: Mapping[str, Any] | None = None, queryset: SongQuerySet | None = None, **kwargs: Any):
        super().__init__(data if data is not None else {}, queryset, **kwargs)
        self._values: dict[str, Any] | None = None

    @classmethod
    def parameter_names(cls) -> frozenset[str]:
        """Every query parameter that this filter reads."""
        return frozenset(cls.base_filters)

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values of the parameters that are set; an invalid value is left out, as is the default order."""
        if self._values is None:
            self.errors  # noqa: B018  validates
            cleaned = self.form.cleaned_data.items()
            self._values = {
                name: value for name, value in cleaned if value not in (None, "") and (name, value) != ("sort", NEWEST)
            }
        return self._values

    @property
    def narrows(self) -> bool:
        """Whether it leaves any song out."""
        return bool(self.values.keys() - {"sort"})

    @property
    def narrowing_count(self) -> int:
        """How many filters of the form are set; the search field stands beside it."""
        return len(self.values.keys() - {"sort", "q"})

    @property
    def problems(self) -> list[str]:
        """One sentence for each value that is not valid."""
        sentences = []
        for name, errors in self.errors.as_data().items():
            if name == NON_FIELD_ERRORS:
                sentences += [message for error in errors for message in error.messages]
            else:
                text = str(self.data.get(name, "")).strip()[:40]
                sentences.append(f"{name} is “{text}”, but must be {requirement(self.form.fields[name])}.")
        return sentences

    @property
    def excess(self) -> str:
        """A sentence if the search text is too long. Lists then show what its beginning matches."""
        return excess(str(self.data.get("q") or ""))

    def checked(self) -> Self:
        """Itself, if all values are valid: programs, and actions that cannot be undone, must not ignore one."""
        if self.problems:
            raise ProductError("filter_malformed", f"{self.problems[0]} Correct it or leave it out.")
        if self.excess:
            raise ProductError("filter_malformed", f"{self.excess} Shorten q.")
        return self

    def to_query(self, **changes: Any) -> str:
        """The query string, the same for the same filter. `changes` sets parameters, or leaves them out with None."""
        values = self.values | changes
        pairs = ((name, values.get(name)) for name in self.base_filters)
        return urlencode([(name, value_text(value)) for name, value in pairs if value not in (None, "")])

    def apply(self, songs: SongQuerySet) -> SongQuerySet:
        """The songs that match, in their order: no more queries, and one join, to the current analysis."""
        if not self.values:
            return songs.newest_first()
        filtered: SongQuerySet = self.filter_queryset(songs.with_current_analysis())
        return filtered.in_order(self.values.get("sort", NEWEST))

    @property
    def qs(self) -> SongQuerySet:
        return self.apply(self.queryset.all())

    def filter_search(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return matching(songs, value)

    def filter_mood(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return songs.filter(Q(effective_primary=value) | Q(effective_secondary=value))

    def filter_certain(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        return songs.filter(Q(analysis_certain=value == YES))

    def filter_networks(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        lookup = "gte" if value == AGREE else "lt"
        return songs.filter(**{f"analysis_agreement__{lookup}": ml_gateway.DISAGREE_BELOW})

    def filter_review(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        """Failed, or uncertain or disputed and not judged yet."""
        unsure = Q(analysis_certain=False) | Q(analysis_agreement__lt=ml_gateway.DISAGREE_BELOW)
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
        current = Q(analysis_model_version=settings.MODEL_BUNDLE)
        return songs.filter(current if value == PRESENT else ~current & Q(analysis_model_version__isnull=False))

    def filter_added_from(self, songs: SongQuerySet, name: str, value: date) -> SongQuerySet:
        return songs.filter(created_at__gte=_midnight(value))

    def filter_added_to(self, songs: SongQuerySet, name: str, value: date) -> SongQuerySet:
        return songs.filter(created_at__lt=_midnight(value + timedelta(days=1)))

    def filter_area(self, songs: SongQuerySet, name: str, value: tuple[Point, ...]) -> SongQuerySet:
        return songs.inside(value)

    def filter_nothing(self, songs: SongQuerySet, name: str, value: str) -> SongQuerySet:
        """The order is applied last, by `apply`."""
        return songs


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
