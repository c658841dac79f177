"""What the 2D network looked at, asked for by a browser and drawn by the worker, over both kinds of queue."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import requests

from tests import sounds
from tests.system.compose import services
from tests.system.conftest import program
from tests.system.processes import wait_for
from tests.system.product import Serving
from tests.system.servers import running_redis
from tests.system.visitor import Caller, Visitor


@pytest.fixture(params=["file broker", "Redis"])
def serving(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    redis = nullcontext(None)
    if request.param == "Redis":
        server, *options = services({"POSTGRES_PASSWORD": "unused"})["redis"].command
        redis = running_redis([program(server), *options], tmp_path)
    with redis as port:
        settings = {} if port is None else {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        with Serving(tmp_path / "var", **settings) as serving:
            yield serving


def waiting(caller: Caller, ids: list[str]) -> int:
    return sum(caller.song(song_id)["status"] == "queued" for song_id in ids)


@pytest.mark.timeout(300)
def test_a_picture_is_drawn_in_turn_with_songs_that_wait(serving: Serving, tmp_path: Path) -> None:
    visitor = Visitor(serving.address)
    visitor.make_owner()
    caller = Caller(serving.address, visitor.make_key())
    song = caller.submit(sounds.write(tmp_path / "song.wav", sounds.music(12.0)))
    assert caller.await_end(song["id"], timeout_s=120)["status"] == "done", serving.log("worker")
    many = [caller.submit(sounds.write_long(tmp_path / "long.mp3", 600 + i))["id"] for i in range(8)]

    def drawn() -> requests.Response | None:
        response = visitor.session.get(f"{serving.address}/songs/{song['id']}/saliency/primary.png", timeout=30)
        assert response.status_code in (200, 202), response.text
        return response if response.status_code == 200 else None

    picture = wait_for(drawn, timeout_s=120, what="picture")
    assert waiting(caller, many) > 0, "All songs were heard first"
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    places = visitor.session.get(f"{serving.address}/songs/{song['id']}/saliency/primary.json", timeout=30)
    assert places.json()["network"] == "cnn2d"
