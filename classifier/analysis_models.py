"""Results of songs."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from classifier import ml_gateway
from classifier.active_words import active_words
from classifier.fields import OrderedJSONField
from classifier.querysets import MOOD_FIELDS, AnalysisQuerySet


class Analysis(models.Model):
    """The result of one version of the models for a song: the part that lists and filters read."""

    song = models.ForeignKey("classifier.Song", on_delete=models.CASCADE, related_name="analyses")
    model_version = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    name = models.CharField(max_length=128)
    # Always mood terms, so that filters and charts compare results of all models.
    primary = models.CharField(max_length=32)
    secondary = models.CharField(max_length=32)
    joined_by = models.CharField(max_length=8)
    confidence = models.FloatField()
    secondary_confidence = models.FloatField()
    certain = models.BooleanField()
    genre = models.CharField(max_length=64)
    valence = models.FloatField()
    arousal = models.FloatField()
    agreement = models.FloatField()
    # For filters: see `own_models_text`. What the models said is in the answer.
    own_models = models.CharField(max_length=255, blank=True, default="")

    # The mood by the rules of the owner's vocabulary (`classifier/vocabularies`), whose version stands beside it; NULL
    # where it has none. Both sides as terms, and as keys, which also name the parts of split terms.
    own_version = models.PositiveIntegerField(null=True, blank=True)
    own_primary = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    own_secondary = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    own_primary_key = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    own_secondary_key = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    own_confidence = models.FloatField(null=True, blank=True)
    own_secondary_confidence = models.FloatField(null=True, blank=True)
    own_certain = models.BooleanField(null=True, blank=True)
    own_genre = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "analyses"
        constraints = [
            models.UniqueConstraint(fields=["song", "model_version"], name="analysis_once_for_each_version"),
            models.UniqueConstraint(
                fields=["song"], condition=Q(is_current=True), name="analysis_one_current_for_each_song"
            ),
        ]
        # Whether there are results of older models.
        indexes = [models.Index(fields=["model_version"], condition=Q(is_current=True), name="analysis_of_model")]

    def __str__(self) -> str:
        return f"{self.name} ({self.model_version})"

    @property
    def mood(self) -> dict[str, Any]:
        """As an answer has it. The columns hold terms; a model of the nine emotions gave those of its own."""
        sides = {"primary": self.primary, "secondary": self.secondary}
        if ml_gateway.names_emotions(self.model_version):
            sides = {side: ml_gateway.EMOTION_OF_TERM.get(term, term) for side, term in sides.items()}
        return {name: getattr(self, name) for name in MOOD_FIELDS} | sides

    @property
    def shown_mood(self) -> dict[str, Any]:
        """`mood`, or where the active words have rules, the mood by them."""
        active = active_words()
        if self.own_primary is None or self.own_secondary is None or not active.changes_names:
            return self.mood
        return {
            "primary": self.own_primary,
            "secondary": self.own_secondary,
            "primary_key": active.known(self.own_primary_key or self.own_primary),
            "secondary_key": active.known(self.own_secondary_key or self.own_secondary),
            "joined_by": ml_gateway.joined_by(self.own_primary, self.own_secondary),
            "confidence": self.own_confidence,
            "secondary_confidence": self.own_secondary_confidence,
            "certain": self.own_certain,
            "genre": self.own_genre,
        }

    @property
    def shown_sides(self) -> tuple[str, str]:
        """The terms of `shown_mood`."""
        mood = self.shown_mood
        return ml_gateway.term_of(mood["primary"]), ml_gateway.term_of(mood["secondary"])

    @property
    def shown_name(self) -> str:
        """The name of `shown_mood` in the active words."""
        active = active_words()
        if active.are_of_models:
            return self.name
        mood = self.shown_mood
        keys = mood.get("primary_key", mood["primary"]), mood.get("secondary_key", mood["secondary"])
        return active.words.join(*keys, mood["joined_by"]) if mood["certain"] else active.words.mixed(*keys)

    @property
    def is_disputed(self) -> bool:
        """The two networks disagree about the song."""
        return self.agreement < ml_gateway.DISAGREE_BELOW


class AnalysisDetail(models.Model):
    """The rest of the result, in a table of its own so that lists stay light; segments are most of it."""

    analysis = models.OneToOneField(Analysis, on_delete=models.CASCADE, primary_key=True, related_name="detail")
    answer = OrderedJSONField()
    segments = OrderedJSONField()
    # Loudness from start to end, 0 to 100; empty for analyses made before it was stored.
    waveform = OrderedJSONField(default=list)
