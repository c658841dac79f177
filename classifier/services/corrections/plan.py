"""What a file of corrections would do to a library, row by row, before anything is changed."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Analysis, Song, Verdict
from classifier.serializers import actual_mood
from classifier.services.corrections.csv_reading import CorrectionRow
from classifier.services.corrections.song_matching import songs_matched
from classifier.services.song_verdict import CHOICES, RETRACT, Pair, stated_moods

if TYPE_CHECKING:
    from classifier.models import Person

BATCH_ROWS = 500


@dataclass(frozen=True)
class Outcome:
    """What happens to one row: it changes a song, finds it as it is, or has a problem (`code`)."""

    line: int
    name: str
    song_id: uuid.UUID | None = None
    before: str = ""
    after: str = ""
    verdict: str = ""
    moods: Pair = ("", "")
    verdict_at: datetime | None = None
    changes: bool = False
    code: str = ""
    message: str = ""

    @property
    def result(self) -> str:
        return "problem" if self.code else "change" if self.changes else "unchanged"


@dataclass(frozen=True)
class Plan:
    outcomes: list[Outcome]

    @property
    def changes(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.changes]

    @property
    def problems(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.code]

    @property
    def unchanged(self) -> int:
        return len(self.outcomes) - len(self.changes) - len(self.problems)

    @property
    def digest(self) -> str:
        """Tells whether the same changes are still due."""
        content = [[str(one.song_id), one.before, one.verdict, *one.moods] for one in self.changes]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def corrections_plan(owner: Person, rows: Sequence[CorrectionRow], *, now: datetime) -> Plan:
    """Reads the library and changes nothing."""
    matched = songs_matched(owner, rows)
    outcomes: list[Outcome] = []
    first_line: dict[uuid.UUID, int] = {}
    for start in range(0, len(rows), BATCH_ROWS):
        batch = rows[start : start + BATCH_ROWS]
        songs = _songs(owner, {song_id for row in batch for song_id in matched.get(row.line, ())})
        for row in batch:
            try:
                song = _song(row, matched.get(row.line, set()), songs)
                if song.id in first_line:
                    raise ProductError(
                        "row_twice", gettext("Row %(row)s is about the same song.") % {"row": first_line[song.id]}
                    )
                first_line[song.id] = row.line
                outcomes.append(_outcome(row, song, now))
            except ProductError as error:
                outcomes.append(Outcome(row.line, _name(row), code=error.code, message=error.message))
    return Plan(outcomes)


def _songs(owner: Person, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Song]:
    return Song.objects.for_owner(owner).with_analysis().in_bulk(list(ids))


def _song(row: CorrectionRow, ids: set[uuid.UUID], songs: dict[uuid.UUID, Song]) -> Song:
    found = [songs[song_id] for song_id in ids if song_id in songs]
    if not found:
        raise ProductError(
            "song_unknown", gettext("No song of your library matches: check id, path, or title and artist.")
        )
    if len(found) > 1:
        raise ProductError(
            "song_ambiguous",
            gettext("%(count)s songs match: add the column id or path, to say which one is meant.")
            % {"count": len(found)},
        )
    return found[0]


def _outcome(row: CorrectionRow, song: Song, now: datetime) -> Outcome:
    verdict, moods = _stated(row, song.analysis)
    before = (song.verdict, song.actual_primary, song.actual_secondary)
    return Outcome(
        line=row.line,
        name=song.display_title,
        song_id=song.id,
        before=verdict_text(*before),
        after=verdict_text(verdict, *moods),
        verdict=verdict,
        moods=moods,
        verdict_at=_time(row.verdict_at, now) if verdict else None,
        changes=before != (verdict, *moods),
    )


def _stated(row: CorrectionRow, analysis: Analysis | None) -> tuple[str, Pair]:
    """The verdict and the moods of a row, checked as those of a form are."""
    verdict = row.verdict.lower()
    primary, secondary = _moods(row)
    if verdict == RETRACT:
        return Verdict.NONE, ("", "")
    if verdict == Verdict.DISAGREED:
        return verdict, ("", "")
    if verdict == Verdict.AGREED and not primary:
        if analysis is None:
            raise ProductError("answer_missing", gettext("This song has no result yet that the row could agree with."))
        return verdict, analysis.shown_sides
    if verdict not in (Verdict.NONE, Verdict.AGREED, Verdict.CORRECTED):
        raise ProductError(
            "verdict_unknown",
            gettext("The verdict is “%(verdict)s”: %(allowed)s and an empty cell are allowed.")
            % {"verdict": verdict[:40], "allowed": ", ".join(CHOICES)},
        )
    return verdict or Verdict.CORRECTED, stated_moods(primary, secondary)


def _moods(row: CorrectionRow) -> Pair:
    """Names of moods in any case; `actual_mood` counts where `actual_primary` is empty: “Sad but Tender”."""
    if row.actual_primary or row.actual_secondary:
        return row.actual_primary.lower(), row.actual_secondary.lower()
    primary, *others = re.split(r"\s+(?:but|and)\s+", row.actual_mood.lower(), maxsplit=1)
    return primary, others[0] if others else ""


def verdict_text(verdict: str, primary: str, secondary: str) -> str:
    if verdict == Verdict.NONE:
        return gettext("not judged")
    mood = actual_mood(Song(actual_primary=primary, actual_secondary=secondary))
    word = str(Verdict(verdict).label).lower()
    return gettext("%(verdict)s: %(mood)s") % {"verdict": word, "mood": mood["name"]} if mood else word


def _time(text: str, now: datetime) -> datetime:
    """When the verdict was given, if the row says so; never in the future."""
    try:
        time = parse_datetime(text)
    except ValueError:
        time = None
    if time is None or time.year < 2000:
        return now
    time = time if timezone.is_aware(time) else timezone.make_aware(time)
    return time if time < now + timedelta(minutes=1) else now


def _name(row: CorrectionRow) -> str:
    return row.title or row.path or row.file_name or row.id or row.sha256 or row.audio_hash
