"""The running product under load: songs a minute, memory, and response times of pages."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import requests

from tests.bench.songs import copies, repeat_to_length
from tests.bench.tables import Row, percentile
from tests.system.clients import ApiClient, BrowserClient, first_visit
from tests.system.processes import descendants, wait_for
from tests.system.product import RunningProduct

SONGS = 24
MIN_GAIN = 1.8
MAX_WORKER_MB, MAX_WEB_MB = 450, 120
VISITS = 60
MAX_SLOWDOWN = 1.5
LOAD_MINUTES = 30


def rows(song: Path, folder: Path) -> list[Row]:
    with served(folder / "two", processes=2) as (product, client):
        two = songs_a_minute(product, client, copies(song, folder / "two songs", SONGS + 2), processes=2)
        pages = pages_under_load(product, client, song, folder)
    with served(folder / "one", processes=1) as (product, client):
        one = songs_a_minute(product, client, copies(song, folder / "one songs", SONGS // 2 + 1), processes=1)
        memory = memory_at_work(product, client, song, folder)
    gain = Row(
        "Songs a minute with two worker processes on two cores, relative to one (4-minute mp3s)",
        f"≥ {MIN_GAIN:g} times",
        f"{two / one:.2f} times: {two:.0f} and {one:.0f}",
        two >= MIN_GAIN * one,
    )
    return [gain, *memory, *pages]


@contextmanager
def served(data_dir: Path, processes: int) -> Iterator[tuple[RunningProduct, ApiClient]]:
    with RunningProduct(data_dir, WORKER_PROCESSES=str(processes), API_CALLS_PER_MINUTE="1000000") as product:
        yield product, first_visit(product.address)


def songs_a_minute(product: RunningProduct, client: ApiClient, songs: list[Path], processes: int) -> float:
    """By the timestamps of songs in a full queue, after a warm-up of the processes."""
    warm, counted = songs[:processes], songs[processes:]
    for song in [client.submit(path) for path in warm]:
        client.wait_until_finished(song["id"])
    sent = [uuid.UUID(client.submit(path)["id"]).hex for path in counted]
    all_sent = datetime.now(UTC).replace(tzinfo=None)
    # From the database and rarely: requests to the product would take a core from the workers.
    times = wait_for(lambda: _times(product, sent), what="end of every song", timeout_s=1200)
    # Only songs that started after the last one was sent: sending takes a core as well.
    counted_times = [(start, finish) for start, finish in times if start >= all_sent]
    first, last = min(start for start, _ in counted_times), max(finish for _, finish in counted_times)
    return 60 * len(counted_times) / (last - first).total_seconds()


def _times(product: RunningProduct, song_ids: list[str]) -> list[tuple[datetime, datetime]]:
    """Start and end of each song, once all have ended."""
    time.sleep(0.5)
    marks = ",".join("?" * len(song_ids))
    with closing(sqlite3.connect(product.data_dir / "db.sqlite3")) as database:
        times = database.execute(
            f"SELECT started_at, finished_at FROM classifier_song WHERE status = 'done' AND id IN ({marks})", song_ids
        ).fetchall()
    if len(times) < len(song_ids):
        return []
    return [(datetime.fromisoformat(start), datetime.fromisoformat(finish)) for start, finish in times]


def memory_at_work(product: RunningProduct, client: ApiClient, song: Path, folder: Path) -> list[Row]:
    """The peak of the worker during half an hour of music, and the web process after many responses."""
    sent = client.submit(repeat_to_length(song, folder / "half an hour.mp3", 60 * LOAD_MINUTES))
    worker, child = product.worker(), product.worker_child()
    peak_mb = 0.0
    while client.song(sent["id"])["status"] in ("queued", "running"):
        peak_mb = max(peak_mb, resident_mb(worker) + resident_mb(child))
        time.sleep(0.05)
    browser = signed_in_browser(product)
    for path in pages_of(client) * 10:
        browser.session.get(f"{product.address}{path}", timeout=30)
    [first, *_] = product.pids_of("gunicorn")
    web_mb = max(resident_mb(pid) for pid in descendants(first))
    return [
        Row(
            "Resident memory of a busy worker with its child",
            f"≤ {MAX_WORKER_MB} MB",
            f"{peak_mb:.0f} MB",
            peak_mb <= MAX_WORKER_MB,
        ),
        Row(
            "Resident memory of the web process after hundreds of responses",
            f"≤ {MAX_WEB_MB} MB",
            f"{web_mb:.0f} MB (its parent: {resident_mb(first):.0f} MB)",
            web_mb <= MAX_WEB_MB,
        ),
    ]


def resident_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


def pages_under_load(product: RunningProduct, client: ApiClient, song: Path, folder: Path) -> list[Row]:
    """The same visits on an idle server, and while every core analyses a song."""
    browser = signed_in_browser(product)
    paths = pages_of(client)
    visits(product, browser, paths, VISITS // 3)
    idle = visits(product, browser, paths, VISITS)
    long = repeat_to_length(song, folder / "load.mp3", 60 * LOAD_MINUTES)
    sent = [client.submit(path)["id"] for path in copies(long, folder / "load songs", 8)]
    wait_for(lambda: all(client.song(song_id)["status"] == "running" for song_id in sent[:2]), what="load")
    busy = visits(product, browser, paths, VISITS)
    loaded = [song_id for song_id in sent if client.song(song_id)["status"] in ("queued", "running")]
    assert len(loaded) >= 2, "The load ended before the visits: it needs more songs."
    idle_s, busy_s = percentile(idle, 0.95), percentile(busy, 0.95)
    return [
        Row(
            "Response time of pages while two workers use both cores: 95th percentile, relative to an idle server",
            f"≤ {MAX_SLOWDOWN:g} times",
            f"{busy_s / idle_s:.2f} times: {1000 * busy_s:.0f} ms and {1000 * idle_s:.0f} ms",
            busy_s <= MAX_SLOWDOWN * idle_s,
        )
    ]


def signed_in_browser(product: RunningProduct) -> BrowserClient:
    browser = BrowserClient(product.address)
    browser.sign_in()
    return browser


def pages_of(client: ApiClient) -> list[str]:
    """The pages a user opens to look at results."""
    songs = requests.get(f"{client.address}/api/predictions/", headers=client.headers, timeout=30).json()["results"]
    song = next(song for song in songs if song["status"] == "done")
    page = f"/songs/{song['id']}/"
    return ["/", "/songs/", page, f"{page}?model=cnn1d", f"{page}spectrogram.png", f"/api/predictions/{song['id']}/"]


def visits(product: RunningProduct, browser: BrowserClient, paths: list[str], count: int) -> list[float]:
    """Seconds of each of `count` visits to each of the pages."""
    seconds = []
    for _ in range(count):
        for path in paths:
            started = time.perf_counter()
            response = browser.session.get(f"{product.address}{path}", timeout=30)
            seconds.append(time.perf_counter() - started)
            assert response.status_code == 200, f"{path}: {response.status_code}"
    return seconds
