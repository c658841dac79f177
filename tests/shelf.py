"""Analysed songs as database rows without files, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from classifier.models import Analysis, AnalysisDetail, Person, Song, Status
from classifier.sort_models import OF_ANALYSIS, sort_values
from tests.classifier.fake_analysis import answer, mood, older_answer, scores

_numbers = count()
OLDER_MODELS = ("mood-1", "mood-2", "mood-3")
ANALYSIS_FIELDS = {field.name for field in Analysis._meta.concrete_fields} - {"id", "song", "created_at"}


def shelve(owner: Person, title: str = "", *, created_at: datetime | None = None, **fields: Any) -> Song:
    """A song and its analysis; fields that are not passed have the defaults of tests.classifier.fake_analysis.

    An older model's answer is in the nine emotions; its columns hold terms, as those of any model.
    """
    number = next(_numbers)
    analysis_fields = {name: fields.pop(name) for name in ANALYSIS_FIELDS & fields.keys()}
    song = Song.objects.create(
        **{
            "owner": owner,
            "title": title,
            "file_name": f"{number}.wav",
            "sha256": f"{number:064}",
            "size_bytes": 1,
            "duration_s": 60.0,
            "status": Status.DONE,
            "created_at": created_at or timezone.now(),
            **fields,
        }
    )
    version = analysis_fields.setdefault("model_version", settings.MODEL_BUNDLE)
    stored_answer = older_answer() if version in OLDER_MODELS else answer()
    segments = stored_answer.pop("segments")
    places = {name: scores()[name] for name in ("valence", "arousal")}
    analysis = Analysis.objects.create(
        song=song,
        created_at=song.created_at,
        **{"agreement": 0.83, **places, **mood(), **analysis_fields},
    )
    AnalysisDetail.objects.create(analysis=analysis, answer=stored_answer, segments=segments)
    columns = sort_values(stored_answer, version) | columns_of(analysis)
    columns = {name: fields.get(name, value) for name, value in columns.items()}
    Song.objects.filter(id=song.id).update(**columns)
    for name, value in columns.items():
        setattr(song, name, value)
    return song


def columns_of(analysis: Analysis) -> dict[str, Any]:
    """The columns of its song that repeat those of an analysis."""
    return {column: getattr(analysis, name) for name, column in OF_ANALYSIS.items()}


def store_analyses(songs: Sequence[Song], analyses: Sequence[Analysis]) -> None:
    """New songs and the analysis of each, in bulk."""
    for analysis in analyses:
        for column, value in columns_of(analysis).items():
            setattr(analysis.song, column, value)
    Song.objects.bulk_create(songs, batch_size=500)
    Analysis.objects.bulk_create(analyses, batch_size=500)


def analysis_changed(song: Song, **fields: Any) -> None:
    """As if its current analysis had given these values."""
    Analysis.objects.filter(song=song, is_current=True).update(**fields)
    columns = {OF_ANALYSIS[name]: value for name, value in fields.items() if name in OF_ANALYSIS}
    Song.objects.filter(id=song.id).update(**columns)


def analysis_removed(song: Song) -> None:
    Analysis.objects.filter(song=song).delete()
    Song.objects.filter(id=song.id).update(**dict.fromkeys(OF_ANALYSIS.values()))
