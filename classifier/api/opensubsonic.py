"""OpenSubsonic's extension `sonicSimilarity`, for the songs of the user's music servers. See docs/instant-mix.md.

Only what the extension needs: there is no streaming, and identifiers are those of the music server. As in every
Subsonic API an error is an answer with status 200; the format is XML unless `f=json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, NotAuthenticated, PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.views import APIView

from classifier.accounts.authentication import AuthenticatedApiRequest, TokenAuthentication
from classifier.accounts.tokens import is_expired, token_of_key
from classifier.errors import ProductError
from classifier.models import ApiToken, Person
from classifier.playlists.instant_mix import MixSong, path_songs, similar_songs
from classifier.query_parameters import parse_count
from mmc import __version__

API_VERSION = "1.16.1"
GENERIC, MISSING, NOT_SUPPORTED, CONFLICT, INVALID_KEY, NOT_ALLOWED, NOT_FOUND = 0, 10, 42, 43, 44, 50, 70
SIMILAR_BY_DEFAULT, PATH_BY_DEFAULT = 10, 25
EXTENSIONS = {"apiKeyAuthentication": [1], "sonicSimilarity": [1]}
CODES = {"mix_song_missing": NOT_FOUND, "parameter_missing": MISSING}


class ApiError(APIException):
    """An error of the API by its number."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number, self.message = number, message


class ApiKeyAuthentication(BaseAuthentication):
    """An API token as `apiKey`, the only way of OpenSubsonic to sign in without a password."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        query = request.query_params
        key = query.get("apiKey")
        if key is None:
            if "t" in query or "p" in query:
                raise ApiError(NOT_SUPPORTED, "Send an API token as apiKey; passwords are not accepted here.")
            return None
        if "u" in query or "t" in query or "p" in query:
            raise ApiError(CONFLICT, "Send apiKey alone, without u, t and p.")
        now = timezone.now()
        token = token_of_key(key=key, now=now)
        if token is None or is_expired(token, now=now):
            raise ApiError(INVALID_KEY, "This API token is not valid: it was revoked, or it has expired.")
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SubsonicView(APIView):
    authentication_classes: Sequence[type[BaseAuthentication]] = (ApiKeyAuthentication, TokenAuthentication)

    def get(self, request: AuthenticatedApiRequest) -> HttpResponse:
        return answer(request, self.content(request))

    def content(self, request: AuthenticatedApiRequest) -> Mapping[str, Any]:
        raise NotImplementedError

    def handle_exception(self, exc: Exception) -> Any:
        number, message = _error_of(exc)
        if number is None:
            return super().handle_exception(exc)
        return answer(self.request, {"error": {"code": number, "message": message}}, status="failed")


class Ping(SubsonicView):
    def content(self, request: AuthenticatedApiRequest) -> Mapping[str, Any]:
        return {}


class Extensions(SubsonicView):
    """For everybody: a client asks it before it signs in."""

    authentication_classes = ()
    permission_classes = ()

    def content(self, request: AuthenticatedApiRequest) -> Mapping[str, Any]:
        extensions = [{"name": name, "versions": versions} for name, versions in EXTENSIONS.items()]
        return {"openSubsonicExtensions": extensions}


class SonicSimilarTracks(SubsonicView):
    def content(self, request: AuthenticatedApiRequest) -> Mapping[str, Any]:
        query = request.query_params
        number = parse_count("count", query.get("count"), SIMILAR_BY_DEFAULT)
        songs = similar_songs(request.user, _required(query, "id"), number=number, spaced=False)
        return {"sonicMatch": [{"entry": child(one), "similarity": round(1 - one.distance, 4)} for one in songs]}


class SonicPath(SubsonicView):
    def content(self, request: AuthenticatedApiRequest) -> Mapping[str, Any]:
        query = request.query_params
        number = parse_count("count", query.get("count"), PATH_BY_DEFAULT)
        songs = path_songs(request.user, _required(query, "startSongId"), _required(query, "endSongId"), number=number)
        # -1: how similar each is to the first one is not what a path is made of.
        return {"sonicMatch": [{"entry": child(one), "similarity": -1} for one in songs]}


def answer(request: Any, content: Mapping[str, Any], status: str = "ok") -> HttpResponse:
    """In the format that the request asks for, with status 200."""
    head = {"status": status, "version": API_VERSION, "type": "countermood", "serverVersion": __version__}
    if request.GET.get("f") == "json":
        return JsonResponse({"subsonic-response": {**head, "openSubsonic": True, **content}})
    root = ElementTree.Element(
        "subsonic-response", {"xmlns": "http://subsonic.org/restapi", **head, "openSubsonic": "true"}
    )
    _append(root, content)
    return HttpResponse(ElementTree.tostring(root, "utf-8", xml_declaration=True), content_type="application/xml")


def child(one: MixSong) -> dict[str, Any]:
    """A song as the API describes it, as far as it is known here."""
    song = one.song
    known = {
        "id": one.item_id,
        "isDir": False,
        "type": "music",
        "title": song.display_title,
        "album": song.album,
        "artist": song.artist,
        "year": song.year,
        "genre": song.music_genre,
        "duration": round(song.duration_s) if song.duration_s else None,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _append(parent: ElementTree.Element, content: Mapping[str, Any]) -> None:
    """Values as attributes; objects and lists as elements."""
    for name, value in content.items():
        if isinstance(value, Mapping):
            _append(ElementTree.SubElement(parent, name), value)
        elif isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            for one in value:
                _append(ElementTree.SubElement(parent, name), one)
        elif isinstance(value, list):
            for one in value:
                ElementTree.SubElement(parent, name).text = str(one)
        else:
            parent.set(name, str(value).lower() if isinstance(value, bool) else _clean(str(value)))


def _clean(text: str) -> str:
    """Without the characters that XML cannot have."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


def _error_of(error: Exception) -> tuple[int | None, str]:
    """The number and message of an error; None for one that is not the fault of the request."""
    if isinstance(error, ApiError):
        return error.number, error.message
    if isinstance(error, ProductError):
        return CODES.get(error.code, GENERIC), error.message
    if isinstance(error, NotAuthenticated):
        return MISSING, "Sign in with an API token: send it as apiKey."
    if isinstance(error, PermissionDenied):
        return NOT_ALLOWED, str(error.detail)
    if isinstance(error, Throttled):
        return GENERIC, str(error.detail)
    return None, ""


def _required(query: Mapping[str, str], name: str) -> str:
    value = query.get(name)
    if not value:
        raise ApiError(MISSING, f"The parameter {name} is missing.")
    return value


METHODS = {
    "ping": Ping,
    "getOpenSubsonicExtensions": Extensions,
    "getSonicSimilarTracks": SonicSimilarTracks,
    "findSonicPath": SonicPath,
}
# Each also with the ending that older clients add.
urlpatterns = [
    path(f"{name}{ending}", view.as_view(), name=f"rest-{name}{ending}")
    for name, view in METHODS.items()
    for ending in ("", ".view")
]
