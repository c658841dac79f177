"""Paths of all pages, in each of their states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from tests.browser.sample_server import ALBUM, ARTIST, FAILED_FILE, SampleServer

PagePath = Callable[[SampleServer], str]


def fixed(path: str) -> PagePath:
    return lambda server: path


def song(title: str, page: str = "") -> PagePath:
    return lambda server: f"/songs/{server.songs[title]}/{page}"


def source(page: str = "") -> PagePath:
    return lambda server: f"/sources/{server.source}/{page}"


def playlist(page: str = "") -> PagePath:
    return lambda server: f"/playlists/{server.playlist}/{page}"


def comparison(a: str, b: str) -> PagePath:
    return lambda server: f"/compare/?a={server.songs[a]}&b={server.songs[b]}"


SENTENCE = 'hapy, not very sad, under 200 bpm, by "Countermood demo", no rap, like "Wires", 20 songs, piano'


PAGES_WITH_SONGS: Mapping[str, PagePath] = {
    "home": fixed("/"),
    "history": fixed("/songs/"),
    "history, filtered": fixed("/songs/?q=water"),
    "history, no matches": fixed("/songs/?q=nothing+of+the+kind"),
    "export": fixed("/songs/export/?q=water"),
    "songs by a sentence": fixed("/playlists/sentence/"),
    "songs by a sentence, found": fixed(f"/playlists/sentence/?{urlencode({'q': SENTENCE})}"),
    "result": song("High Banners"),
    "result of one network": song("High Banners", "?model=cnn2d"),
    "result with a verdict": song("Empty Platform"),
    "failed song": song(FAILED_FILE),
    "delete": song("Wires", "delete/"),
    "report": song("High Banners", "report/"),
    "sources": fixed("/sources/"),
    "add a folder": fixed("/sources/add/"),
    "add a folder, not there": fixed("/sources/add/?folder=/nowhere"),
    "add a server": fixed("/sources/add/server/"),
    "source": source(),
    "edit a source": source("edit/"),
    "remove a source": source("remove/"),
    "moods in files": source("tags/"),
    "moods in files, preview": lambda server: f"/sources/{server.source}/tags/{server.tag_job}/",
    "playlists": fixed("/playlists/"),
    "new playlist": fixed("/playlists/new/"),
    "new playlist of a filter": fixed("/playlists/new/?query=q%3Dwater"),
    "new playlist of similar songs": lambda server: f"/playlists/new/?like={server.songs['Wires']}",
    "ready-made playlist": fixed("/playlists/ready/mood-calm/"),
    "playlist": playlist(),
    "edit a playlist": playlist("edit/"),
    "delete a playlist": playlist("delete/"),
    "artists": fixed("/artists/"),
    "artists, no matches": fixed("/artists/?q=nobody"),
    "albums": fixed("/albums/"),
    "artist": fixed(f"/artist/?{urlencode({'name': ARTIST})}"),
    "album": fixed(f"/album/?{urlencode({'name': ALBUM, 'artist': ARTIST})}"),
    "bin": fixed("/bin/"),
    "map": fixed("/map/"),
    "over time": fixed("/over-time/"),
    "your corrections": fixed("/corrections/"),
    "import corrections": fixed("/corrections/import/"),
    "measured on your music": fixed("/corrections/measured/"),
    "compare": comparison("Slow Water", "Wires"),
    "compare, second missing": lambda server: f"/compare/?a={server.songs['Wires']}",
    "how good": fixed("/how-good/"),
    "models": fixed("/models/"),
    "people": fixed("/people/"),
    "usage": fixed("/people/usage/"),
    "quota": fixed("/people/1/quota/"),
    "person": fixed("/people/1/"),
    "delete a person": fixed("/people/1/delete/"),
    "account": fixed("/account/"),
    "import data": fixed("/account/import/"),
    "vocabulary": fixed("/account/vocabulary/"),
    "confirm": fixed("/account/confirm/"),
    "authenticator app": fixed("/account/authenticator-app/"),
    "passkey": fixed("/account/passkeys/add/"),
    "close account": fixed("/account/close/"),
    "security log": fixed("/security-log/"),
    "security log, no matches": fixed("/security-log/?person=nobody"),
    "password": fixed("/password/"),
    "tokens": fixed("/tokens/"),
    "webhooks": fixed("/webhooks/"),
    "api reference": fixed("/api/v1/"),
    "status": fixed("/status/"),
    "not found": fixed("/nowhere/"),
    "method not allowed": fixed("/upload/"),
}
"""For the owner, who has songs."""

PAGES_WITHOUT_SONGS: Mapping[str, PagePath] = {
    "home": fixed("/"),
    "sources": fixed("/sources/"),
    "history": fixed("/songs/"),
    "playlists": fixed("/playlists/"),
    "artists": fixed("/artists/"),
    "albums": fixed("/albums/"),
    "bin": fixed("/bin/"),
    "map": fixed("/map/"),
    "over time": fixed("/over-time/"),
    "your corrections": fixed("/corrections/"),
    "compare": fixed("/compare/"),
    "song of another user": song("Wires"),
    "people, not allowed": fixed("/people/"),
    "account": fixed("/account/"),
    "security log": fixed("/security-log/"),
    "sign-up, closed": fixed("/sign-up/"),
}
"""For a user who has none."""
