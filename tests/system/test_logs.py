"""The log of the running product: one request is followed from the browser through the message into the worker."""

import json
from pathlib import Path

import pytest
import requests

from tests import sounds
from tests.system.clients import first_visit
from tests.system.product import RunningProduct

REQUEST_ID = "5c9f1d0a-from-the-proxy"


@pytest.mark.timeout(600)
def test_a_request_is_followed_through_web_and_worker(tmp_path: Path) -> None:
    settings = {"LOG_FORMAT": "json", "TRUST_PROXY": "true"}
    with RunningProduct(tmp_path / "var", **settings) as product:
        client = first_visit(product.address)
        path = sounds.write(tmp_path / "song.flac", sounds.music(6.0))
        with path.open("rb") as file:
            response = requests.post(
                f"{product.address}/api/predict/",
                files={"file": file},
                headers={**client.headers, "X-Request-ID": REQUEST_ID},
                timeout=60,
            )
        assert response.headers["X-Request-ID"] == REQUEST_ID
        song_id = response.json()["id"]
        assert client.wait_until_finished(song_id)["status"] == "done", product.log("worker")
        web, worker = product.log("web"), product.log("worker")

    records = [json.loads(line) for line in web.splitlines()]
    [access] = [record for record in records if record.get("route") == "/api/predict/"]
    assert (access["request_id"], access["status"]) == (REQUEST_ID, 202)
    [done] = [json.loads(line) for line in worker.splitlines() if "is done" in line]
    assert (done["request_id"], done["song_id"], done["person_id"]) == (REQUEST_ID, song_id, access["person_id"])
    key = client.headers["Authorization"].removeprefix("Bearer ")
    assert key not in web + worker
