"""A house that people live in: the demo songs heard, some things said of them, one song that failed, and a newcomer."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

import requests

from tests import sounds
from tests.system.clients import ApiClient, BrowserClient
from tests.system.processes import wait_for

NEWCOMER = "nina"
FAILED = "Doorbell.wav"
MAKING_S = 180


@dataclass(frozen=True)
class House:
    address: str
    songs: dict[str, str]
    """Titles (of a failed song, the name of its file) and identifiers."""
    owner: BrowserClient
    newcomer: BrowserClient
    caller: ApiClient
    kept: dict[str, str]
    """Pages, as HTML, that cannot be opened again: their moment is over, or no link leads to them."""

    def cookies(self, visitor: BrowserClient) -> list[dict[str, str]]:
        """What a browser needs to be signed in as this person."""
        return [{"name": one.name, "value": one.value, "url": self.address} for one in visitor.session.cookies]


def furnish(address: str, folder: Path) -> House:
    """Everything by the doors that people and programs use; `folder` is for the files that are handed in."""
    owner = BrowserClient(address)
    wait_for(lambda: owner.health().get("worker"), what="worker that answers")
    kept = {"setup": requests.get(f"{address}/setup/", timeout=30).text}
    owner.create_owner()
    kept["songs on their way"] = send(owner, "/demo/")
    kept["song on its way"] = owner.session.get(f"{address}/songs/{everything(owner)[0]}/", timeout=30).text
    caller = ApiClient(address, owner.create_token())
    caller.submit(sounds.write(folder / FAILED, sounds.tone(660, 1.0)))
    songs = {}
    for song_id in everything(owner):
        song = caller.wait_until_finished(song_id)
        songs[song.get("title") or song["file_name"]] = song_id
    speak(owner, songs)
    kept |= refusals(address, owner)
    return House(address, songs, owner, newcomer(owner), caller, kept)


def refusals(address: str, owner: BrowserClient) -> dict[str, str]:
    """What people see whose request makes no sense."""
    return {
        "sign in": requests.get(f"{address}/login/", timeout=30).text,
        "wrong password": _answer(requests.Session(), f"{address}/login/", username="olga", password="olga"),
        "form out of date": requests.post(f"{address}/login/", timeout=30).text,
        "malformed": requests.get(f"{address}/", headers={"Host": "elsewhere"}, timeout=30).text,
        "no file": _answer(owner.session, f"{address}/upload/"),
        "wrong name": _answer(owner.session, f"{address}/people/", username="olga"),
        "new token": _answer(owner.session, f"{address}/tokens/", name="a script"),
    }


def _answer(session: requests.Session, address: str, **form: str) -> str:
    session.get(address, timeout=30)
    form["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    return session.post(address, data=form, timeout=30).text


def everything(visitor: BrowserClient) -> list[str]:
    """The identifiers of the person's songs, the newest first."""
    listed = visitor.session.get(f"{visitor.address}/api/predictions/?page_size=200", timeout=30).json()
    return [song["id"] for song in listed["results"]]


def speak(visitor: BrowserClient, songs: dict[str, str]) -> None:
    """What a person said of some of them: yes, no, and what it is instead."""
    for title in ("Slow Water", "Wires"):
        send(visitor, f"/songs/{songs[title]}/verdict/", verdict="agreed")
    send(visitor, f"/songs/{songs['High Banners']}/verdict/", verdict="disagreed")
    corrected = {"verdict": "corrected", "primary": "sadness", "secondary": "nostalgia"}
    send(visitor, f"/songs/{songs['Empty Platform']}/verdict/", **corrected)


def newcomer(owner: BrowserClient, name: str = NEWCOMER) -> BrowserClient:
    """Somebody whom the owner let in, and who has given nothing yet."""
    told = send(owner, "/people/", username=name)
    password = re.search(r'class="secret">([^<]+)<', told)
    assert password, told
    visitor = BrowserClient(owner.address)
    visitor.session.get(f"{owner.address}/login/", timeout=30)
    send(visitor, "/login/", username=name, password=html.unescape(password[1]))
    assert "sessionid" in visitor.session.cookies
    return visitor


def send(visitor: BrowserClient, path: str, **form: str) -> str:
    """A form, as the person's browser sends it; the page that it leads to."""
    form["csrfmiddlewaretoken"] = visitor.session.cookies["csrftoken"]
    answer = visitor.session.post(f"{visitor.address}{path}", data=form, timeout=MAKING_S)
    assert answer.ok, answer.text
    return answer.text
