"""Songs, and the words for their states."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy

from classifier.errors import FILE_ERRORS, ProductError
from classifier.fields import FoldedTextField, TextOrNull, folded_columns, uuid7
from classifier.querysets import SongQuerySet
from classifier.sort_models import MOOD_COLUMNS, OF_ANALYSIS, SortValues, sort_indexes

if TYPE_CHECKING:
    from classifier.analysis_models import Analysis


class Status(models.TextChoices):
    QUEUED = "queued", gettext_lazy("Queued")
    RUNNING = "running", gettext_lazy("Running")
    DONE = "done", gettext_lazy("Done")
    FAILED = "failed", gettext_lazy("Failed")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


class Queue(models.TextChoices):
    """Where a song waits for its analysis. See `classifier/jobs/fair_order.py` for the order between songs."""

    INTERACTIVE = "interactive"
    """Somebody waits for the result."""
    BULK = "bulk"
    """One of many: the rest of a large upload, an import, or another analysis of many songs."""
    HELD = "held"
    """Of a source, and not due yet: workers do not read this queue. See `classifier/sources/pacing.py`."""


SERVED_QUEUES = (Queue.INTERACTIVE, Queue.BULK)


class Verdict(models.TextChoices):
    """The user's opinion of a result. A later analysis does not change it."""

    NONE = ""
    AGREED = "agreed", gettext_lazy("Agreed")
    DISAGREED = "disagreed", gettext_lazy("Disagreed")
    CORRECTED = "corrected", gettext_lazy("Corrected")


class Stage(models.TextChoices):
    NONE = ""
    DECODING = "decoding"
    ANALYSING = "listening"


REQUEUED: dict[str, Any] = {
    "status": Status.QUEUED,
    "stage": Stage.NONE,
    "attempts": 0,
    "segments_done": 0,
    "segments_total": 0,
    "error_code": "",
    "error_message": "",
    "enqueued_at": None,
    "started_at": None,
    "finished_at": None,
}
"""The columns of a song that is queued for another analysis."""


def song_folder(song: Song) -> str:
    """Sharded by the end of the identifier, which is random, so that no folder grows large."""
    return f"songs/{song.id.hex[-2:]}/{song.id.hex}"


def source_path(song: Song, filename: str) -> str:
    return f"{song_folder(song)}/{filename}"


NAME_FIELDS = ("title", "artist", "album", "album_artist", "year", "music_genre")
"""What the tags of a file say about the song, and users can edit."""

NOT_IN_BIN = Q(deleted_at__isnull=True)

OF_GROUPS = ("is_copy", "deleted_at", "id", "status", "actual_primary", "mood_primary", "sort_valence", "sort_arousal")
"""What the moods of artists and albums are counted from."""


class Song(SortValues):
    """A recording and the state of its analysis. It was uploaded (`file`), or is read where it is (`locations`).

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

    # The uploaded file, a copy that browsers can play where they cannot play the file, and its spectrogram. Songs of a
    # source have none of them.
    file = models.FileField(upload_to=source_path, max_length=255, blank=True)
    playable = models.FileField(max_length=255, blank=True)
    spectrogram = models.FileField(max_length=255, blank=True)
    file_name = models.CharField(max_length=255)
    # Of the file; empty until a song of a source is read for the first time.
    sha256 = models.CharField(max_length=64, blank=True)
    # Of the coded audio without tags, see `ml/audio/audio_hash.py`: the same for a file that was only retagged.
    audio_hash = models.CharField(max_length=64, blank=True, default="")
    # Of the features, to find copies of the recording in other encodings: see `classifier/recordings`. Empty where the
    # model gave other features, NULL where they were not compared yet.
    sound = models.BinaryField(null=True, blank=True)
    # The same for all copies of a recording; NULL where there are none. Lists leave out those that are a copy.
    recording = models.UUIDField(null=True, blank=True)
    is_copy = models.BooleanField(default=False)
    size_bytes = models.BigIntegerField()
    duration_s = models.FloatField(null=True, blank=True)

    # From the file's tags, unless the user edited them (`edited_at`).
    title = models.CharField(max_length=255, blank=True)
    artist = models.CharField(max_length=255, blank=True)
    album = models.CharField(max_length=255, blank=True, default="")
    album_artist = models.CharField(max_length=255, blank=True, default="")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    # As the tags name it; the mood genre is a column of the analysis.
    music_genre = models.CharField(max_length=255, blank=True, default="")
    edited_at = models.DateTimeField(null=True, blank=True)
    # The tags as they are in the file, also where the user edits the names.
    tags = models.JSONField(default=dict, blank=True)
    # The embedded cover. Songs that were analysed before there were sizes of it have it as a file.
    cover = models.FileField(max_length=255, blank=True)
    cover_image = models.ForeignKey("classifier.Cover", on_delete=models.SET_NULL, null=True, blank=True)

    search_text = FoldedTextField(sources=("title", "artist", "album", "file_name"))
    # Songs belong to the same artist, album or genre if these are equal.
    sort_title = FoldedTextField(sources=("title", "file_name"), first_only=True)
    sort_artist = FoldedTextField(sources=("artist",))
    sort_album = FoldedTextField(sources=("album",))
    sort_album_artist = FoldedTextField(sources=("album_artist", "artist"), first_only=True)
    sort_music_genre = FoldedTextField(sources=("music_genre",))

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
    # Since when it is in the bin: see `classifier/services/song_bin.py`. Lists, exports and the API leave it out.
    deleted_at = models.DateTimeField(null=True, blank=True)
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
            models.UniqueConstraint(
                fields=["owner", "sha256"], condition=~Q(sha256=""), name="song_once_for_each_owner"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.RUNNING, lease_token__isnull=False, lease_expires_at__isnull=False)
                | (~Q(status=Status.RUNNING) & Q(lease_token__isnull=True, lease_expires_at__isnull=True)),
                name="song_leased_while_running",
            ),
        ]
        indexes = [
            # For lists, which never have the songs in the bin: newest first, with what filters and orders read. They
            # read this index, and only the rows of the songs that a page shows. SQLite needs the column of the
            # condition in it, and finds the first columns of an entry faster than the last ones.
            models.Index(
                fields=[
                    *("owner", "-created_at", "-id", "deleted_at", "is_copy", "status", "verdict"),
                    *("actual_primary", "actual_secondary", *OF_ANALYSIS.values()),
                    *("duration_s", "sort_artist", "sort_title"),
                ],
                name="song_list_of_owner",
                condition=NOT_IN_BIN,
            ),
            # How many songs a search or a source has, which name them by their identifiers.
            models.Index(
                fields=["owner", "id", "is_copy", "deleted_at"], name="song_id_of_owner", condition=NOT_IN_BIN
            ),
            # The songs that the user judged, the last one first.
            models.Index(fields=["owner", "-verdict_at"], name="song_judged_of_owner", condition=~Q(verdict="")),
            # Artists and albums with the moods of their songs.
            models.Index(
                fields=["owner", "sort_artist", *OF_GROUPS],
                name="song_artist_of_owner",
                condition=NOT_IN_BIN,
            ),
            models.Index(
                fields=["owner", "sort_album", "sort_album_artist", *OF_GROUPS],
                name="song_album_of_owner",
                condition=NOT_IN_BIN,
            ),
            # Three orders with what they read, so that any page of them is found without sorting all songs.
            models.Index(
                *(F("owner"), TextOrNull("sort_artist"), F("sort_title"), F("created_at").desc(), F("id").desc()),
                *(F("is_copy"), F("deleted_at"), F("sort_artist")),
                name="song_by_artist_of_owner",
                condition=NOT_IN_BIN,
            ),
            models.Index(
                *(F("owner"), TextOrNull("sort_album"), F("sort_album_artist"), F("track_order"), F("sort_title")),
                *(F("created_at").desc(), F("id").desc(), F("is_copy"), F("deleted_at"), F("sort_album")),
                name="song_by_album_of_owner",
                condition=NOT_IN_BIN,
            ),
            models.Index(
                fields=["owner", "sort_title", "-created_at", "-id", "is_copy", "deleted_at"],
                name="song_title_of_owner",
                condition=NOT_IN_BIN,
            ),
            models.Index(
                fields=["owner", "sort_music_genre", "music_genre", "deleted_at"],
                name="song_genre_of_owner",
                condition=NOT_IN_BIN,
            ),
            models.Index(fields=["owner", "year"], name="song_year_of_owner", condition=NOT_IN_BIN),
            *sort_indexes(NOT_IN_BIN),
            # All that the orders of playlists compute with, and what is most often asked of their songs.
            models.Index(
                fields=[
                    *("owner", "sort_valence", "sort_arousal", *MOOD_COLUMNS.values(), "sort_tempo", "sort_key"),
                    *("duration_s", "year", "status", "deleted_at", "id", "is_copy", "sort_music_genre"),
                ],
                name="song_profile_of_owner",
                condition=NOT_IN_BIN,
            ),
            models.Index(fields=["owner", "-deleted_at"], name="song_in_bin", condition=~NOT_IN_BIN),
            # Partial: workers and the sweep read only the songs that are not done. The first has the oldest song of
            # each user in each queue, for claims; the second the oldest of all, for the sweep.
            models.Index(
                fields=["queue", "owner", "created_at", "id"],
                name="song_queued_of_owner",
                condition=Q(status=Status.QUEUED),
            ),
            models.Index(fields=["owner", "duration_s"], name="song_sound_of_owner", condition=Q(sound__isnull=False)),
            models.Index(fields=["recording"], name="song_of_recording", condition=Q(recording__isnull=False)),
            models.Index(fields=["recording", "owner"], name="song_copy", condition=Q(is_copy=True)),
            models.Index(fields=["owner", "audio_hash"], name="song_audio_of_owner", condition=~Q(audio_hash="")),
            # What a user stores, without reading the songs themselves.
            models.Index(fields=["owner", "size_bytes", "file"], name="song_size_of_owner", condition=~Q(file="")),
            # The progress and the pace of a library, without reading the songs themselves. With a condition, or SQLite
            # takes an index that has one.
            models.Index(
                fields=["owner", "status", "queue", "deleted_at", "id"],
                name="song_status_of_owner",
                condition=NOT_IN_BIN,
            ),
            models.Index(
                fields=["owner", "finished_at"], name="song_ended_of_owner", condition=Q(finished_at__isnull=False)
            ),
            models.Index(fields=["queue", "created_at"], name="song_oldest_queued", condition=Q(status=Status.QUEUED)),
            models.Index(fields=["lease_expires_at"], name="song_running", condition=Q(status=Status.RUNNING)),
            models.Index(fields=["-finished_at"], name="song_failed", condition=Q(status=Status.FAILED)),
        ]

    def __str__(self) -> str:
        return self.display_title

    @property
    def display_title(self) -> str:
        return self.title or self.file_name

    def name_columns(self, **names: Any) -> dict[str, Any]:
        """The columns that an `update()` of some of NAME_FIELDS has to write: these, and the folded ones."""
        current = {name: getattr(self, name) for name in (*NAME_FIELDS, "file_name")}
        return names | folded_columns(Song, current | names)

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
            raise ProductError(
                "not_found", gettext("This song was deleted in the meantime."), HTTPStatus.NOT_FOUND
            ) from None
        return self

    @property
    def analysis(self) -> Analysis | None:
        """The current analysis. Lists prefetch it for all of their songs (`with_analysis`)."""
        if "analyses" in getattr(self, "_prefetched_objects_cache", {}):
            return next((analysis for analysis in self.analyses.all() if analysis.is_current), None)
        return self.analyses.current().select_related("detail").first()
