"""A running product on a small disk, which another program fills."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests import sounds
from tests.system.clients import ApiClient, BrowserClient, first_visit
from tests.system.processes import wait_for
from tests.system.product import RunningProduct
from tests.system.small_disk import SmallDisk, small_disk

SIZE_MB = 360
RESERVE_BYTES = 256_000_000
ROOM_BYTES = 3_000_000
"""For uploads, beside the reserve."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("small"), SIZE_MB) as disk:
        yield disk


@pytest.fixture(scope="module")
def product(disk: SmallDisk) -> Iterator[RunningProduct]:
    with RunningProduct(disk.folder / "var", DISK_RESERVE_MB="256", **disk.settings) as product:
        yield product


@pytest.fixture(scope="module")
def api(product: RunningProduct) -> ApiClient:
    return first_visit(product.address)


@pytest.fixture(scope="module")
def songs(api: ApiClient, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Analysed before the disk is full."""
    folder = tmp_path_factory.mktemp("songs")
    submitted = [
        api.submit(sounds.write(folder / f"{seed}.wav", sounds.music(5.0, seed=seed)))["id"] for seed in range(3)
    ]
    for song_id in submitted:
        assert api.wait_until_finished(song_id)["status"] == "done"
    return submitted


@pytest.fixture
def full(disk: SmallDisk, songs: list[str]) -> Iterator[SmallDisk]:
    yield disk
    disk.clear()


def upload(api: ApiClient, path: Path) -> requests.Response:
    with path.open("rb") as file:
        return requests.post(
            f"{api.address}/api/predict/", files={"file": (path.name, file)}, headers=api.headers, timeout=60
        )


def announce(api: ApiClient, size_bytes: int) -> requests.Response:
    headers = {**api.headers, "Tus-Resumable": "1.0.0", "Upload-Length": str(size_bytes)}
    return requests.post(f"{api.address}/api/uploads/", headers=headers, timeout=60)


def post(browser: BrowserClient, path: str, **form: str) -> str:
    """Send a form of a page; returns the page that follows."""
    form["csrfmiddlewaretoken"] = browser.session.cookies["csrftoken"]
    answer = browser.session.post(f"{browser.address}{path}", data=form, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.timeout(900)
def test_uploads_are_rejected_before_the_reserve_is_touched(full: SmallDisk, api: ApiClient, tmp_path: Path) -> None:
    full.leave(RESERVE_BYTES + ROOM_BYTES)
    large = sounds.write(tmp_path / "large.wav", sounds.music(60.0, seed=9))
    assert large.stat().st_size > ROOM_BYTES
    for answer in (upload(api, large), announce(api, large.stat().st_size)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")
    assert announce(api, 1_000_000).status_code == 201


@pytest.mark.timeout(900)
def test_a_full_disk_lets_users_in_and_lets_them_make_room(
    full: SmallDisk, product: RunningProduct, api: ApiClient, songs: list[str]
) -> None:
    """Full to its last byte, before each step."""
    full.leave(0)
    browser = BrowserClient(product.address)
    assert browser.sign_in().url == f"{product.address}/"
    full.leave(0)
    home = browser.session.get(f"{product.address}/", timeout=60)
    assert "The server’s disk is full." in home.text
    assert browser.health()["disk"] is False
    full.leave(0)
    assert api.song(songs[0])["status"] == "done"
    post(browser, f"/songs/{songs[0]}/edit/", title="Edited on a full disk", artist="")
    assert api.song(songs[0])["title"] == "Edited on a full disk"
    full.leave(0)
    deleted = requests.delete(f"{api.address}/api/predictions/{songs[0]}/", headers=api.headers, timeout=60)
    assert deleted.status_code == 204, deleted.text
    full.leave(0)
    assert "and its audio." in post(browser, f"/songs/{songs[1]}/delete/", permanent="yes")
    listed = requests.get(f"{api.address}/api/predictions/", headers=api.headers, timeout=60).json()
    assert not {songs[0], songs[1]} & {song["id"] for song in listed["results"]}


@pytest.mark.timeout(900)
def test_with_room_again_everything_continues(
    product: RunningProduct, api: ApiClient, disk: SmallDisk, songs: list[str], tmp_path: Path
) -> None:
    disk.leave(0)
    disk.clear()
    song = wait_for(
        lambda: upload(api, sounds.write(tmp_path / "again.wav", sounds.music(5.0, seed=11))).json().get("id"),
        what="accepted upload",
    )
    assert api.wait_until_finished(song)["status"] == "done"
    assert BrowserClient(product.address).health()["disk"] is True
