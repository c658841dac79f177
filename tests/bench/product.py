"""The running product, as `make run` starts it, under work: songs a minute, memory, and pages meanwhile."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import requests

from tests.bench.row import Row, share
from tests.bench.songs import as_long_as, copies
from tests.system.clients import ApiClient, BrowserClient, first_visit
from tests.system.processes import descendants, wait_for
from tests.system.product import RunningProduct

SONGS = 24
LEAST_GAIN = 1.8
WORKER_MB, WEB_MB = 450, 120
VISITS = 60
MOST_SLOWER = 1.5
LOAD_MINUTES = 30


def rows(song: Path, folder: Path) -> list[Row]:
    with served(folder / "two", processes=2) as (serving, caller):
        two = songs_a_minute(serving, caller, copies(song, folder / "two songs", SONGS + 2), processes=2)
        pages = pages_under_load(serving, caller, song, folder)
    with served(folder / "one", processes=1) as (serving, caller):
        one = songs_a_minute(serving, caller, copies(song, folder / "one songs", SONGS // 2 + 1), processes=1)
        memory = memory_at_work(serving, caller, song, folder)
    gain = Row(
        "Songs a minute, two worker processes on two cores, against one (4-minute mp3s)",
        f"≥ {LEAST_GAIN:g} times",
        f"{two / one:.2f} times: {two:.0f} against {one:.0f}",
        two >= LEAST_GAIN * one,
    )
    return [gain, *memory, *pages]


@contextmanager
def served(data_dir: Path, processes: int) -> Iterator[tuple[RunningProduct, ApiClient]]:
    with RunningProduct(data_dir, WORKER_PROCESSES=str(processes), API_CALLS_PER_MINUTE="1000000") as serving:
        yield serving, first_visit(serving.address)


def songs_a_minute(serving: RunningProduct, caller: ApiClient, songs: list[Path], processes: int) -> float:
    """By what the rows say of songs that waited all together; the processes have been warmed up before."""
    warm, counted = songs[:processes], songs[processes:]
    for song in [caller.submit(path) for path in warm]:
        caller.wait_until_finished(song["id"])
    sent = [uuid.UUID(caller.submit(path)["id"]).hex for path in counted]
    all_sent = datetime.now(UTC).replace(tzinfo=None)
    # Looked up in the rows, and seldom: whoever asks the product all the time takes a core from those who hear.
    times = wait_for(lambda: _times(serving, sent), what="end of every song", timeout_s=1200)
    # Those that were begun when all had been sent: until then, whoever sends them needs a core as well.
    begun = [(start, finish) for start, finish in times if start >= all_sent]
    return 60 * len(begun) / (max(finish for _, finish in begun) - min(start for start, _ in begun)).total_seconds()


def _times(serving: RunningProduct, song_ids: list[str]) -> list[tuple[datetime, datetime]]:
    """When each song was begun and finished; nothing as long as one of them is not."""
    time.sleep(0.5)
    marks = ",".join("?" * len(song_ids))
    with closing(sqlite3.connect(serving.data_dir / "db.sqlite3")) as database:
        times = database.execute(
            f"SELECT started_at, finished_at FROM classifier_song WHERE status = 'done' AND id IN ({marks})", song_ids
        ).fetchall()
    if len(times) < len(song_ids):
        return []
    return [(datetime.fromisoformat(start), datetime.fromisoformat(finish)) for start, finish in times]


def memory_at_work(serving: RunningProduct, caller: ApiClient, song: Path, folder: Path) -> list[Row]:
    """The most that the worker's processes hold while they hear half an hour; the web process after many answers."""
    sent = caller.submit(as_long_as(song, folder / "half an hour.mp3", 60 * LOAD_MINUTES))
    worker, child = serving.worker(), serving.worker_child()
    most = 0.0
    while caller.song(sent["id"])["status"] in ("queued", "running"):
        most = max(most, resident_mb(worker) + resident_mb(child))
        time.sleep(0.05)
    visitor = signed_in(serving)
    for path in pages_of(caller) * 10:
        visitor.session.get(f"{serving.address}{path}", timeout=30)
    [first, *_] = serving.pids_of("gunicorn")
    web = max(resident_mb(pid) for pid in descendants(first))
    return [
        Row(
            "Resident memory of a busy worker, all its processes",
            f"≤ {WORKER_MB} MB",
            f"{most:.0f} MB",
            most <= WORKER_MB,
        ),
        Row(
            "Resident memory of the web process after some hundred pages and answers",
            f"≤ {WEB_MB} MB",
            f"{web:.0f} MB (gunicorn's own, which only watches it: {resident_mb(first):.0f} MB)",
            web <= WEB_MB,
        ),
    ]


def resident_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


def pages_under_load(serving: RunningProduct, caller: ApiClient, song: Path, folder: Path) -> list[Row]:
    """The same visits idle, and while every core hears a song."""
    visitor = signed_in(serving)
    paths = pages_of(caller)
    visits(serving, visitor, paths, VISITS // 3)
    idle = visits(serving, visitor, paths, VISITS)
    long = as_long_as(song, folder / "load.mp3", 60 * LOAD_MINUTES)
    sent = [caller.submit(path)["id"] for path in copies(long, folder / "load songs", 8)]
    wait_for(lambda: all(caller.song(song_id)["status"] == "running" for song_id in sent[:2]), what="load")
    busy = visits(serving, visitor, paths, VISITS)
    loaded = [song_id for song_id in sent if caller.song(song_id)["status"] in ("queued", "running")]
    assert len(loaded) >= 2, "The load ended before the visits did: give it more songs."
    before, under = share(idle, 0.95), share(busy, 0.95)
    return [
        Row(
            "Web pages while two workers hear songs on the same two cores: 95th percentile, against the idle one",
            f"≤ {MOST_SLOWER:g} times",
            f"{under / before:.2f} times: {1000 * under:.0f} ms against {1000 * before:.0f} ms",
            under <= MOST_SLOWER * before,
        )
    ]


def signed_in(serving: RunningProduct) -> BrowserClient:
    visitor = BrowserClient(serving.address)
    visitor.sign_in()
    return visitor


def pages_of(caller: ApiClient) -> list[str]:
    """What somebody opens who looks at what was heard."""
    found = requests.get(f"{caller.address}/api/predictions/", headers=caller.headers, timeout=30).json()["results"]
    song = next(song for song in found if song["status"] == "done")
    page = f"/songs/{song['id']}/"
    return ["/", "/songs/", page, f"{page}?model=cnn1d", f"{page}spectrogram.png", f"/api/predictions/{song['id']}/"]


def visits(serving: RunningProduct, visitor: BrowserClient, paths: list[str], count: int) -> list[float]:
    """Seconds of each of `count` visits to each of the pages."""
    seconds = []
    for _ in range(count):
        for path in paths:
            started = time.perf_counter()
            response = visitor.session.get(f"{serving.address}{path}", timeout=30)
            seconds.append(time.perf_counter() - started)
            assert response.status_code == 200, f"{path}: {response.status_code}"
    return seconds
