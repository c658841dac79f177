"""The time of the queue's statements, and which indexes they use: python -m tests.scale.statements"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from tests.scale.django_setup import set_up

RUNS = 11


def main() -> None:
    from django.utils import timezone

    from classifier.accounts.quotas import usage, usage_by_person
    from classifier.jobs.fair_order import WaitingLines
    from classifier.jobs.lease import next_song_claim
    from classifier.jobs.sweep import songs_sweep
    from classifier.jobs.time_estimate import time_estimate
    from classifier.models import SERVED_QUEUES, Person, Song

    person = Person.objects.order_by("-pk").first()
    assert person is not None
    jobs: dict[str, Callable[[], object]] = {
        "a claim": lambda: next_song_claim(queues=SERVED_QUEUES, now=timezone.now()),
        "who waits (part of a claim)": WaitingLines.read,
        "a sweep with nothing to send": lambda: songs_sweep(now=timezone.now()),
        "positions and times on a page": lambda: time_estimate(now=timezone.now()),
        "the quota of a person": lambda: usage(person),
        "who uses how much (the owner's page)": usage_by_person,
    }
    songs_sweep(now=timezone.now())
    # Nothing is overdue from now on, as when messages wait.
    Song.objects.queued().filter(id__in=_oldest()).update(enqueued_at=timezone.now())
    print(json.dumps([measured(name, job) for name, job in jobs.items()]))


def _oldest() -> list[Any]:
    from classifier.models import SERVED_QUEUES, Song

    return [
        song_id
        for queue in SERVED_QUEUES
        for song_id in Song.objects.waiting_in(queue).order_by("created_at").values_list("id", flat=True)[:1000]
    ]


def measured(name: str, job: Callable[[], object]) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    runs = 3 if "owner" in name else RUNS
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        job()
        times.append(1000 * (time.perf_counter() - started))
    with CaptureQueriesContext(connection) as captured:
        job()
    plans = [plan(query["sql"]) for query in captured if query["sql"].startswith(("SELECT", "\n    WITH", "WITH"))]
    scans = sorted({scan for one in plans for scan in one if "classifier_song" in scan or "song_" in scan})
    return {"name": name, "ms": median(times), "most_ms": max(times), "scans": scans}


def plan(sql: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql.replace('%', '%%')}", [])
        lines = [line for (line,) in cursor.fetchall()]
    found = (
        re.search(r"(Index(?: Only)? Scan|Bitmap Index Scan|Seq Scan).*? (?:using|on) (\w+)", line) for line in lines
    )
    return [f"{match[1]} {match[2]}" for match in found if match]


if __name__ == "__main__":
    set_up()
    main()
