"""The part of AudioMuse-AI's API that its plugins for Navidrome and Jellyfin call. See docs/instant-mix.md.

Identifiers are those of the music server. As there, parameters that are not known are ignored.
"""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.errors import ProductError
from classifier.models import Song, Status
from classifier.playlists.instant_mix import MixSong, found_songs, item_of_names, path_songs, similar_songs
from classifier.query_parameters import parse_count

SIMILAR_BY_DEFAULT, PATH_BY_DEFAULT, FOUND_BY_DEFAULT = 10, 25, 20
UNKNOWN = "unknown"


class SimilarTracks(APIView):
    """Songs like one, by its identifier or by its title and artist."""

    def get(self, request: AuthenticatedApiRequest) -> Response:
        query = request.query_params
        server = query.get("server", "")
        item_id = query.get("item_id") or ""
        if not item_id and query.get("title") and query.get("artist"):
            item_id = item_of_names(request.user, query["title"], query["artist"], server)
        songs = similar_songs(
            request.user,
            required("item_id", item_id),
            number=parse_count("n", query.get("n"), SIMILAR_BY_DEFAULT),
            spaced=query.get("eliminate_duplicates", "true").lower() == "true",
            server=server,
        )
        return Response([track(one) | {"distance": one.distance} for one in songs])


class FindPath(APIView):
    """From one song to another in steps of equal size."""

    def get(self, request: AuthenticatedApiRequest) -> Response:
        query = request.query_params
        songs = path_songs(
            request.user,
            required("start_song_id", query.get("start_song_id")),
            required("end_song_id", query.get("end_song_id")),
            number=parse_count("max_steps", query.get("max_steps"), PATH_BY_DEFAULT),
            server=query.get("server", ""),
        )
        path = [track(one) | {"distance": one.distance} for one in songs]
        return Response({"path": path, "total_distance": round(sum(one.distance for one in songs), 4)})


class SearchTracks(APIView):
    """Songs by the words of their names."""

    def get(self, request: AuthenticatedApiRequest) -> Response:
        query = request.query_params
        names = (query.get("artist", ""), query.get("title", ""))
        text = query.get("search_query", "").strip() or " ".join(names).strip()
        first = parse_count("start", query.get("start"), 0)
        last = parse_count("end", query.get("end"), first + FOUND_BY_DEFAULT)
        if not text or last <= first:
            return Response([])
        songs = found_songs(request.user, text, first=first, last=last, server=query.get("server", ""))
        return Response([track(one) | {"album_artist": one.song.album_artist or UNKNOWN} for one in songs])


class ActiveTasks(APIView):
    """The analysis of the user's songs, if one is under way. The plugins ask it whether the server answers."""

    def get(self, request: AuthenticatedApiRequest) -> Response:
        songs = Song.objects.for_owner(request.user)
        waiting = songs.unfinished().count()
        if not waiting:
            return Response({})
        done = songs.filter(status=Status.DONE).count()
        task = {
            "task_id": f"analysis-{request.user.pk}",
            "task_type": "main_analysis",
            "status": "PROGRESS",
            "progress": 100 * done // (done + waiting),
            "details": {"songs_done": done, "songs_waiting": waiting},
        }
        return Response(task)


def required(name: str, value: str | None) -> str:
    if not value:
        raise ProductError("parameter_missing", f"The parameter {name} is missing: add it.")
    return value


def track(one: MixSong) -> dict[str, Any]:
    song = one.song
    return {
        "item_id": one.item_id,
        "title": song.display_title,
        "author": song.artist or UNKNOWN,
        "album": song.album or UNKNOWN,
    }
