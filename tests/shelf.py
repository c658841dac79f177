"""A shelf of songs that were heard: rows without files, each as a test says."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from classifier.models import Analysis, AnalysisDetail, Person, Song, Status
from tests.classifier.fake_analysis import answer, mood, scores

_numbers = count()
OF_ANALYSIS = {field.name for field in Analysis._meta.concrete_fields} - {"id", "song", "created_at"}


def shelve(owner: Person, title: str = "", *, created_at: datetime | None = None, **given: Any) -> Song:
    """A song and its analysis; what is not given is as tests.classifier.fake_analysis has it."""
    number = next(_numbers)
    heard = {name: given.pop(name) for name in OF_ANALYSIS & given.keys()}
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
            **given,
        }
    )
    found = answer()
    segments = found.pop("segments")
    places = {name: scores()[name] for name in ("valence", "arousal")}
    analysis = Analysis.objects.create(
        song=song,
        created_at=song.created_at,
        **{"model_version": "mood-3", "agreement": 0.83, **places, **mood(), **heard},
    )
    AnalysisDetail.objects.create(analysis=analysis, answer=found, segments=segments)
    return song
