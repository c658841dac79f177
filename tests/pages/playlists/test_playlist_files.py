"""Playlists as files."""

from __future__ import annotations

import csv
import io
import json
from uuid import UUID

import pytest
from django.test import Client

from classifier.models import Person, Playlist, Song, SourceKind
from classifier.playlists.rule import PlaylistRule
from tests.pages.playlists.conftest import SAD, create
from tests.source_songs import add_source, locate


@pytest.fixture
def placed(anna: Person, songs: list[Song]) -> Playlist:
    """In a folder, on a server, and an upload."""
    folder, server = add_source(anna), add_source(anna, "Server", kind=SourceKind.OPENSUBSONIC)
    locate(songs[0], server, "s-0")
    locate(songs[0], folder, "Ärzte/01 #1.mp3")
    locate(songs[1], server, "Anna/two.mp3")
    Song.objects.filter(id=songs[0].id).update(title="=Sad\n0", artist="", duration_s=None)
    return create(anna, name="Sad & “tender”", description="Mine")


def test_m3u8(anna_client: Client, placed: Playlist, songs: list[Song]) -> None:
    response = anna_client.get(f"/playlists/{placed.id}/songs.m3u8")
    assert response.content.decode().split("\n") == [
        "#EXTM3U",
        "#PLAYLIST:Sad & “tender”",
        "#EXTINF:-1,=Sad 0",
        "Ärzte/01 #1.mp3",
        "#EXTINF:102,Anna - Sad 1",
        "Anna/two.mp3",
        "#EXTINF:104,Anna - Sad 2",
        songs[2].file_name,
        "",
    ]
    assert "filename*=UTF-8''Sad%20%26%20%E2%80%9Ctender%E2%80%9D.m3u8" in response["Content-Disposition"]


def test_jspf(anna_client: Client, placed: Playlist, songs: list[Song]) -> None:
    playlist = json.loads(anna_client.get(f"/playlists/{placed.id}/songs.jspf").content)["playlist"]
    assert (playlist["title"], playlist["annotation"]) == ("Sad & “tender”", "Mine")
    first, second, _ = playlist["track"]
    assert first["location"] == ["%C3%84rzte/01%20%231.mp3"]
    assert "duration" not in first
    assert (second["creator"], second["title"], second["duration"]) == ("Anna", "Sad 1", 102_000)
    assert UUID(second["identifier"][0].removeprefix("urn:uuid:")) == songs[1].id


def test_csv(anna_client: Client, placed: Playlist) -> None:
    text = anna_client.get(f"/playlists/{placed.id}/songs.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["position"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["title"] == "'=Sad\n0"  # no formula
    assert rows[1]["reason"].startswith("Sad 80 %")


def test_a_smart_playlist_of_navidrome_says_the_same(anna: Person, anna_client: Client) -> None:
    rule = PlaylistRule(
        query="mood=sad&year_from=1970&sort=longest", ranges={"bpm": (None, 100.0)}, music_genres=("Folk", "Rock"),
        without_artists=("Anna",), favourites_only=True, least_rating=4, songs=30,
    )  # fmt: skip
    playlist = create(anna, rule=rule)
    content = json.loads(anna_client.get(f"/playlists/{playlist.id}/songs.nsp").content)
    assert content == {
        "name": "Sad",
        "comment": "",
        "public": False,
        "all": [
            {"is": {"mood": "Sad"}},
            {"inTheRange": {"year": [1970, 2999]}},
            {"inTheRange": {"bpm": [20, 100]}},
            {"any": [{"is": {"genre": "Folk"}}, {"is": {"genre": "Rock"}}]},
            {"isNot": {"artist": "Anna"}},
            {"is": {"loved": True}},
            {"gt": {"rating": 3}},
        ],
        "sort": "duration",
        "order": "desc",
        "limit": 30,
    }


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (SAD, "by weights of moods"),
        (PlaylistRule(query="first=sad"), "filters by “first”"),
        (PlaylistRule(query="mood=sad&sort=surest"), "its order, “surest”"),
        (PlaylistRule(query="mood=sad", minutes=60), "limited by minutes"),
        (PlaylistRule(query="mood=sad", artist_gap=1), "keeps artists or albums apart"),
        (PlaylistRule(query="mood=sad", certain_only=True), "uncertain moods"),
        (PlaylistRule(), "no condition"),
    ],
    ids=str,
)
def test_what_navidrome_cannot_say_is_refused_with_a_sentence(
    anna: Person, anna_client: Client, rule: PlaylistRule, why: str
) -> None:
    playlist = create(anna, rule=rule)
    response = anna_client.get(f"/playlists/{playlist.id}/songs.nsp", follow=True)
    assert why in response.content.decode()
