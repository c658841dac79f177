"""Corrections from a file: sent, looked at row by row, then made all at once or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import IO

from django.db import transaction
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import CorrectionFile, Person, Song
from classifier.services.corrections.csv_reading import CorrectionRow, corrections_read
from classifier.services.corrections.plan import Outcome, Plan, corrections_plan
from classifier.uploads.file_names import display_name

BATCH_SIZE = 500


def corrections_send(*, owner: Person, name: str, content: IO[bytes], now: datetime) -> None:
    """Read a file and keep it until it is confirmed. It replaces one that was sent before. Raises ProductError."""
    rows = _rows(content)
    CorrectionFile.objects.update_or_create(
        owner=owner,
        defaults={"file_name": display_name(name), "rows": [row.as_json() for row in rows], "created_at": now},
    )


def corrections_sent(*, owner: Person, now: datetime) -> tuple[CorrectionFile, Plan] | None:
    """The file that waits for a confirmation, and what it would change now."""
    file = CorrectionFile.objects.filter(owner=owner).first()
    if file is None:
        return None
    return file, corrections_plan(owner, [CorrectionRow(**row) for row in file.rows], now=now)


def corrections_confirm(*, owner: Person, digest: str, now: datetime) -> int:
    """Make the changes that the user saw: all of them, in one transaction. Returns the number of songs.

    Raises ProductError where other changes are due by now, such as after another verdict on one of the songs.
    """
    with transaction.atomic():
        _lock(owner)
        sent = corrections_sent(owner=owner, now=now)
        if sent is None:
            raise ProductError(
                "corrections_missing",
                gettext(
                    "No file waits for a confirmation: it was confirmed or discarded already, or is older than a day."
                ),
                HTTPStatus.NOT_FOUND,
            )
        file, plan = sent
        if plan.digest != digest:
            raise ProductError(
                "corrections_outdated",
                gettext(
                    "Your library has changed since this page was shown: check the changes again, then confirm them."
                ),
                HTTPStatus.CONFLICT,
            )
        _make(plan.changes)
        file.delete()
    return len(plan.changes)


def corrections_apply(
    *, owner: Person, content: IO[bytes], now: datetime, dry_run: bool = False, strict: bool = False
) -> tuple[Plan, bool]:
    """Read a file and make its changes, all of them in one transaction. Returns the report, and whether they are made:
    not with `dry_run`, and with `strict` not if any row has a problem. Raises ProductError."""
    rows = _rows(content)
    with transaction.atomic():
        _lock(owner)
        plan = corrections_plan(owner, rows, now=now)
        is_made = not dry_run and not (strict and plan.problems)
        if is_made:
            _make(plan.changes)
    return plan, is_made


def corrections_discard(*, owner: Person) -> None:
    CorrectionFile.objects.filter(owner=owner).delete()


def _rows(content: IO[bytes]) -> list[CorrectionRow]:
    rows = corrections_read(content)
    if not rows:
        raise ProductError(
            "corrections_empty",
            gettext("No row of the file states a verdict or a mood: fill in verdict or actual_primary."),
        )
    return rows


def _lock(owner: Person) -> None:
    """Against the same confirmation sent twice, and against a verdict at this moment."""
    Person.objects.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk", flat=True).first()


def _make(changes: Sequence[Outcome]) -> None:
    songs = [
        Song(
            id=one.song_id,
            verdict=one.verdict,
            verdict_at=one.verdict_at,
            actual_primary=one.moods[0],
            actual_secondary=one.moods[1],
        )
        for one in changes
    ]
    Song.objects.bulk_update(
        songs, ["verdict", "verdict_at", "actual_primary", "actual_secondary"], batch_size=BATCH_SIZE
    )
