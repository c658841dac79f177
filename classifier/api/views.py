"""The API: each view translates a request into a call of a service, and a song into JSON."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.pagination import NewestFirst
from classifier.errors import ProductError
from classifier.jobs.long_poll import song_await
from classifier.library.filters import LibraryFilter
from classifier.models import Song
from classifier.serializers import parse_network, song_json
from classifier.services.song_delete import song_delete
from classifier.services.song_submit import song_submit


class Predict(APIView):
    """Hands in a song: 200 with the answer where it is known in time, otherwise 202 with the song as it is."""

    def post(self, request: Request) -> Response:
        network = parse_network(request.query_params.get("model"))
        wait_s = _wait_s(request.query_params.get("wait"))
        song, _ = song_submit(owner=request.user, upload=_one_file(request), now=timezone.now())
        song = song_await(song, wait_s)
        return Response(
            song_json(song, network),
            status=HTTPStatus.OK if song.is_over else HTTPStatus.ACCEPTED,
            headers={"Location": reverse("prediction", args=[song.id])},
        )


class Predictions(APIView):
    """One's own songs without their segments: all, newest first, or those that a filter of the library means."""

    def get(self, request: Request) -> Response:
        network = parse_network(request.query_params.get("model"))
        library_filter = LibraryFilter(request.query_params).checked()
        pages = NewestFirst()
        matches = library_filter.apply(Song.objects.for_owner(request.user).for_api())
        songs = pages.paginate_queryset(matches, request, view=self)
        return pages.get_paginated_response([song_json(song, network, with_segments=False) for song in songs or ()])


class Prediction(APIView):
    """One song."""

    def get(self, request: Request, song_id: uuid.UUID) -> Response:
        network = parse_network(request.query_params.get("model"))
        return Response(song_json(_own(request, song_id), network))

    def delete(self, request: Request, song_id: uuid.UUID) -> Response:
        song_delete(song=_own(request, song_id))
        return Response(status=HTTPStatus.NO_CONTENT)


class Nowhere(APIView):
    """Any other address under /api/, so that a wrong one is answered in the API's own shape."""

    permission_classes: list[Any] = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def _one_file(request: Request) -> UploadedFile | None:
    files = request.FILES.getlist("file")
    if len(files) > 1:
        raise ProductError(
            "too_many_files",
            f"The request carries {len(files)} files, and one is allowed: send each on its own.",
        )
    return files[0] if files else None


def _own(request: Request, song_id: uuid.UUID) -> Song:
    song = Song.objects.for_owner(request.user).filter(id=song_id).first()
    if song is None:
        raise Http404
    return song


def _wait_s(value: str | None) -> int:
    if not value:
        return 0
    if not value.isascii() or not value.isdigit() or int(value[:9]) > settings.MAX_WAIT_S:
        raise ProductError(
            "wait_unknown",
            f"wait is “{value[:40]}”, and whole seconds from 0 to {settings.MAX_WAIT_S} are allowed: give one of them.",
        )
    return int(value)
