"""Analysed songs as database rows without files, for tests."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from classifier.models import Analysis, AnalysisDetail, Person, Song, Status
from tests.classifier.fake_analysis import answer, mood, older_answer, scores

_numbers = count()
OLDER_MODELS = ("mood-1", "mood-2", "mood-3")
OF_ANALYSIS = {field.name for field in Analysis._meta.concrete_fields} - {"id", "song", "created_at"}


def shelve(owner: Person, title: str = "", *, created_at: datetime | None = None, **fields: Any) -> Song:
    """A song and its analysis; fields that are not passed have the defaults of tests.classifier.fake_analysis.

    An older model's answer is in the nine emotions; its columns hold terms, as those of any model.
    """
    number = next(_numbers)
    analysis_fields = {name: fields.pop(name) for name in OF_ANALYSIS & fields.keys()}
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
    return song
