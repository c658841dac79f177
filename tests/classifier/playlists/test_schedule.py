"""Playlists each night and when asked for, with a clock that steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from classifier.errors import ProductError
from classifier.models import Person, Playlist, PlaylistSong, Source, SourceKind
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.schedule import last_night, playlist_update, playlists_due, playlists_update
from classifier.playlists.stored import playlist_create, playlist_refresh
from tests.classifier.playlists.shelf import shelve_moods
from tests.source_songs import add_source, locate

START = datetime(2026, 5, 4, 14, tzinfo=UTC)
RULE = PlaylistRule(order="mixture", weights={"sad": 1})


class StubServer:
    """Keeps playlists as a music server does."""

    def __init__(self) -> None:
        self.lists: dict[str, tuple[str, list[str]]] = {}
        self.error: ProductError | None = None

    def playlists(self) -> StubServer:
        return self

    def save(self, playlist_id: str, *, name: str, comment: str, keys: Sequence[str]) -> str:
        if self.error is not None:
            raise self.error
        playlist_id = playlist_id if playlist_id in self.lists else f"list-{len(self.lists)}"
        self.lists[playlist_id] = (name, list(keys))
        return playlist_id


class SteppedClock:
    """Time stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, day: int, hour: int, minute: int = 0) -> None:
        self.now = datetime(2026, 5, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def clock(settings: pytest.FixtureRequest) -> SteppedClock:
    settings.TIME_ZONE = "UTC"  # type: ignore[attr-defined]
    return SteppedClock()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> StubServer:
    server = StubServer()
    monkeypatch.setattr("classifier.playlists.sync.server_for", lambda source: server)
    return server


@pytest.fixture
def source(anna: Person) -> Source:
    return add_source(anna, "Navidrome", kind=SourceKind.OPENSUBSONIC)


def add_song(source: Source, title: str, sad: float) -> None:
    song = shelve_moods(source.owner, title, sad=sad, duration_s=100 + 1000 * sad)
    locate(song, source, f"key-{title}")


def create(source: Source, **values: object) -> Playlist:
    return playlist_create(
        owner=source.owner,
        name="Sad",
        rule=RULE,
        now=START,
        source_id=source.id,
        **values,  # type: ignore[arg-type]
    )


def test_the_last_night_was_today_or_yesterday(clock: SteppedClock) -> None:
    clock.move_to(5, 2, 59)
    assert last_night(clock()) == datetime(2026, 5, 4, 3, tzinfo=UTC)
    clock.move_to(5, 3)
    assert last_night(clock()) == datetime(2026, 5, 5, 3, tzinfo=UTC)


def test_a_list_follows_the_library_every_night_under_the_same_id(
    clock: SteppedClock, server: StubServer, source: Source
) -> None:
    add_song(source, "a", 0.8)
    create(source)
    # Asked for by its creation, so that it is on the server at once.
    assert playlists_update(clock) == 1
    assert server.lists == {"list-0": ("Sad", ["key-a"])}
    add_song(source, "b", 0.9)
    clock.move_to(5, 2, 59)
    assert playlists_update(clock) == 0
    clock.move_to(5, 3, 1)
    assert playlists_update(clock) == 1
    assert playlists_update(clock) == 0
    assert server.lists == {"list-0": ("Sad", ["key-b", "key-a"])}
    clock.move_to(6, 3)
    assert playlists_update(clock) == 1
    assert list(server.lists) == ["list-0"]
    stored = Playlist.objects.get()
    assert (stored.server_playlist_id, stored.synced_at, stored.asked_at) == ("list-0", clock.now, None)


def test_a_list_that_is_not_refreshed_nightly_is_left_until_asked(
    clock: SteppedClock, server: StubServer, source: Source
) -> None:
    add_song(source, "a", 0.8)
    playlist = create(source, is_nightly=False)
    assert playlists_update(clock) == 1
    clock.move_to(9, 12)
    assert playlists_update(clock) == 0
    playlist_refresh(playlist=playlist, now=clock())
    assert playlists_update(clock) == 1


def test_a_failure_is_told_and_tried_again_the_next_night(
    clock: SteppedClock, server: StubServer, source: Source
) -> None:
    add_song(source, "a", 0.8)
    create(source)
    server.error = ProductError("source_unavailable", "The server cannot be reached.")
    assert playlists_update(clock) == 1
    stored = Playlist.objects.get()
    assert (stored.error_code, stored.error_message) == ("source_unavailable", "The server cannot be reached.")
    # Its songs here are right all the same.
    assert PlaylistSong.objects.filter(playlist=stored).count() == 1
    assert playlists_update(clock) == 0
    clock.move_to(5, 4)
    server.error = None
    assert playlists_update(clock) == 1
    assert Playlist.objects.get().error_code == ""
    assert server.lists == {"list-0": ("Sad", ["key-a"])}


def test_songs_that_lie_elsewhere_are_left_out_and_counted(
    clock: SteppedClock, server: StubServer, source: Source
) -> None:
    add_song(source, "a", 0.8)
    shelve_moods(source.owner, "Upload", sad=0.7, duration_s=500.0)
    locate(shelve_moods(source.owner, "Elsewhere", sad=0.6, duration_s=600.0), add_source(source.owner), "x.mp3")
    create(source)
    playlists_update(clock)
    assert Playlist.objects.get().left_out == 2
    assert server.lists == {"list-0": ("Sad", ["key-a"])}


def test_a_list_without_any_song_of_the_server_does_not_empty_it(
    clock: SteppedClock, server: StubServer, source: Source
) -> None:
    shelve_moods(source.owner, "Upload", sad=0.7)
    create(source)
    playlists_update(clock)
    assert Playlist.objects.get().error_code == "playlist_not_on_server"
    assert server.lists == {}


def test_a_list_that_was_deleted_on_the_server_is_made_again(
    clock: SteppedClock, server: StubServer, source: Source
) -> None:
    add_song(source, "a", 0.8)
    create(source)
    playlists_update(clock)
    server.lists = {"list-9": ("Other", [])}
    clock.move_to(5, 4)
    playlists_update(clock)
    assert server.lists["list-1"] == ("Sad", ["key-a"])
    assert Playlist.objects.get().server_playlist_id == "list-1"


def test_of_two_processes_one_refreshes_a_list(clock: SteppedClock, server: StubServer, source: Source) -> None:
    add_song(source, "a", 0.8)
    create(source)
    one, two = playlists_due(clock()).get(), playlists_due(clock()).get()
    clock.now += timedelta(seconds=1)
    assert playlist_update(one, clock())
    assert not playlist_update(two, clock())


def test_a_list_whose_process_was_killed_is_refreshed_again(
    clock: SteppedClock, server: StubServer, source: Source
) -> None:
    add_song(source, "a", 0.8)
    create(source)
    clock.now += timedelta(seconds=1)
    Playlist.objects.update(tried_at=clock())
    assert playlists_update(clock) == 0
    clock.now += timedelta(minutes=16)
    assert playlists_update(clock) == 1


def test_lists_go_on_after_the_clock_was_set_back(clock: SteppedClock, server: StubServer, source: Source) -> None:
    add_song(source, "a", 0.8)
    create(source)
    clock.now += timedelta(days=20)
    playlists_update(clock)
    clock.move_to(5, 12)
    assert playlists_update(clock) == 1
    assert playlists_update(clock) == 0


def test_no_list_of_a_deactivated_account_is_refreshed(clock: SteppedClock, server: StubServer, source: Source) -> None:
    create(source)
    Person.objects.update(is_active=False)
    assert playlists_update(clock) == 0


def test_a_list_without_a_server_is_refreshed_too(clock: SteppedClock, anna: Person) -> None:
    playlist_create(owner=anna, name="Sad", rule=RULE, now=START)
    shelve_moods(anna, "New", sad=0.9)
    clock.move_to(5, 4)
    assert playlists_update(clock) == 1
    assert PlaylistSong.objects.count() == 1
