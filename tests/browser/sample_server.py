"""A running server with sample data: the demo songs, some verdicts, one failed song, a second user without songs."""

from __future__ import annotations

import html
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import pyotp
import requests

from tests import sounds
from tests.system.clients import ApiClient, BrowserClient
from tests.system.processes import wait_for

NEW_USER = "nina"
FAILED_FILE = "Doorbell.wav"
DELETED_FILE = "Bell.wav"
ARTIST, ALBUM = "Countermood demo", "Five Rooms"
"""The artist of the demo songs, and the album of two of them."""
SUBMIT_TIMEOUT_S = 180
MUSIC = "music"
"""The folder of a source, below that of the sample data."""


@dataclass(frozen=True)
class SampleServer:
    address: str
    songs: dict[str, str]
    """Ids by title, or by file name for the failed song."""
    owner: BrowserClient
    new_user: BrowserClient
    """Has no songs."""
    api: ApiClient
    source: str
    """The id of a source without songs, one of whose files cannot be read."""
    tag_job: str
    """The id of a preview of moods in its files."""
    playlist: str
    """The id of a playlist of all songs."""
    saved_pages: dict[str, str]
    """HTML of pages that cannot be opened again, since their state is over or no link leads to them."""

    def cookies(self, client: BrowserClient) -> list[dict[str, str]]:
        """Sign a browser in as this user."""
        return [{"name": cookie.name, "value": cookie.value, "url": self.address} for cookie in client.session.cookies]


def fill_sample_server(address: str, folder: Path) -> SampleServer:
    """Create the sample data through pages and API. `folder` is for the uploaded files."""
    owner = BrowserClient(address)
    wait_for(lambda: owner.health().get("worker"), what="worker that answers")
    saved_pages = {"setup": requests.get(f"{address}/setup/", timeout=30).text}
    owner.create_owner()
    saved_pages["unfinished songs"] = submit_form(owner, "/demo/")
    first = f"{address}/songs/{song_ids(owner)[0]}/"
    saved_pages["unfinished song"] = owner.session.get(first, timeout=30).text
    api = ApiClient(address, owner.create_token())
    api.submit(sounds.write(folder / FAILED_FILE, sounds.tone(660, 1.0)))
    deleted = api.submit(sounds.write(folder / DELETED_FILE, sounds.tone(440, 1.0)))
    requests.delete(f"{address}/api/predictions/{deleted['id']}/", headers=api.headers, timeout=30).raise_for_status()
    songs = {}
    for song_id in song_ids(owner):
        song = api.wait_until_finished(song_id)
        songs[song.get("title") or song["file_name"]] = song_id
    add_verdicts(owner, songs)
    for title in ("Slow Water", "Wires"):
        submit_form(owner, f"/songs/{songs[title]}/edit/", album=ALBUM, year="2020", music_genre="Ambient")
    saved_pages |= answers_to_invalid_requests(address, owner)
    source = add_source(owner, folder)
    tag_job = add_tag_job(owner, source)
    return SampleServer(
        address, songs, owner, create_user(owner), api, source, tag_job, add_playlist(owner), saved_pages
    )


def add_source(owner: BrowserClient, folder: Path) -> str:
    """Without songs, so that other tests know how many there are. MUSIC_DIRS has to name the folder."""
    music = folder / MUSIC
    (music / "An Album").mkdir(parents=True)
    (music / "elsewhere.mp3").symlink_to("/proc/version")
    submit_form(owner, "/sources/add/", folder=str(music), name="Music")
    pages = (owner.session.get(f"{owner.address}/sources/", timeout=30).text for _ in itertools.count())
    found = re.search(r'href="/sources/([0-9a-f-]{36})/"', next(pages))
    assert found, "The source was not added."
    wait_for(lambda: "1 unreadable" in next(pages), what="scan of the source")
    return found[1]


def add_tag_job(owner: BrowserClient, source: str) -> str:
    submit_form(owner, f"/sources/{source}/tags/", values="sides", existing="keep")
    page = f"{owner.address}/sources/{source}/tags/"
    found = re.search(rf'href="/sources/{source}/tags/([0-9a-f-]{{36}})/"', owner.session.get(page, timeout=30).text)
    assert found, "There is no preview."
    pages = (owner.session.get(f"{page}{found[1]}/", timeout=30).text for _ in itertools.count())
    wait_for(lambda: "There is nothing to write" in next(pages), what="preview of moods in files")
    return found[1]


def add_playlist(owner: BrowserClient) -> str:
    """Of all songs, the calmest first."""
    page = submit_form(owner, "/playlists/new/", name="Calm ones", order="mixture", weight_calm="1", songs="20")
    found = re.search(r'action="/playlists/([0-9a-f-]{36})/refresh/"', page)
    assert found, page
    return found[1]


def answers_to_invalid_requests(address: str, owner: BrowserClient) -> dict[str, str]:
    return {
        "sign in": requests.get(f"{address}/login/", timeout=30).text,
        "wrong password": _answer(requests.Session(), f"{address}/login/", username="olga", password="olga"),
        "form out of date": requests.post(f"{address}/login/", timeout=30).text,
        "malformed": requests.get(f"{address}/", headers={"Host": "elsewhere"}, timeout=30).text,
        "no file": _answer(owner.session, f"{address}/upload/"),
        "wrong name": _answer(owner.session, f"{address}/people/", username="olga"),
        "new token": _answer(owner.session, f"{address}/tokens/", name="a script"),
        "new webhook": _answer(
            owner.session, f"{address}/webhooks/", url="https://hooks.example.org/countermood", event="song.done"
        ),
        **_account_pages(address, owner),
    }


def _account_pages(address: str, owner: BrowserClient) -> dict[str, str]:
    """Of a user who was invited and has an authenticator app."""
    invited = submit_form(owner, "/people/", username="ida", way="invitation")
    link = re.search(r'class="secret">http://[^/]+([^<]+)<', invited)
    assert link, invited
    ida = BrowserClient(address)
    invitation = ida.session.get(f"{address}{link[1]}", timeout=30).text
    new = "open sesame, please, ida"
    submit_form(ida, link[1], password=new, password_again=new)
    page = ida.session.get(f"{address}/account/authenticator-app/", timeout=30).text
    secret = re.search(r'class="secret">(\w+)<', page)
    assert secret, page
    codes = submit_form(ida, "/account/authenticator-app/", code=pyotp.TOTP(secret[1]).now())
    again = BrowserClient(address)
    again.session.get(f"{address}/login/", timeout=30)
    second_step = submit_form(again, "/login/", username="ida", password=new)
    return {
        "new invitation": invited,
        "invitation": invitation,
        "invitation that is over": again.session.get(f"{address}{link[1]}", timeout=30).text,
        "recovery codes": codes,
        "second step": second_step,
        "temporary password": submit_form(owner, "/people/", username="tom"),
    }


def _answer(session: requests.Session, address: str, **form: str) -> str:
    session.get(address, timeout=30)
    form["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    return session.post(address, data=form, timeout=30).text


def song_ids(client: BrowserClient) -> list[str]:
    """Newest first."""
    answer = client.session.get(f"{client.address}/api/predictions/?page_size=200", timeout=30).json()
    return [song["id"] for song in answer["results"]]


def add_verdicts(client: BrowserClient, songs: dict[str, str]) -> None:
    """One of each kind: agreed, disagreed, corrected."""
    for title in ("Slow Water", "Wires"):
        submit_form(client, f"/songs/{songs[title]}/verdict/", verdict="agreed")
    submit_form(client, f"/songs/{songs['High Banners']}/verdict/", verdict="disagreed")
    corrected = {"verdict": "corrected", "primary": "sad", "secondary": "nostalgic"}
    submit_form(client, f"/songs/{songs['Empty Platform']}/verdict/", **corrected)


def create_user(owner: BrowserClient, name: str = NEW_USER) -> BrowserClient:
    """A user without songs, signed in."""
    page = submit_form(owner, "/people/", username=name)
    password = re.search(r'class="secret">([^<]+)<', page)
    assert password, page
    client = BrowserClient(owner.address)
    client.session.get(f"{owner.address}/login/", timeout=30)
    temporary, own = html.unescape(password[1]), f"open sesame, please, {name}"
    submit_form(client, "/login/", username=name, password=temporary)
    submit_form(client, "/password/", old_password=temporary, new_password1=own, new_password2=own)
    assert "sessionid" in client.session.cookies
    return client


def submit_form(client: BrowserClient, path: str, **form: str) -> str:
    """Post a form like a browser does, and return the page that follows."""
    form["csrfmiddlewaretoken"] = client.session.cookies["csrftoken"]
    answer = client.session.post(f"{client.address}{path}", data=form, timeout=SUBMIT_TIMEOUT_S)
    assert answer.ok, answer.text
    return answer.text
