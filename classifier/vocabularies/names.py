"""The names of songs by the rules of their owner's vocabulary, stored beside those of the model so that lists, filters,
orders and charts read them. The answers of the model stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from classifier import ml_gateway
from classifier.models import Analysis, Person, Song, Vocabulary
from classifier.querysets import AnalysisQuerySet

BATCH_SIZE = 500
NO_NAMES: dict[str, Any] = dict.fromkeys(
    (
        *("own_version", "own_primary", "own_secondary", "own_primary_key", "own_secondary_key", "own_confidence"),
        *("own_secondary_confidence", "own_certain", "own_genre"),
    )
)
"""The columns of an analysis without such a name."""


def own_columns(
    answer: Mapping[str, Any], model_version: str, vocabulary: ml_gateway.HouseVocabulary, version: int
) -> dict[str, Any]:
    """The columns of an analysis by a vocabulary with rules; NO_NAMES without any."""
    if not vocabulary.changes_names:
        return NO_NAMES
    named = ml_gateway.house_mood(answer, vocabulary, model_version)
    if isinstance(named, ml_gateway.HouseMood):
        keys = (named.primary, named.secondary, named.primary_key, named.secondary_key)
        confidence, secondary_confidence = round(named.confidence, 4), round(named.secondary_confidence, 4)
        certain, genre = named.certain, named.genre
    else:
        mood, keys = answer["mood"], named
        confidence, secondary_confidence = mood["confidence"], mood["secondary_confidence"]
        certain, genre = mood["certain"], mood["genre"]
    return {
        "own_version": version,
        **dict(zip(("own_primary", "own_secondary", "own_primary_key", "own_secondary_key"), keys, strict=True)),
        "own_confidence": confidence,
        "own_secondary_confidence": secondary_confidence,
        "own_certain": certain,
        "own_genre": genre,
    }


def columns_of_owner(owner_id: int, answer: Mapping[str, Any], model_version: str) -> dict[str, Any]:
    """Those of an analysis that is stored in this transaction. The vocabulary is locked until it ends, so that a change
    of it comes before or after."""
    if not Person.objects.filter(pk=owner_id, vocabulary_version__gt=0).exists():
        return NO_NAMES
    row = Vocabulary.objects.select_for_update().get(owner_id=owner_id)
    return own_columns(answer, model_version, ml_gateway.vocabulary_from_json(row.content), row.version)


def apply_batch(row: Vocabulary, size: int = BATCH_SIZE) -> bool:
    """Name the next songs of the owner by this version. False once all have their names.

    A row that was changed in the meantime names none of them: that of the next version does.
    """
    vocabulary = ml_gateway.vocabulary_from_json(row.content)
    analyses = list(
        waiting(row, vocabulary).select_related("detail").defer("detail__segments", "detail__waveform")[:size]
    )
    songs = []
    for one in analyses:
        for name, value in own_columns(one.detail.answer, one.model_version, vocabulary, row.version).items():
            setattr(one, name, value)
        shown = one.confidence if one.own_confidence is None else one.own_confidence
        songs.append(Song(id=one.song_id, sort_confidence=shown))
    with transaction.atomic():
        if not Vocabulary.objects.select_for_update().filter(owner=row.owner_id, version=row.version).exists():
            return False
        Analysis.objects.bulk_update(analyses, list(NO_NAMES), batch_size=50)
        Song.objects.bulk_update(songs, ["sort_confidence"], batch_size=100)
        if len(analyses) == size:
            return True
        Vocabulary.objects.filter(owner=row.owner_id, version=row.version).update(is_applied=True)
    row.is_applied = True
    return False


def vocabularies_apply(should_stop: Callable[[], bool]) -> None:
    """Name the songs of all vocabularies that were changed."""
    for row in Vocabulary.objects.filter(is_applied=False).order_by("updated_at"):
        while not should_stop() and apply_batch(row):
            pass


def waiting(row: Vocabulary, vocabulary: ml_gateway.HouseVocabulary) -> AnalysisQuerySet:
    """The current analyses of the owner that do not have the names of this version yet."""
    analyses = Analysis.objects.current().filter(song__owner=row.owner_id).order_by()
    if not vocabulary.changes_names:
        return analyses.filter(own_version__isnull=False)
    return analyses.filter(Q(own_version__isnull=True) | ~Q(own_version=row.version))
