"""Numbers that only grow, in the database: every process adds to them, and any web process can answer for all.

They are counted after the work itself, so that they never delay or undo it; a process that is killed in between loses
its last count.
"""

from __future__ import annotations

import logging
import os
import socket
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet, Sum

from classifier.models import MetricCounter

logger = logging.getLogger(__name__)

SONGS = "songs"
"""Label: `done` or `failed`."""
FAILURES = "failures"
"""Label: the error code."""
STAGES = "stages"
"""Label: the stage of an analysis; a histogram of seconds."""
PERIODS = "periods"
"""Label: `done` or `failed` and the number of a period of five minutes."""

DONE, FAILED = "done", "failed"

SHARDS = 8
PERIOD_S = 300
PERIODS_KEPT = timedelta(days=2)

STAGE_BUCKETS_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
INFINITE = "+Inf"


@dataclass(frozen=True, order=True)
class Addition:
    name: str
    label: str
    bucket: str = ""
    seconds: float = 0.0


def count_song(outcome: str, *, code: str = "", now: datetime) -> None:
    """Count the end of an analysis: `done`, or `failed` with its error code."""
    additions = [Addition(SONGS, outcome), Addition(PERIODS, f"{outcome} {period_of(now)}")]
    if code:
        additions.append(Addition(FAILURES, code))
    _add(additions)


def count_stages(seconds_of: Mapping[str, float]) -> None:
    """Count how long each stage of an analysis took."""
    _add(Addition(STAGES, stage, _bucket(seconds), seconds) for stage, seconds in seconds_of.items())


def period_of(moment: datetime) -> int:
    return int(moment.timestamp()) // PERIOD_S


def totals(name: str) -> dict[str, int]:
    """The number of each label, in alphabetical order."""
    return _by_label(MetricCounter.objects.filter(name=name))


def histograms(name: str) -> dict[str, tuple[list[tuple[str, float]], float]]:
    """By label: the cumulative number of each bucket, and the sum of all seconds."""
    counts: dict[str, dict[str, int]] = {}
    seconds: dict[str, float] = {}
    rows = MetricCounter.objects.filter(name=name).values_list("label", "bucket")
    for label, bucket, count, total in rows.annotate(Sum("count"), Sum("total")).order_by("label"):
        counts.setdefault(label, {})[bucket] = count
        seconds[label] = seconds.get(label, 0.0) + total
    return {label: (_cumulative(by_bucket), seconds[label]) for label, by_bucket in counts.items()}


def songs_in_periods(*, first: int, last: int) -> dict[int, dict[str, int]]:
    """By period, both included: the number of songs that ended as `done` and as `failed`."""
    numbers: dict[int, dict[str, int]] = {period: {} for period in range(first, last + 1)}
    labels = [f"{outcome} {period}" for outcome in (DONE, FAILED) for period in numbers]
    for label, count in _by_label(MetricCounter.objects.filter(name=PERIODS, label__in=labels)).items():
        outcome, _, period = label.partition(" ")
        numbers[int(period)][outcome] = count
    return numbers


def expired_periods_delete(*, now: datetime) -> None:
    oldest = period_of(now - PERIODS_KEPT)
    expired = [label for label in totals(PERIODS) if int(label.partition(" ")[2]) < oldest]
    MetricCounter.objects.filter(name=PERIODS, label__in=expired).delete()


def _by_label(counters: QuerySet[MetricCounter]) -> dict[str, int]:
    return dict(counters.values_list("label").annotate(Sum("count")).order_by("label"))


def _add(additions: Iterable[Addition]) -> None:
    shard = zlib.crc32(f"{socket.gethostname()} {os.getpid()}".encode()) % SHARDS
    try:
        with transaction.atomic():
            # In one order, so that two processes never wait for each other.
            for addition in sorted(additions):
                _add_one(addition, shard)
    except DatabaseError as error:
        logger.warning("The numbers for metrics could not be written: %s", error)


def _add_one(addition: Addition, shard: int) -> None:
    key = {"name": addition.name, "label": addition.label[:64], "bucket": addition.bucket, "shard": shard}
    grown = {"count": F("count") + 1, "total": F("total") + addition.seconds}
    if not MetricCounter.objects.filter(**key).update(**grown):
        # Another process may create the row at this moment.
        MetricCounter.objects.bulk_create([MetricCounter(**key)], ignore_conflicts=True)
        MetricCounter.objects.filter(**key).update(**grown)


def _bucket(seconds: float) -> str:
    return next((f"{bound:g}" for bound in STAGE_BUCKETS_S if seconds <= bound), INFINITE)


def _cumulative(by_bucket: Mapping[str, int]) -> list[tuple[str, float]]:
    so_far, cumulative = 0, []
    for bucket in (*(f"{bound:g}" for bound in STAGE_BUCKETS_S), INFINITE):
        so_far += by_bucket.get(bucket, 0)
        cumulative.append((bucket, float(so_far)))
    return cumulative
