"""The form of the library's filters, and the values that they take, with their labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from classifier import ml_gateway
from classifier.active_words import active_words
from classifier.models import Status, Verdict

YES, NO = "yes", "no"
AGREE, DISAGREE = "agree", "disagree"
ANY_VERDICT, NO_VERDICT = "any", "none"
UNFINISHED = "unfinished"
PRESENT, OLDER = "present", "older"
NEWEST = "newest"
ONE, EVERY = "one", "every"
DEFAULTS = {("sort", NEWEST), ("copies", ONE)}
"""Values that pages have without these parameters."""

MOODS = [(key, mood.adjective) for key, mood in ml_gateway.MOODS.items()]
GENRES = [(name, genre.title) for name, genre in ml_gateway.GENRES.items()]
CERTAINTIES = [(YES, gettext_lazy("Certain")), (NO, gettext_lazy("Not certain"))]
NETWORKS = [(AGREE, gettext_lazy("Networks agree")), (DISAGREE, gettext_lazy("Networks disagree"))]
VERDICTS = [
    (NO_VERDICT, gettext_lazy("Not judged yet")),
    (ANY_VERDICT, gettext_lazy("Judged by you")),
    (Verdict.AGREED.value, gettext_lazy("You agreed")),
    (Verdict.DISAGREED.value, gettext_lazy("You disagreed")),
    (Verdict.CORRECTED.value, gettext_lazy("Corrected by you")),
]
STATUSES = [
    (Status.DONE.value, gettext_lazy("Done")),
    (UNFINISHED, gettext_lazy("In the queue or running")),
    (Status.QUEUED.value, gettext_lazy("Queued")),
    (Status.RUNNING.value, gettext_lazy("Running")),
    (Status.FAILED.value, gettext_lazy("Failed")),
    (Status.CANCELLED.value, gettext_lazy("Cancelled")),
]
COPIES = [(ONE, gettext_lazy("One of each recording")), (EVERY, gettext_lazy("Every copy"))]
MODELS = [(PRESENT, gettext_lazy("Analysed by the current model")), (OLDER, gettext_lazy("Analysed by an older model"))]
SORTS = [
    (NEWEST, gettext_lazy("Newest first")),
    ("oldest", gettext_lazy("Oldest first")),
    ("title", gettext_lazy("Title")),
    ("artist", gettext_lazy("Artist")),
    ("album", gettext_lazy("Album")),
    ("latest", gettext_lazy("Latest year first")),
    ("earliest", gettext_lazy("Earliest year first")),
    ("longest", gettext_lazy("Longest first")),
    ("shortest", gettext_lazy("Shortest first")),
    ("surest", gettext_lazy("Most certain first")),
    ("least-sure", gettext_lazy("Least certain first")),
    ("pleasant", gettext_lazy("Most pleasant first")),
    ("unpleasant", gettext_lazy("Least pleasant first")),
    ("lively", gettext_lazy("Liveliest first")),
    ("quiet", gettext_lazy("Quietest first")),
    ("agreed", gettext_lazy("Highest network agreement")),
    ("disputed", gettext_lazy("Lowest network agreement")),
    ("fastest", gettext_lazy("Fastest first")),
    ("slowest", gettext_lazy("Slowest first")),
    ("loudest", gettext_lazy("Loudest first")),
    ("softest", gettext_lazy("Softest first")),
    ("key", gettext_lazy("Key")),
    *((key, f"Most {mood.adjective.lower()} first") for key, mood in ml_gateway.MOODS.items()),
]
RANGES = {
    "added": gettext_lazy("Added"),
    "year": gettext_lazy("Year"),
    "valence": gettext_lazy("Valence (how pleasant)"),
    "arousal": gettext_lazy("Arousal (how lively)"),
    "confidence": gettext_lazy("Confidence in %"),
}


class LibraryForm(forms.Form):
    """The filters as form fields; a page renders those in `choices` and `ranges`, and carries the hidden ones on."""

    CHOICES = (
        "mood",
        "first",
        "second",
        "genre",
        "certain",
        "networks",
        "verdict",
        "said",
        "status",
        "heard_by",
        "copies",
    )
    TEXTS = ("artist", "album", "music_genre")

    def __init__(self, data: Mapping[str, Any] | None = None, prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix, auto_id="filter-%s", label_suffix="", use_required_attribute=False)
        self._use_active_words()
        for name, label in RANGES.items():
            for end, text in (("from", gettext("%(range)s, from")), ("to", gettext("%(range)s, to"))):
                field = self.fields[f"{name}_{end}"]
                field.label = text % {"range": label}
                field.widget.attrs["aria-label"] = field.label

    def _use_active_words(self) -> None:
        """Lists offer the terms that are shown, and the parts of those that are split, in the words of the user."""
        active = active_words()
        if active.are_of_models:
            return
        words = active.words
        moods = [(key, words.adjective(key)) for key in active.shown_terms]
        parts = [(key, f"{words.adjective(ml_gateway.base_term(key))}: {words.adjective(key)}") for key in active.parts]
        genres = [(name, words.genre_title(name)) for name, _ in GENRES]
        every_mood = [*moods, *parts]
        offered = {"genre": genres, "said": moods, "mood": every_mood, "first": every_mood, "second": every_mood}
        for name, choices in offered.items():
            self.fields[name].widget.choices = [("", gettext("Any")), *choices]
        most = gettext("Most %(mood)s first")
        self.fields["sort"].widget.choices = [
            (key, capfirst(most % {"mood": words.words(key).adjective}) if key in ml_gateway.MOODS else label)
            for key, label in SORTS
            if key not in ml_gateway.MOODS or key in active.shown_terms
        ]

    def clean(self) -> None:
        for name in RANGES:
            low, high = (self.cleaned_data.get(f"{name}_{end}") for end in ("from", "to"))
            if low is not None and high is not None and low > high:
                message = gettext("%(start)s is greater than %(end)s, so no song matches: swap them.")
                raise ValidationError(message % {"start": f"{name}_from", "end": f"{name}_to"}, code="order")

    @property
    def choices(self) -> list[forms.BoundField]:
        offered = [] if self["source"].is_hidden else [self["source"]]
        return [*(self[name] for name in self.CHOICES), *offered]

    @property
    def texts(self) -> list[forms.BoundField]:
        return [self[name] for name in self.TEXTS]

    @property
    def ranges(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Label, lower end and upper end."""
        return [(str(label), self[f"{name}_from"], self[f"{name}_to"]) for name, label in RANGES.items()]
