"""The database: all models, from the modules of their subjects, and three that have no such module."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from classifier.account_models import AnalysedMusic as AnalysedMusic
from classifier.account_models import ApiCallCount as ApiCallCount
from classifier.account_models import ApiToken as ApiToken
from classifier.account_models import Invitation as Invitation
from classifier.account_models import OidcIdentity as OidcIdentity
from classifier.account_models import Passkey as Passkey
from classifier.account_models import Person as Person
from classifier.account_models import PersonManager as PersonManager
from classifier.account_models import Quota as Quota
from classifier.account_models import RecoveryCode as RecoveryCode
from classifier.account_models import SecurityEvent as SecurityEvent
from classifier.account_models import Setup as Setup
from classifier.account_models import SignInFailure as SignInFailure
from classifier.account_models import TotpDevice as TotpDevice
from classifier.account_models import UserSession as UserSession
from classifier.analysis_models import Analysis as Analysis
from classifier.analysis_models import AnalysisDetail as AnalysisDetail
from classifier.api_models import IdempotentRequest as IdempotentRequest
from classifier.fields import OrderedJSONField, uuid7
from classifier.job_models import MetricCounter as MetricCounter
from classifier.job_models import QueueTurn as QueueTurn
from classifier.job_models import WorkerPresence as WorkerPresence
from classifier.own_model_models import OwnModel as OwnModel
from classifier.own_model_models import OwnModelVersion as OwnModelVersion
from classifier.picture_models import Picture as Picture
from classifier.picture_models import PictureKind as PictureKind
from classifier.playlist_models import Playlist as Playlist
from classifier.playlist_models import PlaylistSong as PlaylistSong
from classifier.querysets import ResumableUploadQuerySet, SavedFilterQuerySet
from classifier.recalibration_models import Recalibration as Recalibration
from classifier.recalibration_models import RecalibrationKind as RecalibrationKind
from classifier.recalibration_models import RecalibrationState as RecalibrationState
from classifier.song_models import NAME_FIELDS as NAME_FIELDS
from classifier.song_models import NOT_IN_BIN as NOT_IN_BIN
from classifier.song_models import REQUEUED as REQUEUED
from classifier.song_models import SERVED_QUEUES as SERVED_QUEUES
from classifier.song_models import Queue as Queue
from classifier.song_models import Song as Song
from classifier.song_models import Stage as Stage
from classifier.song_models import Status as Status
from classifier.song_models import Verdict as Verdict
from classifier.song_models import song_folder as song_folder
from classifier.song_models import source_path as source_path
from classifier.sort_models import Cover as Cover
from classifier.source_models import ScanStatus as ScanStatus
from classifier.source_models import SongLocation as SongLocation
from classifier.source_models import Source as Source
from classifier.source_models import SourceKind as SourceKind
from classifier.tag_models import TagChange as TagChange
from classifier.tag_models import TagExisting as TagExisting
from classifier.tag_models import TagJob as TagJob
from classifier.tag_models import TagOutcome as TagOutcome
from classifier.tag_models import TagState as TagState
from classifier.tag_models import TagStatus as TagStatus
from classifier.tag_models import TagStep as TagStep
from classifier.tag_models import TagValues as TagValues
from classifier.vocabulary_models import Vocabulary as Vocabulary
from classifier.webhook_models import MessageStatus as MessageStatus
from classifier.webhook_models import WebhookEndpoint as WebhookEndpoint
from classifier.webhook_models import WebhookEvent as WebhookEvent
from classifier.webhook_models import WebhookMessage as WebhookMessage


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


class CorrectionFile(models.Model):
    """Corrections that a user has sent and not yet confirmed, as rows of `services/corrections/csv_reading.py`."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="correction_file"
    )
    file_name = models.CharField(max_length=255)
    rows = OrderedJSONField()
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="correction_file_age")]

    def __str__(self) -> str:
        return self.file_name
