"""Moods that are written into the tags of files: the tasks that do it, and the journal by which it is undone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from classifier.fields import uuid7


class TagStep(models.TextChoices):
    READ = "read"
    """Read what is in the files, for the preview."""
    WRITE = "write"
    UNDO = "undo"


class TagStatus(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class TagValues(models.TextChoices):
    SIDES = "sides", gettext_lazy("The composite mood and its sides")
    ONE = "one", gettext_lazy("The composite mood alone")


class TagExisting(models.TextChoices):
    """What happens to moods in a file that somebody else wrote."""

    KEEP = "keep", gettext_lazy("Keep them, and leave these files as they are")
    ADD = "add", gettext_lazy("Keep them, and add those of Countermood behind them")
    REPLACE = "replace", gettext_lazy("Replace them")


class TagJob(models.Model):
    """One run of writing moods into files: those of a source, or those that `manage.py tag --write` was given.

        READ: WAITING -> RUNNING -> DONE    the preview is there; the user asks to write
                                      |
                                   WRITE: WAITING -> RUNNING -> DONE, STOPPED, FAILED    which may go on, or be undone
                                                                  |
                                                               UNDO: WAITING -> RUNNING -> DONE, STOPPED, FAILED

    A process that works on it holds a lease, which expires (`classifier/tagging/leases.py`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # NULL: of the command line.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="tag_jobs"
    )
    # NULL: of the command line, or of a source that was removed. Its changes can still be undone there.
    source = models.ForeignKey(
        "classifier.Source", on_delete=models.SET_NULL, null=True, blank=True, related_name="tag_jobs"
    )
    values = models.CharField(max_length=16, choices=TagValues.choices, default=TagValues.SIDES)
    existing = models.CharField(max_length=16, choices=TagExisting.choices, default=TagExisting.KEEP)
    # VALENCE and AROUSAL too.
    with_numbers = models.BooleanField(default=False)

    step = models.CharField(max_length=16, choices=TagStep.choices, default=TagStep.READ)
    status = models.CharField(max_length=16, choices=TagStatus.choices, default=TagStatus.WAITING)
    stop_requested = models.BooleanField(default=False)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # Of the step: {"total": 200, "done": 13, ...}; of the preview also the songs that are left out.
    counts = models.JSONField(default=dict, blank=True)
    left_out = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["status"],
                name="tag_job_not_over",
                condition=Q(status__in=("waiting", "running")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.status}"

    @property
    def is_active(self) -> bool:
        return self.status in (TagStatus.WAITING, TagStatus.RUNNING)


class TagOutcome(models.TextChoices):
    """What a change does to a file. Names of `ml.audio.tag_writing.fields`, and UNREADABLE."""

    NEW = "new", gettext_lazy("No mood yet")
    UPDATE = "update", gettext_lazy("Moods that Countermood wrote")
    ADD = "add", gettext_lazy("Moods of others, added to")
    REPLACE = "replace", gettext_lazy("Moods of others, replaced")
    KEEP = "keep", gettext_lazy("Moods of others, kept")
    SAME = "same", gettext_lazy("Up to date")
    UNREADABLE = "unreadable", gettext_lazy("Cannot be written")


WRITTEN_OUTCOMES = (TagOutcome.NEW, TagOutcome.UPDATE, TagOutcome.ADD, TagOutcome.REPLACE)


class TagState(models.TextChoices):
    PLANNED = "planned"
    WRITING = "writing"
    """Since before the file is written: after a crash, the file itself tells."""
    WRITTEN = "written"
    UNDONE = "undone"
    FAILED = "failed"


class TagChange(models.Model):
    """The mood fields of one file, before and after a change: the preview first, then the journal."""

    job = models.ForeignKey(TagJob, on_delete=models.CASCADE, related_name="changes")
    # NULL: of the command line, or of a source that was removed.
    location = models.ForeignKey(
        "classifier.SongLocation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Absolute, with links resolved; bytes that are not UTF-8 escaped as in the key of a location.
    path = models.TextField()
    path_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, choices=TagOutcome.choices)
    state = models.CharField(max_length=16, choices=TagState.choices, default=TagState.PLANNED)
    # What Countermood adds: those of `after` that are its own.
    moods = models.JSONField(default=list, blank=True)
    # All mood fields: texts by the name of the field as it is in the file.
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    # Whether the file had a tag of this kind; a new one goes with an undo.
    had_tag = models.BooleanField(default=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "path_sha256"], name="tag_change_once_for_file")
        ]
        indexes: ClassVar = [
            models.Index(fields=["job", "outcome", "id"], name="tag_change_of_job"),
            models.Index(
                fields=["path_sha256"], name="tag_change_of_file", condition=Q(state__in=("writing", "written"))
            ),
            models.Index(
                fields=["location"], name="tag_change_of_location", condition=Q(state__in=("writing", "written"))
            ),
        ]

    def __str__(self) -> str:
        return self.path
