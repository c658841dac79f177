"""The API: each view turns a request into the call of a service, and songs into JSON."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.accounts.security_log import Kind, record_event
from classifier.active_words import ActiveWords
from classifier.errors import ProductError
from classifier.jobs.long_poll import song_await
from classifier.library.filter_form import EVERY
from classifier.library.filters import LibraryFilter
from classifier.library.song_list import SongList
from classifier.model_cards import card_of, model_json
from classifier.models import Song
from classifier.monitoring.status import status_json
from classifier.query_parameters import check_parameters, parse_bin, parse_network, parse_wait_s
from classifier.querysets import SongQuerySet
from classifier.serializers import song_json
from classifier.services.song_bin import song_bin
from classifier.services.song_delete import song_delete
from classifier.services.song_submit import song_submit
from classifier.vocabularies.stored import words_named


class NewestFirst(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class Predict(APIView):
    """Submits a song: 200 with the result if it is there in time, otherwise 202 with the current state."""

    def post(self, request: AuthenticatedApiRequest) -> Response:
        check_parameters(request.query_params, "model", "wait", "words")
        network = parse_network(request.query_params.get("model"))
        wait_s = parse_wait_s(request.query_params.get("wait"))
        words = _words(request)
        song, _ = song_submit(owner=request.user, upload=_one_file(request), now=timezone.now())
        song = song_await(song, wait_s)
        return Response(
            song_json(song, network, words=words),
            status=HTTPStatus.OK if song.is_over else HTTPStatus.ACCEPTED,
            headers={"Location": reverse("prediction", args=[song.id])},
        )


class Predictions(APIView):
    """The user's songs without their segments, with the filters of the library."""

    def get(self, request: AuthenticatedApiRequest) -> Response:
        check_parameters(request.query_params, "model", "page", "page_size", "words", *LibraryFilter.parameter_names())
        network = parse_network(request.query_params.get("model"))
        library_filter = LibraryFilter(request.query_params, copies=EVERY).checked()
        words, pages = _words(request), NewestFirst()
        songs = library_filter.apply(Song.objects.for_owner(request.user))
        listed = SongList(songs, Song.objects.with_result())
        page: list[Song] | None = pages.paginate_queryset(listed, request, view=self)
        return pages.get_paginated_response([song_json(song, network, False, words) for song in page or ()])


class Prediction(APIView):
    """One song."""

    def get(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        check_parameters(request.query_params, "model", "words")
        network = parse_network(request.query_params.get("model"))
        return Response(song_json(_own(request, song_id), network, words=_words(request)))

    def delete(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """Permanently, also where it is in the bin already; or into the bin with `?bin=yes`."""
        check_parameters(request.query_params, "bin")
        if parse_bin(request.query_params.get("bin")):
            binned = song_bin(song=_own(request, song_id), now=timezone.now())
        else:
            binned = False
            song_delete(song=_found(Song.objects.stored_by(request.user), song_id))
        what = None if binned else "permanently"
        record_event(Kind.SONGS_DELETED, request.user, request._request, by=request.user, songs=1, what=what)
        return Response(status=HTTPStatus.NO_CONTENT)


class Model(APIView):
    """The current model, or an installed one with `?version=`."""

    def get(self, request: AuthenticatedApiRequest) -> Response:
        check_parameters(request.query_params, "version")
        return Response(model_json(card_of(request.query_params.get("version"))))


class InstallationStatus(APIView):
    """The state of the installation for dashboards: all songs for the owner, the own ones for everybody else."""

    def get(self, request: AuthenticatedApiRequest) -> Response:
        check_parameters(request.query_params)
        return Response(status_json(request.user, now=timezone.now()))


class NotFoundView(APIView):
    """Every other address under /api/, so that the error has the API's own shape."""

    permission_classes: list[Any] = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def _one_file(request: Request) -> UploadedFile | None:
    files = request.FILES.getlist("file")
    if len(files) > 1:
        raise ProductError(
            "too_many_files",
            f"The request has {len(files)} files, and one is allowed: send each in its own request.",
        )
    return files[0] if files else None


def _words(request: AuthenticatedApiRequest) -> ActiveWords | None:
    return words_named(request.query_params.get("words", ""), request.user)


def _own(request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Song:
    return _found(Song.objects.for_owner(request.user), song_id)


def _found(songs: SongQuerySet, song_id: uuid.UUID) -> Song:
    song = songs.filter(id=song_id).first()
    if song is None:
        raise Http404
    return song
