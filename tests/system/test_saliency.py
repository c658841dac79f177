"""A saliency map, requested by a browser and computed by the worker, with either broker."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import requests

from tests import sounds
from tests.system.clients import ApiClient, BrowserClient
from tests.system.compose import services
from tests.system.conftest import program
from tests.system.processes import wait_for
from tests.system.product import RunningProduct
from tests.system.servers import running_redis


@pytest.fixture(params=["file broker", "Redis"])
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningProduct]:
    redis = nullcontext(None)
    if request.param == "Redis":
        server, *options = services({"POSTGRES_PASSWORD": "unused"})["redis"].command
        redis = running_redis([program(server), *options], tmp_path)
    with redis as port:
        settings = {} if port is None else {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        with RunningProduct(tmp_path / "var", **settings) as product:
            yield product


@pytest.mark.timeout(600)
def test_a_saliency_map_does_not_wait_for_all_queued_songs(product: RunningProduct, tmp_path: Path) -> None:
    browser = BrowserClient(product.address)
    browser.create_owner()
    client = ApiClient(product.address, browser.create_token())
    song = client.submit(sounds.write(tmp_path / "song.wav", sounds.music(12.0)))
    assert client.wait_until_finished(song["id"])["status"] == "done", product.log("worker")
    later_ids = [client.submit(sounds.write_long(tmp_path / "long.mp3", 600 + i))["id"] for i in range(8)]

    def image() -> requests.Response | None:
        response = browser.session.get(f"{product.address}/songs/{song['id']}/saliency/primary.png", timeout=60)
        assert response.status_code in (200, 202), response.text
        return response if response.status_code == 200 else None

    response = wait_for(image, what="saliency map")
    statuses = [client.song(song_id)["status"] for song_id in later_ids]
    assert "queued" in statuses, "All songs were analysed first"
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    places = browser.session.get(f"{product.address}/songs/{song['id']}/saliency/primary.json", timeout=60)
    assert places.json()["network"] == "cnn2d"
