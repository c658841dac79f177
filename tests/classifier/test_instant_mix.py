"""Instant mixes of players: AudioMuse-AI's dialect and OpenSubsonic's sonicSimilarity."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from classifier.accounts.tokens import token_create
from classifier.models import Person, Song, SongLocation, Source, SourceKind, Status
from tests.classifier.mix_plugins import JellyfinPlugin, NavidromePlugin, PluginError
from tests.classifier.playlists.shelf import shelve_moods
from tests.source_songs import add_source, locate

STEPS = 9


@pytest.fixture
def key(anna: Person) -> str:
    return token_create(owner=anna, name="Navidrome", now=timezone.now(), scopes=["read"])[1]


@pytest.fixture
def server(anna: Person) -> Source:
    """A music server with songs from sad and quiet to joyful and lively, in even steps."""
    server = add_source(anna, "Navidrome", kind=SourceKind.OPENSUBSONIC, address="https://music.example")
    for step in range(STEPS):
        shelve_on(server, f"s{step}", step=step)
    return server


def shelve_on(server: Source, item_id: str, *, step: int, **fields: Any) -> Song:
    share = step / (STEPS - 1)
    song = shelve_moods(
        server.owner,
        f"Step {step}",
        valence=2.5 + 5 * share,
        arousal=3 + 4 * share,
        sad=0.9 - 0.8 * share,
        joyful=0.1 + 0.8 * share,
        **{"artist": f"Artist {step}", "album": "Ladder", "duration_s": 200.0, "file_name": "song.opus"} | fields,
    )
    locate(song, server, item_id)
    return song


# --- As the plugin for Navidrome asks ------------------------------------------------------------


def test_the_most_similar_songs_come_first_under_the_identifiers_of_the_server(server: Source, key: str) -> None:
    songs = NavidromePlugin(key).similar_songs("s4", 4)

    assert {song["ID"] for song in songs[:2]} == {"s3", "s5"}
    assert {song["ID"] for song in songs[2:]} == {"s2", "s6"}
    assert songs[0] | {"ID": "", "Name": "", "Artist": ""} == {"ID": "", "Name": "", "Artist": "", "Album": "Ladder"}
    assert {song["Name"] for song in songs[:2]} == {"Step 3", "Step 5"}


def test_similarities_fall_from_one_towards_zero(server: Source, key: str) -> None:
    similarities = [similarity for _, similarity in NavidromePlugin(key).sonic_similar_tracks("s0")]

    assert len(similarities) == STEPS - 1
    assert all(1 > one >= other > 0 for one, other in pairwise(similarities))


def test_a_path_has_both_ends_and_the_songs_between_them_in_order(server: Source, key: str) -> None:
    path = NavidromePlugin(key).sonic_path("s1", "s7", 4)

    assert [song["ID"] for song in path] == ["s1", "s3", "s5", "s7"]
    assert [song["ID"] for song in NavidromePlugin(key).sonic_path("s7", "s1", 3)] == ["s7", "s4", "s1"]


def test_a_path_between_songs_at_the_same_place_is_these_two(server: Source, key: str) -> None:
    shelve_on(server, "twin", step=4)

    assert [song["ID"] for song in NavidromePlugin(key).sonic_path("s4", "twin")] == ["s4", "twin"]


def test_no_artist_comes_again_within_three_songs(server: Source, key: str) -> None:
    for number in range(4):
        shelve_on(server, f"same{number}", step=4, artist="Artist 4", duration_s=100.0 + 10 * number)

    songs = NavidromePlugin(key).similar_songs("s4", 8)

    places = [place for place, song in enumerate(songs) if song["Artist"] == "Artist 4"]
    assert len(places) >= 2
    assert all(after - before > 3 for before, after in pairwise(places))


def test_without_a_token_or_with_a_wrong_one_nothing_is_answered(server: Source, key: str) -> None:
    for token in ("", "mmc_wrong", key[:-1]):
        with pytest.raises(PluginError, match="status 401"):
            NavidromePlugin(token).similar_songs("s4", 4)


def test_a_token_that_may_only_write_is_refused(server: Source, anna: Person) -> None:
    _, key = token_create(owner=anna, name="Writes", now=timezone.now(), scopes=["write"])

    with pytest.raises(PluginError, match="status 403"):
        NavidromePlugin(key).similar_songs("s4", 4)


def test_nobody_sees_the_songs_of_others(server: Source, boris: Person) -> None:
    _, key = token_create(owner=boris, name="His", now=timezone.now())
    his = add_source(boris, "His", kind=SourceKind.OPENSUBSONIC, address="https://his.example")
    shelve_on(his, "s4", step=4)
    shelve_on(his, "s9", step=5)

    assert [song["ID"] for song in NavidromePlugin(key).similar_songs("s4", 10)] == ["s9"]
    with pytest.raises(PluginError, match="status 404"):
        NavidromePlugin(key).similar_songs("s3", 10)


@pytest.mark.parametrize("change", [{"missing_since": timezone.now()}, {"is_ignored": True}])
def test_songs_that_are_not_on_the_server_any_more_are_left_out(
    server: Source, key: str, change: dict[str, Any]
) -> None:
    SongLocation.objects.filter(key="s5").update(**change)

    assert "s5" not in {song["ID"] for song in NavidromePlugin(key).similar_songs("s4", 10)}
    with pytest.raises(PluginError, match="status 404"):
        NavidromePlugin(key).similar_songs("s5", 4)


def test_songs_of_folders_uploads_and_other_servers_are_left_out(server: Source, anna: Person, key: str) -> None:
    shelve_moods(anna, "Upload", valence=5.0, arousal=5.0)
    locate(shelve_moods(anna, "In a folder"), add_source(anna, "Folder"), "file.mp3")
    other = add_source(anna, "Jellyfin", kind=SourceKind.JELLYFIN, address="https://video.example")
    shelve_on(other, "s4", step=0)
    plugin = NavidromePlugin(key)

    assert {song["ID"] for song in plugin.similar_songs("s4", 50)} == {f"s{step}" for step in range(STEPS)} - {"s4"}
    # The same identifier on the other server, which has no other song.
    tracks = Client(headers={"Authorization": f"Bearer {key}"}).get(
        "/api/similar_tracks", {"item_id": "s4", "server": str(other.id)}
    )
    assert tracks.json() == []


# --- As the plugin for Jellyfin asks -------------------------------------------------------------


@pytest.fixture
def jellyfin(anna: Person) -> Source:
    server = add_source(anna, "Jellyfin", kind=SourceKind.JELLYFIN, address="https://video.example")
    for step in range(STEPS):
        shelve_on(server, UUID(int=step).hex, step=step)
    return server


def test_the_plugin_for_jellyfin_finds_the_server_and_fills_its_mix(jellyfin: Source, key: str) -> None:
    plugin = JellyfinPlugin(key)
    assert plugin.test_connection()
    assert plugin.health()
    assert not JellyfinPlugin("wrong").test_connection()

    mix = plugin.instant_mix([UUID(int=4).hex], 5)
    assert mix[0] == UUID(int=4).hex
    assert set(mix[1:3]) == {UUID(int=3).hex, UUID(int=5).hex}
    assert len(mix) == 5
    assert len(plugin.instant_mix([UUID(int=step).hex for step in (0, 8)], 200)) == STEPS
    # A song that is not analysed yet has no mix, and the plugin goes on with the next seed.
    assert len(plugin.instant_mix([UUID(int=99).hex, UUID(int=4).hex], 4)) == 4


def test_jellyfin_writes_its_identifiers_with_hyphens_too(jellyfin: Source, key: str) -> None:
    path = JellyfinPlugin(key).find_path(str(UUID(int=0)).upper(), str(UUID(int=8)), 3).json()

    assert [track["item_id"] for track in path["path"]] == [UUID(int=step).hex for step in (0, 4, 8)]
    assert path["total_distance"] == pytest.approx((5**2 + 4**2) ** 0.5, abs=0.01)


def test_songs_are_found_by_title_and_artist(jellyfin: Source, key: str) -> None:
    plugin = JellyfinPlugin(key)

    assert [track["item_id"] for track in plugin.search(title="step 3")] == [UUID(int=3).hex]
    assert len(plugin.search(artist="artist")) == STEPS
    assert plugin.search() == []
    client = Client(headers={"Authorization": f"Bearer {key}"})
    page = client.get("/api/search_tracks", {"search_query": "step", "start": 2, "end": 4}).json()
    assert [track["title"] for track in page] == ["Step 2", "Step 3"]
    assert page[0] == {
        "item_id": UUID(int=2).hex, "title": "Step 2", "author": "Artist 2", "album": "Ladder",
        "album_artist": "unknown",
    }  # fmt: skip
    by_names = client.get("/api/similar_tracks", {"title": "STEP 0", "artist": "artist 0", "n": 1}).json()
    assert [track["title"] for track in by_names] == ["Step 1"]


def test_active_tasks_tell_of_the_analysis(jellyfin: Source, anna: Person, key: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {key}"})
    assert client.get("/api/active_tasks").json() == {}

    for _ in range(3):
        shelve_moods(anna, "Waiting", status=Status.QUEUED)
    task = client.get("/api/active_tasks").json()
    assert task["status"] == "PROGRESS"
    assert task["progress"] == 75
    assert task["details"] == {"songs_done": STEPS, "songs_waiting": 3}


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/similar_tracks", 400, "parameter_missing"),
        ("/api/similar_tracks?item_id=s4&n=many", 400, "count_unknown"),
        ("/api/similar_tracks?item_id=s4&n=-1", 400, "count_unknown"),
        ("/api/similar_tracks?item_id=s4&server=x", 400, "mix_server"),
        ("/api/similar_tracks?item_id=nothing", 404, "mix_song_missing"),
        ("/api/similar_tracks?title=Nothing&artist=Nobody", 404, "mix_song_missing"),
        ("/api/find_path?start_song_id=s4", 400, "parameter_missing"),
        ("/api/find_path?start_song_id=s4&end_song_id=s4", 400, "mix_same_song"),
    ],
)
def test_what_cannot_be_answered_is_said(server: Source, key: str, address: str, status: int, code: str) -> None:
    response = Client(headers={"Authorization": f"Bearer {key}"}).get(address)

    assert response.status_code == status
    assert response.json()["error"]["code"] == code


# --- OpenSubsonic --------------------------------------------------------------------------------


def rest(method: str, **parameters: Any) -> dict[str, Any]:
    response = Client().get(f"/rest/{method}", {"f": "json", "v": "1.16.1", "c": "test", **parameters})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()["subsonic-response"]
    assert answer["openSubsonic"] is True
    assert answer["type"] == "countermood"
    return answer


def test_opensubsonic_clients_get_similar_songs_and_paths(server: Source, key: str) -> None:
    assert rest("ping.view", apiKey=key)["status"] == "ok"
    similar = rest("getSonicSimilarTracks", apiKey=key, id="s4", count=2)["sonicMatch"]
    assert {one["entry"]["id"] for one in similar} == {"s3", "s5"}
    assert all(0 < one["similarity"] < 1 for one in similar)
    assert similar[0]["entry"] | {"id": "", "title": "", "artist": ""} == {
        "id": "", "title": "", "artist": "", "isDir": False, "type": "music", "album": "Ladder", "duration": 200,
    }  # fmt: skip

    path = rest("findSonicPath", apiKey=key, startSongId="s0", endSongId="s8", count=5)["sonicMatch"]
    assert [one["entry"]["id"] for one in path] == ["s0", "s2", "s4", "s6", "s8"]


def test_extensions_are_told_to_everybody(db: None) -> None:
    extensions = rest("getOpenSubsonicExtensions")["openSubsonicExtensions"]

    assert {"name": "sonicSimilarity", "versions": [1]} in extensions


def test_errors_have_the_numbers_of_the_api(server: Source, key: str, anna: Person) -> None:
    _, writes = token_create(owner=anna, name="Writes", now=timezone.now(), scopes=["write"])
    for parameters, number in (
        ({}, 10),
        ({"apiKey": key}, 10),
        ({"u": "anna", "p": "secret"}, 42),
        ({"u": "anna", "apiKey": key}, 43),
        ({"apiKey": "wrong"}, 44),
        ({"apiKey": writes, "id": "s4"}, 50),
        ({"apiKey": key, "id": "unknown"}, 70),
        ({"apiKey": key, "id": "s4", "count": "x"}, 0),
    ):
        answer = rest("getSonicSimilarTracks", **parameters)
        assert answer["status"] == "failed"
        assert answer["error"]["code"] == number, parameters


def test_the_format_is_xml_unless_json_is_asked_for(server: Source, key: str) -> None:
    Song.objects.filter(title="Step 3").update(title="<Step> & \x02 3")

    response = Client().get("/rest/getSonicSimilarTracks.view", {"apiKey": key, "id": "s4", "count": 2})

    assert response["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(response.content)
    name = "{http://subsonic.org/restapi}"
    assert root.tag == f"{name}subsonic-response"
    assert root.attrib["status"] == "ok"
    entries = root.findall(f"{name}sonicMatch/{name}entry")
    assert {entry.attrib["title"] for entry in entries} == {"<Step> &  3", "Step 5"}
    assert {entry.attrib["isDir"] for entry in entries} == {"false"}
