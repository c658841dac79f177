"""What is kept: people, their songs, what was heard in them, and who is at work."""

from http import HTTPStatus
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.fields import FoldedTextField, OrderedJSONField, folded_columns, uuid7
from classifier.querysets import (
    AnalysisQuerySet,
    ResumableUploadQuerySet,
    SavedFilterQuerySet,
    SongQuerySet,
    TokenQuerySet,
    WorkerQuerySet,
)


class Person(AbstractUser):
    """Someone who signs in. The owner of the installation is its superuser."""

    class Meta:
        verbose_name_plural = "people"

    @property
    def is_owner(self) -> bool:
        return self.is_superuser


class Setup(models.Model):
    """The one row that says the owner's account has been made; its fixed key lets only one visitor make it."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    done_at = models.DateTimeField()


class Status(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Verdict(models.TextChoices):
    """What a person said of what was heard. It stays, whatever is heard later."""

    NONE = ""
    AGREED = "agreed"
    DISAGREED = "disagreed"
    CORRECTED = "corrected"


class Stage(models.TextChoices):
    NONE = ""
    DECODING = "decoding"
    LISTENING = "listening"


def song_folder(song: "Song") -> str:
    """Named by the end of the identifier, which is random, so that no folder grows large."""
    return f"songs/{song.id.hex[-2:]}/{song.id.hex}"


def source_path(song: "Song", filename: str) -> str:
    return f"{song_folder(song)}/{filename}"


class Song(models.Model):
    """A file that a person gave, and how far the listening to it has come.

                         song_claim                song_finish
        song_submit --> QUEUED ----------> RUNNING ------------> DONE
                        ^  |  ^               |
             song_retry |  |  | songs_sweep   |-- song_fail --> FAILED   (a reason that will not change)
                        |  |  +---------------|                    ^
                        |  |    lease expired |-- songs_sweep -----+     (lease expired, tries used up)
                        |  |                  |
                        |  +-- song_cancel -> CANCELLED <- song_cancel    (DONE where an earlier answer is there)
                        +--- FAILED, CANCELLED; with songs_rerun also DONE

    A song that was only to be heard again, and is not, keeps the answer that it had: it is DONE where it says FAILED.

    Each arrow is one conditional update(), so that of two who try at once one wins and the other sees 0 rows. Whoever
    runs a song holds its lease (`lease_token`), renews it while listening, and may write only as long as the token is
    still in the row. The rows are the truth about what is owed; the broker's messages only say that it is time to look.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="songs")

    # The sound as it came, a copy for browsers that cannot play it, and its picture.
    file = models.FileField(upload_to=source_path, max_length=255)
    playable = models.FileField(max_length=255, blank=True)
    spectrogram = models.FileField(max_length=255, blank=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    duration_s = models.FloatField(null=True, blank=True)

    # From the file's tags, unless the person said otherwise.
    title = models.CharField(max_length=255, blank=True)
    artist = models.CharField(max_length=255, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    search_text = FoldedTextField(sources=("title", "artist", "file_name"))
    sort_title = FoldedTextField(sources=("title", "file_name"), first_only=True)
    sort_artist = FoldedTextField(sources=("artist",))

    # What the person heard in it: names of emotions. Who agrees has said what was heard then; who only disagrees, none.
    actual_primary = models.CharField(max_length=32, blank=True)
    actual_secondary = models.CharField(max_length=32, blank=True)
    verdict = models.CharField(max_length=16, choices=Verdict.choices, default=Verdict.NONE, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    # The segments that are through with the stage: decoded or heard.
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.NONE, blank=True)
    segments_done = models.PositiveIntegerField(default=0)
    segments_total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    enqueued_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_message = models.TextField(blank=True)
    warnings = models.JSONField(default=list, blank=True)

    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SongQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="song_once_for_each_owner"),
            models.CheckConstraint(
                condition=Q(status=Status.RUNNING, lease_token__isnull=False, lease_expires_at__isnull=False)
                | (~Q(status=Status.RUNNING) & Q(lease_token__isnull=True, lease_expires_at__isnull=True)),
                name="song_leased_while_running",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="song_newest_of_owner"),
            # Partial: the sweep looks at the few songs that are owed, however many are done.
            models.Index(fields=["created_at"], name="song_queued", condition=Q(status=Status.QUEUED)),
            models.Index(fields=["lease_expires_at"], name="song_running", condition=Q(status=Status.RUNNING)),
        ]

    def __str__(self) -> str:
        return self.display_title

    @property
    def display_title(self) -> str:
        return self.title or self.file_name

    def name_columns(self, title: str, artist: str) -> dict[str, str]:
        """The columns that an `update()` of title and artist has to write."""
        names = {"title": title, "artist": artist}
        return names | folded_columns(Song, names | {"file_name": self.file_name})

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to it unless somebody asks."""
        return self.status in (Status.DONE, Status.FAILED, Status.CANCELLED)

    def reload(self) -> Self:
        """Read the row again, after a change that others may have raced; ProductError if it was deleted meanwhile."""
        try:
            self.refresh_from_db()
        except Song.DoesNotExist:
            raise ProductError("not_found", "This song was deleted meanwhile.", HTTPStatus.NOT_FOUND) from None
        return self

    @property
    def analysis(self) -> "Analysis | None":
        """What holds now; the history reads it for a whole page at once (`with_analysis`)."""
        if "analyses" in getattr(self, "_prefetched_objects_cache", {}):
            return next((analysis for analysis in self.analyses.all() if analysis.is_current), None)
        return self.analyses.current().select_related("detail").first()


MOOD_FIELDS = (
    "name", "primary", "secondary", "joined_by", "confidence", "secondary_confidence", "certain", "genre",
)  # fmt: skip
"""The fields of an Analysis that are the object `mood` of an answer, in its order."""
SCORE_FIELDS = ("valence", "arousal")
"""Those that are in its object `scores`."""


class Analysis(models.Model):
    """The result of one version of the models for a song: the part that lists and filters read."""

    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="analyses")
    model_version = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    name = models.CharField(max_length=128)
    primary = models.CharField(max_length=32)
    secondary = models.CharField(max_length=32)
    joined_by = models.CharField(max_length=8)
    confidence = models.FloatField()
    secondary_confidence = models.FloatField()
    certain = models.BooleanField()
    genre = models.CharField(max_length=64)
    valence = models.FloatField()
    arousal = models.FloatField()
    agreement = models.FloatField()

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "analyses"
        constraints = [
            models.UniqueConstraint(fields=["song", "model_version"], name="analysis_once_for_each_version"),
            models.UniqueConstraint(
                fields=["song"], condition=Q(is_current=True), name="analysis_one_current_for_each_song"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.model_version})"

    @property
    def mood(self) -> dict[str, Any]:
        """As an answer has it."""
        return {name: getattr(self, name) for name in MOOD_FIELDS}

    @property
    def is_disputed(self) -> bool:
        """The two networks disagree about the song."""
        return self.agreement < ml_gateway.DISAGREE_BELOW


class AnalysisDetail(models.Model):
    """The rest of the answer, apart so that lists stay light; segments are most of it."""

    analysis = models.OneToOneField(Analysis, on_delete=models.CASCADE, primary_key=True, related_name="detail")
    answer = OrderedJSONField()
    segments = OrderedJSONField()
    # How loud the song is, from its start to its end, 0 to 100; empty for songs heard before it was kept.
    waveform = OrderedJSONField(default=list)


class SavedFilter(models.Model):
    """A view of the library that a person gave a name: the address's question, as it stands behind the `?`."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField()

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="filter_named_once_for_each_owner")]

    def __str__(self) -> str:
        return self.name


class ResumableUpload(models.Model):
    """A file that arrives by the tus protocol. When the last byte is stored it becomes a song, and `song` is set."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="resumable_uploads")
    file_name = models.CharField(max_length=255)
    # The header Upload-Metadata as the client sent it, which the protocol wants back unchanged.
    metadata = models.TextField(blank=True, default="")
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    # Kept for a while, so that a client that missed the last answer can still ask for it.
    song = models.ForeignKey(Song, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    objects = ResumableUploadQuerySet.as_manager()

    class Meta:
        # The name of the table from before the model was renamed.
        db_table = "classifier_arrivingfile"

    def __str__(self) -> str:
        return f"{self.file_name} ({self.received_bytes} of {self.size_bytes} bytes)"


class WorkerPresence(models.Model):
    """A worker says here every few seconds that it is there."""

    name = models.CharField(max_length=255, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()


class ApiToken(models.Model):
    """A key to the API. Only its fingerprint is kept: the key itself is shown once."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SignInFailure(models.Model):
    """Wrong passwords, counted for a name and an address together, so that nobody can lock another out."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
