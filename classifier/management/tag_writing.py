"""`manage.py tag --write` and `--undo`: moods in the tags of the files that were analysed, with a journal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from classifier import ml_gateway
from classifier.active_words import ActiveWords, use_words
from classifier.errors import ProductError
from classifier.models import TagChange, TagExisting, TagJob, TagOutcome, TagStatus, TagStep, TagValues
from classifier.sources.folder_paths import relative_path
from classifier.tag_models import WRITTEN_OUTCOMES
from classifier.tagging.planning import file_change, own_moods_of
from classifier.tagging.song_moods import LANGUAGE, mood_words
from classifier.tagging.writing import change_undo, change_write, changes_of_files, changes_to_undo

UNCERTAIN = "uncertain"
"""The outcome for a song without a certain mood, of which nothing is written."""


def _anywhere(path: bytes) -> bool:
    """Whoever runs the command names the files; the system says whether they may."""
    return True


@dataclass
class TagWriter:
    """Writes the moods of answers into their files; the first change begins a task in the journal."""

    values: str = TagValues.SIDES
    existing: str = TagExisting.KEEP
    with_numbers: bool = False
    dry_run: bool = False
    words: ActiveWords | None = None
    _job: TagJob = field(init=False)

    def __post_init__(self) -> None:
        now = timezone.now()
        self._job = TagJob(
            values=self.values,
            existing=self.existing,
            with_numbers=self.with_numbers,
            step=TagStep.WRITE,
            status=TagStatus.DONE,
            created_at=now,
            finished_at=now,
        )

    def write(self, path: Path, answer: dict[str, Any]) -> dict[str, Any]:
        """What was done, or with `dry_run` would be done: `outcome`, the moods `before` and `after`, or an `error`."""
        tags = self._tags(answer)
        if tags is None:
            return {"outcome": UNCERTAIN}
        if not os.path.isfile(path):
            return _failed("file_unwritable", "It is not a regular file, so that nothing is written to it.")
        change = file_change(self._job, path, tags, own_moods_of(path))
        if change.outcome == TagOutcome.UNREADABLE:
            return _failed(change.error_code, change.error_message)
        if change.outcome in WRITTEN_OUTCOMES and not self.dry_run:
            if self._job._state.adding:
                self._job.save(force_insert=True)
            TagChange.objects.filter(job=self._job, path_sha256=change.path_sha256).delete()  # named twice
            change.save(force_insert=True)
            try:
                change_write(change, _anywhere, timezone.now())
            except ProductError as error:
                return _failed(error.code, error.message)
        before, after = ml_gateway.moods_of(change.before), ml_gateway.moods_of(change.after)
        return {"outcome": str(change.outcome), "before": before, "after": after}

    def _tags(self, answer: dict[str, Any]) -> ml_gateway.MoodTags | None:
        mood = answer.get("actual_mood") or answer["mood"]
        if not mood.get("certain", True):
            return None
        # With the rules of a vocabulary, the keys may be parts of terms.
        keys = [mood.get(f"{side}_key") or mood[side] for side in ("primary", "secondary")]
        sides = [key if key not in ml_gateway.EMOTIONS else ml_gateway.term_of(key) for key in keys if key]
        scores = answer["scores"] if self.with_numbers else {}
        with override(LANGUAGE), use_words(lambda: self.words):
            return ml_gateway.MoodTags(mood_words(sides, self.values), scores.get("valence"), scores.get("arousal"))


def tags_undo(paths: list[Path] | None) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Take back the last change of each of these files, or those of the last `tag --write`."""
    changes = _last_changes() if paths is None else changes_of_files(paths)
    for change in changes:
        path = Path(os.fsdecode(relative_path(change.path)))
        try:
            change_undo(change, _anywhere, timezone.now())
        except ProductError as error:
            yield path, _failed(error.code, error.message)
            continue
        before, after = ml_gateway.moods_of(change.after), ml_gateway.moods_of(change.before)
        yield path, {"outcome": "undone", "before": before, "after": after}


def _last_changes() -> list[TagChange]:
    for job in TagJob.objects.filter(source=None, owner=None):
        if changes := list(changes_to_undo(job).order_by("-id")):
            return changes
    return []


def tags_text(tags: dict[str, Any], *, dry_run: bool) -> str:
    """One line for people."""
    if "error" in tags:
        return f"  not written: {tags['error']['message']} [{tags['error']['code']}]"
    if tags["outcome"] == UNCERTAIN:
        return "  not written: the mood is not certain"
    before, after = ("; ".join(tags[name]) or "none" for name in ("before", "after"))
    if tags["outcome"] == TagOutcome.SAME:
        return f"  in the file already: {after}"
    if tags["outcome"] == TagOutcome.KEEP:
        return f"  kept: {after} (--existing add or replace changes that)"
    verb = "undone" if tags["outcome"] == "undone" else "would write" if dry_run else "written"
    return f"  {verb}: {after} (before: {before})"


def _failed(code: str, message: str) -> dict[str, Any]:
    return {"outcome": "failed", "error": {"code": code, "message": message}}
