"""Packs the results that earlier versions stored unpacked."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Length, Substr

from classifier.models import AnalysisDetail

BATCH_ROWS = 100
COLUMNS = ("answer", "segments", "waveform")
MIN_CHARACTERS = 1_000
"""Shorter results, of songs of some seconds, stay as they are where packing does not make them shorter."""


def results_compact() -> Iterator[int]:
    """Rewrite all rows that are plain JSON, in batches of a short transaction each. Yields the rows of each batch.

    It can be stopped at any time and be run again: it finds what is left.
    """
    after = 0
    while rows := _plain_rows(after):
        after = rows[-1]
        with transaction.atomic():
            # The rows are locked, so that a new analysis of a song comes before this reads it or after it is written.
            details = AnalysisDetail.objects.select_for_update().filter(analysis_id__in=rows)
            AnalysisDetail.objects.bulk_update(details, COLUMNS, batch_size=1)
        yield len(rows)


def _plain_rows(after: int) -> list[int]:
    """The ids of the next rows whose segments are JSON: packed values begin with another character, or are bytes."""
    plain = AnalysisDetail.objects.alias(
        start=Substr("segments", 1, 1, output_field=TextField()), length=Length("segments")
    ).filter(start="[", length__gte=MIN_CHARACTERS)
    ids = plain.filter(analysis_id__gt=after).order_by("analysis_id").values_list("analysis_id", flat=True)
    return list(ids[:BATCH_ROWS])
