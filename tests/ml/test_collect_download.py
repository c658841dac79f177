"""Downloads: resumption, retries, limits, redirects."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.training.collecting.download import OVERLAP, Downloader
from ml.training.collecting.http_client import Clock, FetchPolicy
from ml.training.collecting.link_policy import check_link, check_redirect
from ml.training.collecting.partial_download import PartialDownload
from tests.ml.sound_server import SoundServer, sound_server

SONG = b"fLaC" + os.urandom(300_000)
BREAK = 200_000


@dataclass
class Hours:
    """A clock whose time passes by waiting alone."""

    time_s: float = 0.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time_s

    def sleep(self, seconds: float) -> None:
        self.time_s += seconds
        self.waits += [seconds] if seconds else []

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.sleep)


@pytest.fixture
def server() -> Iterator[SoundServer]:
    with sound_server() as server:
        yield server


@pytest.fixture
def here(tmp_path: Path) -> PartialDownload:
    return PartialDownload(tmp_path, "song")


def download(link: str, here: PartialDownload, hours: Hours | None = None, **policy: float) -> None:
    Downloader(FetchPolicy(**policy), (hours or Hours()).clock).fetch(link, here)


def download_error(link: str, here: PartialDownload, hours: Hours | None = None, **policy: float) -> MoodError:
    with pytest.raises(MoodError) as caught:
        download(link, here, hours, **policy)
    return caught.value


def test_a_download_is_complete_and_sends_a_user_agent(server: SoundServer, here: PartialDownload) -> None:
    download(server.serve("/song", SONG), here)
    assert here.path.read_bytes() == SONG
    headers = server.requests_made[0][1]
    assert headers["User-Agent"].startswith("Countermood")
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


def test_no_password_of_the_netrc_file_is_sent(
    server: SoundServer, here: PartialDownload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login anna password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    download(server.serve("/song", SONG), here)
    assert "Authorization" not in server.requests_made[0][1]


def test_no_cookies_are_stored(server: SoundServer, here: PartialDownload) -> None:
    link = server.serve("/song", SONG, statuses=[503], headers={"Set-Cookie": "who=anna"})
    download(link, here)
    assert len(server.requests_made) == 2
    assert "Cookie" not in server.requests_made[1][1]


def test_a_broken_download_resumes(server: SoundServer, here: PartialDownload) -> None:
    download(server.serve("/song", SONG, breaks_after=[BREAK]), here)
    assert here.path.read_bytes() == SONG
    assert server.requested_ranges() == [None, f"bytes={BREAK - OVERLAP}-"]


def test_the_next_run_resumes_a_download(server: SoundServer, here: PartialDownload) -> None:
    link = server.serve("/song", SONG, breaks_after=[BREAK])
    error = download_error(link, here, attempts=1)
    assert error.code == "link_broken_off"
    assert f"{BREAK:,} bytes are stored" in error.message
    download(link, here)
    assert here.path.read_bytes() == SONG
    assert server.requested_ranges() == [None, f"bytes={BREAK - OVERLAP}-"]


def test_complete_downloads_are_not_requested_again(server: SoundServer, here: PartialDownload) -> None:
    link = server.serve("/song", SONG)
    download(link, here)
    download(link, here)
    assert len(server.requests_made) == 1


def test_downloads_restart_if_the_server_has_no_ranges(server: SoundServer, here: PartialDownload) -> None:
    download(server.serve("/song", SONG, ranges=False, breaks_after=[BREAK]), here)
    assert here.path.read_bytes() == SONG


def test_short_ranges_are_completed_by_further_requests(server: SoundServer, here: PartialDownload) -> None:
    download(server.serve("/song", SONG, breaks_after=[BREAK], largest_piece=120_000), here, attempts=4)
    assert here.path.read_bytes() == SONG


@pytest.mark.parametrize("etag", ['"2"', None], ids=["told", "untold"])
def test_a_file_changed_on_the_server_is_downloaded_again(
    server: SoundServer, here: PartialDownload, etag: str | None
) -> None:
    before = etag and '"1"'
    link = server.serve("/song", SONG, etag=before, breaks_after=[BREAK])
    download_error(link, here, attempts=1)
    another = b"fLaC" + os.urandom(len(SONG) - 4)
    server.serve("/song", another, etag=etag)
    download(link, here)
    assert here.path.read_bytes() == another


def test_a_file_that_became_shorter_is_downloaded_again(server: SoundServer, here: PartialDownload) -> None:
    link = server.serve("/song", SONG, breaks_after=[BREAK])
    download_error(link, here, attempts=1)
    server.pages["/song"].statuses = [416]
    server.pages["/song"].content = SONG[:1000]
    download(link, here)
    assert here.path.read_bytes() == SONG[:1000]


def test_a_file_of_unknown_length_is_downloaded(server: SoundServer, here: PartialDownload) -> None:
    download(server.serve("/song", SONG, chunked=True), here)
    assert here.path.read_bytes() == SONG
    assert here.is_complete


def test_a_broken_download_of_unknown_length_is_incomplete(server: SoundServer, here: PartialDownload) -> None:
    link = server.serve("/song", SONG, chunked=True, breaks_after=[BREAK])
    assert download_error(link, here, attempts=1).code == "link_broken_off"
    assert not here.is_complete
    download(link, here)
    assert here.path.read_bytes() == SONG


@pytest.mark.parametrize(
    ("status", "code"), [(401, "link_refused"), (403, "link_refused"), (404, "link_missing"), (418, "link_failed")]
)
def test_client_errors_are_not_retried(server: SoundServer, here: PartialDownload, status: int, code: str) -> None:
    error = download_error(server.serve("/song", SONG, statuses=[status]), here)
    assert error.code == code
    assert str(status) in error.message
    assert len(server.requests_made) == 1


def test_retry_after_of_a_busy_server_is_respected(server: SoundServer, here: PartialDownload) -> None:
    hours = Hours()
    download(server.serve("/song", SONG, statuses=[503], headers={"Retry-After": "20"}), here, hours)
    assert here.path.read_bytes() == SONG
    assert 20 in hours.waits


def test_a_long_retry_after_ends_the_download(server: SoundServer, here: PartialDownload) -> None:
    hours = Hours()
    link = server.serve("/song", SONG, statuses=[429], headers={"Retry-After": "3600"})
    assert download_error(link, here, hours).code == "link_failed"
    assert (len(server.requests_made), hours.waits) == (1, [])


def test_requests_to_the_same_server_have_a_pause(server: SoundServer, tmp_path: Path) -> None:
    hours = Hours()
    downloads = Downloader(FetchPolicy(pause_s=7.0), hours.clock)
    for name in "abc":
        downloads.fetch(server.serve(f"/{name}", SONG), PartialDownload(tmp_path, name))
    assert hours.waits == [7.0, 7.0]


def test_an_unreachable_server_is_tried_once_for_further_files(tmp_path: Path) -> None:
    with socket.socket() as start:  # bound, and never listening
        start.bind(("127.0.0.1", 0))
        link = f"http://127.0.0.1:{start.getsockname()[1]}/song"
        hours = Hours()
        downloads = Downloader(FetchPolicy(), hours.clock)
        for name in "ab":
            with pytest.raises(MoodError, match=r"cannot be reached") as caught:
                downloads.fetch(link, PartialDownload(tmp_path, name))
            assert caught.value.code == "link_unreachable"
            assert ("3 times" in caught.value.message) == (name == "a")


def test_a_file_that_is_too_large_is_not_downloaded(server: SoundServer, here: PartialDownload) -> None:
    error = download_error(server.serve("/song", SONG), here, max_bytes=100_000)
    assert error.code == "file_too_large"
    assert here.size == 0


def test_a_file_of_unknown_size_stops_at_the_limit(server: SoundServer, here: PartialDownload) -> None:
    error = download_error(server.serve("/song", SONG, chunked=True), here, max_bytes=100_000)
    assert error.code == "file_too_large"
    assert here.size == 0


def test_a_download_that_is_not_audio_stops_early(server: SoundServer, here: PartialDownload) -> None:
    page = b"<!DOCTYPE html><html>" + b" " * 3_000_000
    error = download_error(server.serve("/song.mp3", page, pause_s=0.02), here, attempts=1)
    assert error.code == "not_audio"
    assert "web page" in error.message
    assert here.size == 0


def test_a_slow_download_stops_at_the_time_limit(server: SoundServer, here: PartialDownload) -> None:
    link = server.serve("/song", SONG, pause_s=0.05)
    with pytest.raises(MoodError) as caught:
        Downloader(FetchPolicy(max_duration_s=0.4)).fetch(link, here)
    assert caught.value.code == "link_too_slow"
    assert 0 < here.size < 20_000


def test_a_silent_server_times_out(server: SoundServer, here: PartialDownload) -> None:
    error = download_error(server.serve("/song", SONG, pause_s=2.0), here, read_timeout_s=0.3, attempts=1)
    assert error.code == "link_broken_off"


def test_redirects_are_followed(server: SoundServer, here: PartialDownload) -> None:
    server.serve("/song", SONG)
    download(server.serve("/old", statuses=[302], headers={"Location": "/song"}), here)
    assert here.path.read_bytes() == SONG


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/song", "file:///etc/hostname", "http://anna:secret@127.0.0.1/"])
def test_redirects_to_other_schemes_are_rejected(server: SoundServer, here: PartialDownload, target: str) -> None:
    link = server.serve("/old", statuses=[302], headers={"Location": target})
    assert download_error(link, here).code == "link_not_allowed"


def test_redirect_loops_end(server: SoundServer, here: PartialDownload) -> None:
    link = server.serve("/round", statuses=[302] * 20, headers={"Location": "/round"})
    assert download_error(link, here).code == "link_failed"
    assert len(server.requests_made) < 10


def test_redirects_into_the_own_network_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    book = {"music.example": "93.184.215.14", "mirror.example": "151.101.1.1", "router.example": "192.168.1.1"}
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: [(0, 0, 0, "", (book[host], 0))])
    check_redirect("http://music.example/a", "https://mirror.example/a")
    check_redirect("http://router.example/a", "http://router.example/b")
    with pytest.raises(MoodError, match=r"inside your own network"):
        check_redirect("http://music.example/a", "http://router.example/a")


@pytest.mark.parametrize(
    "link", ["ftp://a.example/x", "http://", "http://a.example/a b", "http://anna:secret@a.example/x", "http://a:b:c/x"]
)
def test_links_that_are_not_plain_http_are_rejected(link: str) -> None:
    with pytest.raises(MoodError) as caught:
        check_link(link)
    assert caught.value.code == "link_not_allowed"
    assert "secret" not in caught.value.message
