"""Jobs: the analysis of each song, with its progress. A job has the id of its song."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import V1ViewSet
from classifier.api.v1.pagination import PageQuery, page_of, page_response
from classifier.api.v1.song_serializers import NoticeSerializer
from classifier.api.v1.songs import SONG_ID, own_song
from classifier.errors import ProductError
from classifier.jobs.time_estimate import TimeEstimate, time_estimate
from classifier.models import Song, Stage, Status
from classifier.monitoring.briefly_cached import BrieflyCached
from classifier.serializers import iso_timestamp
from classifier.services.bulk import songs_rerun
from classifier.services.song_cancel import song_cancel
from classifier.services.song_retry import song_retry

UNFINISHED = "unfinished"
estimate: BrieflyCached[TimeEstimate] = BrieflyCached(lambda: time_estimate(now=timezone.now()), seconds=2)


class JobQuery(PageQuery):
    status = serializers.ChoiceField(
        choices=[UNFINISHED, *(status.value for status in Status)],
        default=UNFINISHED,
        required=False,
        help_text="`unfinished` is queued or running.",
    )


class JobSerializer(serializers.Serializer):
    id = serializers.UUIDField(help_text="Also that of the song.")
    song = serializers.CharField(help_text="The URL of the song.")
    file_name = serializers.CharField()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    stage = serializers.ChoiceField(choices=[stage.value for stage in Stage], allow_blank=True)
    progress = serializers.FloatField(min_value=0, max_value=1, help_text="The share of its segments that is analysed.")
    position = serializers.IntegerField(allow_null=True, help_text="In the queue, from 1; null where nobody can say.")
    remaining_s = serializers.FloatField(allow_null=True, help_text="An estimate, while a worker runs.")
    queued_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    error = NoticeSerializer(allow_null=True)


class Jobs(V1ViewSet):
    @extend_schema(
        operation_id="jobs_list", summary="List jobs", parameters=[JobQuery], responses=page_of(JobSerializer)
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        """The newest song first. To follow them without polling, read the events."""
        query = self.query(JobQuery)
        songs = Song.objects.for_owner(request.user).newest_first()
        status = query["status"]
        songs = songs.unfinished() if status == UNFINISHED else songs.filter(status=status)
        return page_response(request, query, songs, jobs_data)

    @extend_schema(operation_id="jobs_retrieve", summary="Read a job", parameters=[SONG_ID], responses=JobSerializer)
    def retrieve(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        self.no_query()
        return Response(jobs_data([own_song(request.user, song_id)])[0])

    @extend_schema(
        operation_id="jobs_cancel",
        summary="Cancel a job",
        parameters=[SONG_ID],
        request=None,
        responses=JobSerializer,
    )
    def cancel(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """A song with an earlier result keeps it."""
        self.no_query()
        return Response(jobs_data([song_cancel(song=own_song(request.user, song_id), now=timezone.now())])[0])

    @extend_schema(
        operation_id="jobs_retry",
        summary="Retry a job",
        parameters=[SONG_ID],
        request=None,
        responses={202: JobSerializer},
    )
    def retry(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """Of a song that failed or was cancelled."""
        self.no_query()
        song = song_retry(song=own_song(request.user, song_id), now=timezone.now())
        return Response(jobs_data([song])[0], status=202)

    @extend_schema(
        operation_id="songs_analyse",
        summary="Analyse a song again",
        parameters=[SONG_ID, IDEMPOTENCY_KEY],
        request=None,
        responses={202: JobSerializer},
    )
    @idempotent
    def analyse(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """By the current model. The result and your verdict stay until the new result is there."""
        self.no_query()
        song = own_song(request.user, song_id)
        if not songs_rerun(ids=[song.id], now=timezone.now()) and song.status == Status.FAILED:
            raise ProductError(
                "file_is_cause", "Another analysis of the same file would fail again: send another file.", 409
            )
        return Response(jobs_data([song.reload()])[0], status=202)


def jobs_data(songs: Iterable[Song]) -> list[Any]:
    songs = list(songs)
    queue = estimate.get() if any(not song.is_over for song in songs) else None
    positions = queue.positions if queue else {}
    return [
        JobSerializer(
            {
                "id": song.id,
                "song": f"/api/v1/songs/{song.id}/",
                "file_name": song.file_name,
                "status": song.status,
                "stage": song.stage,
                "progress": _progress(song),
                "position": positions.get(song.id) if song.status == Status.QUEUED else None,
                "remaining_s": queue.remaining_s.get(song.id) if queue and not song.is_over else None,
                "queued_at": iso_timestamp(song.queued_at),
                "started_at": iso_timestamp(song.started_at),
                "finished_at": iso_timestamp(song.finished_at),
                "error": {"code": song.error_code, "message": song.error_message} if song.error_code else None,
            }
        ).data
        for song in songs
    ]


def _progress(song: Song) -> float:
    if song.status == Status.DONE:
        return 1.0
    if song.stage != Stage.ANALYSING or not song.segments_total:
        return 0.0
    return min(song.segments_done / song.segments_total, 1.0)
