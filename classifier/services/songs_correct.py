"""A person says of many songs at once which moods they really have."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from classifier.models import Song, Verdict
from classifier.services.song_verdict import stated_moods

AT_ONCE = 500


def songs_correct(*, ids: Sequence[uuid.UUID], primary: str, secondary: str, now: datetime) -> int:
    primary, secondary = stated_moods(primary, secondary)
    said = {
        "verdict": Verdict.CORRECTED,
        "verdict_at": now,
        "actual_primary": primary,
        "actual_secondary": secondary,
    }
    return sum(
        Song.objects.filter(id__in=ids[start : start + AT_ONCE]).update(**said) for start in range(0, len(ids), AT_ONCE)
    )
