"""The moods that somebody states in a CSV, to measure with: nothing of the file is stored."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Person, Verdict
from classifier.services.corrections.csv_reading import corrections_read
from classifier.services.corrections.plan import corrections_plan
from classifier.uploads.file_names import display_name


@dataclass(frozen=True)
class LabelFile:
    name: str
    labels: dict[uuid.UUID, tuple[str, ...]]
    problems: int
    """Rows that name no song of the library, or no mood of this application."""


def label_file_read(*, owner: Person, name: str, content: IO[bytes], now: datetime) -> LabelFile:
    """Columns as those of an import of corrections. Raises ProductError."""
    plan = corrections_plan(owner, corrections_read(content), now=now)
    labels = {
        one.song_id: tuple(filter(None, one.moods))
        for one in plan.outcomes
        if one.song_id is not None and not one.code and one.verdict != Verdict.NONE
    }
    if not labels:
        raise ProductError(
            "labels_empty",
            gettext(
                "No row of %(file)s states moods for a song of your library: check the columns, and that the songs are "
                "here."
            )
            % {"file": display_name(name)},
        )
    return LabelFile(display_name(name), labels, len(plan.problems))
