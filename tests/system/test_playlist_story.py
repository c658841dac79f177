"""A playlist of a running product on a real music server: it appears there by itself, and follows under the same id."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.system.clients import BrowserClient, first_visit
from tests.system.music_servers import supysonic, write_library
from tests.system.processes import wait_for
from tests.system.product import RunningProduct
from tests.system.test_music_server_story import ANALYSES, CONNECT, run_in_product
from tests.system.test_server_playlists import songs_on_server
from tests.system.test_sources import rows

SONGS = 5
COPY = "SELECT server_playlist_id, synced_at FROM classifier_playlist"


def send(client: BrowserClient, path: str, **form: str) -> str:
    """The page after a form."""
    client.session.get(f"{client.address}{path}", timeout=60)
    form["csrfmiddlewaretoken"] = client.session.cookies["csrftoken"]
    response = client.session.post(f"{client.address}{path}", data=form, timeout=60)
    assert response.status_code == 200, response.text
    return response.text


def titles_on(page: str) -> list[str]:
    return re.findall(r"<strong>(Song \d\d)</strong>", page)


@pytest.mark.timeout(900)
def test_a_list_appears_on_the_server_and_follows_under_the_same_id(tmp_path: Path) -> None:
    data_dir, music = tmp_path / "var", tmp_path / "music"
    write_library(music, SONGS)
    with supysonic(tmp_path / "server", music) as server, RunningProduct(data_dir) as product:
        first_visit(product.address)
        client = BrowserClient(product.address)
        client.sign_in()
        code = CONNECT.format(address=server.address, username=server.username, password=server.password, songs=SONGS)
        run_in_product(data_dir, code)
        wait_for(lambda: len(rows(data_dir, ANALYSES)) == SONGS, what="analyses of all songs", timeout_s=600)

        form = client.session.get(f"{client.address}/playlists/new/", timeout=60).text
        source = re.search(r'<option value="([0-9a-f-]{36})">Server</option>', form)
        assert source
        values = {"name": "Calm & tender", "order": "mixture", "weight_calm": "1", "songs": "3", "source": source[1]}
        page = send(client, "/playlists/new/", **values)
        first = titles_on(page)
        assert len(first) == 3
        wait_for(lambda: rows(data_dir, COPY)[0][1], what="copy of the playlist on the server")
        [(key, synced_at)] = rows(data_dir, COPY)
        assert songs_on_server(server, key) == ("Calm & tender", first)

        address = re.search(r'action="(/playlists/[0-9a-f-]{36}/)refresh/"', page)
        assert address
        joyful = values | {"name": "Only joy", "weight_calm": "-1", "weight_joyful": "2"}
        second = titles_on(send(client, f"{address[1]}edit/", **joyful))
        assert len(second) == 3
        wait_for(lambda: rows(data_dir, COPY)[0][1] != synced_at, what="change of the copy")
        [(later_key, _)] = rows(data_dir, COPY)
        assert later_key == key
        assert songs_on_server(server, key) == ("Only joy", second)
        for name in ("web", "sources"):
            assert "Traceback" not in product.log(name)
            assert server.password not in product.log(name)
