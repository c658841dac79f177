"""The database: users, their songs, the analyses, and the workers."""

from http import HTTPStatus
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from classifier import ml_gateway
from classifier.account_models import Invitation as Invitation
from classifier.account_models import OidcIdentity as OidcIdentity
from classifier.account_models import Passkey as Passkey
from classifier.account_models import RecoveryCode as RecoveryCode
from classifier.account_models import SecurityEvent as SecurityEvent
from classifier.account_models import TotpDevice as TotpDevice
from classifier.account_models import UserSession as UserSession
from classifier.errors import FILE_ERRORS, ProductError
from classifier.fields import FoldedTextField, NameKeyField, OrderedJSONField, fold_name, folded_columns, uuid7
from classifier.querysets import (
    MOOD_FIELDS,
    AnalysisQuerySet,
    ResumableUploadQuerySet,
    SavedFilterQuerySet,
    SongQuerySet,
    TokenQuerySet,
    WorkerQuerySet,
)


class PersonManager(UserManager["Person"]):
    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> "Person":
        """By the name as somebody types it: in any case."""
        return self.get(name_key=fold_name(username or ""))


class Person(AbstractUser):
    """A user. The owners of the installation are its superusers; there is always one that is active."""

    # Unique, so that two names never differ by case or by a variant of a letter alone.
    name_key = NameKeyField(source="username", unique=True)
    # The name from before names were compared without case, if it had to change then. It still signs in.
    former_username = models.CharField(max_length=150, blank=True, default="", editable=False)
    # Set by an owner and not yet changed.
    password_is_temporary = models.BooleanField(default=False)
    # Raised to end every session, also those that no row knows.
    session_epoch = models.PositiveIntegerField(default=0)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name_plural = "people"

    @property
    def is_owner(self) -> bool:
        return self.is_superuser

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Django's, and beside the password it depends on `session_epoch`. Without one it is exactly Django's."""
        if not self.session_epoch:
            return super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        salt = "classifier.models.Person.get_session_auth_hash"
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class Setup(models.Model):
    """One row once the owner's account exists. Its fixed key lets only one of two concurrent requests create it."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    done_at = models.DateTimeField()


class Status(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Queue(models.TextChoices):
    """Where a song waits for its analysis. See `classifier/jobs/fair_order.py` for the order between songs."""

    INTERACTIVE = "interactive"
    """Somebody waits for the result."""
    BULK = "bulk"
    """One of many: the rest of a large upload, an import, or another analysis of many songs."""


class Verdict(models.TextChoices):
    """The user's opinion of a result. A later analysis does not change it."""

    NONE = ""
    AGREED = "agreed"
    DISAGREED = "disagreed"
    CORRECTED = "corrected"


class Stage(models.TextChoices):
    NONE = ""
    DECODING = "decoding"
    ANALYSING = "listening"


def song_folder(song: "Song") -> str:
    """Sharded by the end of the identifier, which is random, so that no folder grows large."""
    return f"songs/{song.id.hex[-2:]}/{song.id.hex}"


def source_path(song: "Song", filename: str) -> str:
    return f"{song_folder(song)}/{filename}"


class Song(models.Model):
    """An uploaded file and the state of its analysis.

                         song_claim                song_finish
        song_submit --> QUEUED ----------> RUNNING ------------> DONE
                        ^  |  ^               |
             song_retry |  |  | songs_sweep   |-- song_fail --> FAILED   (with an error code)
                        |  |  +---------------|                    ^
                        |  |    lease expired |-- songs_sweep -----+     (lease expired, tries used up)
                        |  |                  |
                        |  +-- song_cancel -> CANCELLED <- song_cancel    (DONE where an earlier answer is there)
                        +--- FAILED, CANCELLED; with songs_rerun also DONE

    A song that has an earlier result becomes DONE with that result where this says FAILED. A worker that is asked to
    stop gives its song back: song_give_back, from RUNNING to QUEUED.

    Each arrow is one conditional update(): of two concurrent attempts one changes the row, and the other changes 0
    rows. A worker holds a lease (`lease_token`) on the song that it analyses, renews it, and writes only while the
    token is still in the row. The rows are the source of truth; the broker's messages only say that songs may be due.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="songs")

    # The uploaded file, a copy that browsers can play where they cannot play the file, and its spectrogram.
    file = models.FileField(upload_to=source_path, max_length=255)
    playable = models.FileField(max_length=255, blank=True)
    spectrogram = models.FileField(max_length=255, blank=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    duration_s = models.FloatField(null=True, blank=True)

    # From the file's tags, unless the user edited them (`edited_at`).
    title = models.CharField(max_length=255, blank=True)
    artist = models.CharField(max_length=255, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    # The tags as they are in the file, also where the user edits title or artist; and the embedded cover.
    tags = models.JSONField(default=dict, blank=True)
    cover = models.FileField(max_length=255, blank=True)

    album = models.CharField(max_length=255, blank=True, default="")

    search_text = FoldedTextField(sources=("title", "artist", "album", "file_name"))
    sort_title = FoldedTextField(sources=("title", "file_name"), first_only=True)
    sort_artist = FoldedTextField(sources=("artist",))

    # The moods that the user stated. AGREED copies those of the result; DISAGREED leaves them empty.
    actual_primary = models.CharField(max_length=32, blank=True)
    actual_secondary = models.CharField(max_length=32, blank=True)
    verdict = models.CharField(max_length=16, choices=Verdict.choices, default=Verdict.NONE, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    queue = models.CharField(max_length=16, choices=Queue.choices, default=Queue.INTERACTIVE)
    # Segments that are finished with the stage.
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.NONE, blank=True)
    segments_done = models.PositiveIntegerField(default=0)
    segments_total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    enqueued_at = models.DateTimeField(null=True, blank=True)
    # No worker takes a queued song before this time, so that one whose file cannot be read now does not stop others.
    not_before = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_message = models.TextField(blank=True)
    warnings = models.JSONField(default=list, blank=True)

    created_at = models.DateTimeField()
    # When it was queued for this analysis, by which request, and the worker that has analysed it; see
    # classifier/monitoring. Empty for songs from before these columns.
    queued_at = models.DateTimeField(null=True, blank=True)
    request_id = models.CharField(max_length=128, blank=True, default="")
    worker = models.CharField(max_length=255, blank=True, default="")
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
            # Partial: workers and the sweep read only the songs that are not done. The first has the oldest song of
            # each user in each queue, for claims; the second the oldest of all, for the sweep.
            models.Index(
                fields=["queue", "owner", "created_at", "id"],
                name="song_queued_of_owner",
                condition=Q(status=Status.QUEUED),
            ),
            # What a user stores, without reading the songs themselves.
            models.Index(fields=["owner", "size_bytes"], name="song_size_of_owner"),
            models.Index(fields=["queue", "created_at"], name="song_oldest_queued", condition=Q(status=Status.QUEUED)),
            models.Index(fields=["lease_expires_at"], name="song_running", condition=Q(status=Status.RUNNING)),
            models.Index(fields=["-finished_at"], name="song_failed", condition=Q(status=Status.FAILED)),
        ]

    def __str__(self) -> str:
        return self.display_title

    @property
    def display_title(self) -> str:
        return self.title or self.file_name

    def name_columns(self, title: str, artist: str, album: str) -> dict[str, str]:
        """The columns that an `update()` of title, artist and album has to write."""
        names = {"title": title, "artist": artist, "album": album}
        return names | folded_columns(Song, names | {"file_name": self.file_name})

    @property
    def is_over(self) -> bool:
        """No worker will change it any more, unless a user asks for it."""
        return self.status in (Status.DONE, Status.FAILED, Status.CANCELLED)

    @property
    def can_retry(self) -> bool:
        """Whether another analysis can help: not where the file itself is the cause of the failure."""
        failed = self.status == Status.FAILED and self.error_code not in FILE_ERRORS
        return failed or self.status == Status.CANCELLED

    def reload(self) -> Self:
        """Read the row again after an update() that others may have raced. Raises ProductError if it was deleted."""
        try:
            self.refresh_from_db()
        except Song.DoesNotExist:
            raise ProductError("not_found", "This song was deleted in the meantime.", HTTPStatus.NOT_FOUND) from None
        return self

    @property
    def analysis(self) -> "Analysis | None":
        """The current analysis. Lists prefetch it for all of their songs (`with_analysis`)."""
        if "analyses" in getattr(self, "_prefetched_objects_cache", {}):
            return next((analysis for analysis in self.analyses.all() if analysis.is_current), None)
        return self.analyses.current().select_related("detail").first()


class QueueTurn(models.Model):
    """When a user's song was last taken from the queue, as a number that counts such turns: of the users who wait, the
    one with the lowest is next. A number and not a time, so that a clock that is set back delays nobody."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="queue_turn"
    )
    turn = models.BigIntegerField(db_index=True)


class Quota(models.Model):
    """What one user may use, where that differs from the settings: NULL is the setting, 0 is no limit."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="quota"
    )
    songs = models.PositiveIntegerField(null=True, blank=True)
    megabytes = models.PositiveIntegerField(null=True, blank=True)
    minutes_a_day = models.PositiveIntegerField(null=True, blank=True)


class AnalysedMusic(models.Model):
    """Seconds of music that were analysed for a user on one day. Deleting songs does not change it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="analysed_music")
    day = models.DateField()
    seconds = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "day"], name="music_once_for_each_day")]


class Analysis(models.Model):
    """The result of one version of the models for a song: the part that lists and filters read."""

    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="analyses")
    model_version = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    name = models.CharField(max_length=128)
    # Always mood terms, so that filters and charts compare results of all models.
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
        """As an answer has it. The columns hold terms; a model of the nine emotions gave those of its own."""
        sides = {"primary": self.primary, "secondary": self.secondary}
        if ml_gateway.names_emotions(self.model_version):
            sides = {side: ml_gateway.EMOTION_OF_TERM.get(term, term) for side, term in sides.items()}
        return {name: getattr(self, name) for name in MOOD_FIELDS} | sides

    @property
    def is_disputed(self) -> bool:
        """The two networks disagree about the song."""
        return self.agreement < ml_gateway.DISAGREE_BELOW


class AnalysisDetail(models.Model):
    """The rest of the result, in a table of its own so that lists stay light; segments are most of it."""

    analysis = models.OneToOneField(Analysis, on_delete=models.CASCADE, primary_key=True, related_name="detail")
    answer = OrderedJSONField()
    segments = OrderedJSONField()
    # Loudness from start to end, 0 to 100; empty for analyses made before it was stored.
    waveform = OrderedJSONField(default=list)


class SavedFilter(models.Model):
    """A named filter of the library, as a query string."""

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
    # Whether that song was there before.
    is_duplicate = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    objects = ResumableUploadQuerySet.as_manager()

    class Meta:
        # The name of the table from before the model was renamed.
        db_table = "classifier_arrivingfile"

    def __str__(self) -> str:
        return f"{self.file_name} ({self.received_bytes} of {self.size_bytes} bytes)"


class WorkerPresence(models.Model):
    """A running worker, which updates its row every few seconds."""

    name = models.CharField(max_length=255, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    version = models.CharField(max_length=32, blank=True, default="")
    processes = models.PositiveIntegerField(default=0)
    # Separated by spaces; empty for all of them.
    queues = models.CharField(max_length=255, blank=True, default="")
    # Of the worker and its children, without counting shared memory twice.
    memory_bytes = models.BigIntegerField(default=0)

    objects = WorkerQuerySet.as_manager()


class ApiToken(models.Model):
    """A token for the API. Only its hash is stored: the token itself is shown once."""

    READ, WRITE = "read", "write"
    SCOPES = (READ, WRITE)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=64, unique=True)
    # Separated by spaces. Tokens from before there were scopes have both.
    scopes = models.CharField(max_length=80, default="read write")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    ends_with_password = models.BooleanField(default=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes.split()


class SignInFailure(models.Model):
    """Wrong passwords and codes, counted under the hash of what they were tried with: see attempt_limits."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()


class ApiCallCount(models.Model):
    """API calls of one user in one minute, which web processes and hosts have taken together."""

    user = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # Since the epoch.
    minute = models.BigIntegerField()
    count = models.PositiveIntegerField()


class MetricCounter(models.Model):
    """A number that only grows, for metrics and charts: what it counts stays counted when songs are deleted.

    Each is spread over several rows, so that many workers rarely wait for the same one.
    """

    name = models.CharField(max_length=32)
    label = models.CharField(max_length=64, blank=True, default="")
    # The upper bound of a bucket of a histogram.
    bucket = models.CharField(max_length=16, blank=True, default="")
    shard = models.PositiveSmallIntegerField(default=0)
    count = models.BigIntegerField(default=0)
    total = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "label", "bucket", "shard"], name="metric_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.label} {self.bucket}: {self.count}"
