"""One run: upload songs and add a folder of songs, kill parts meanwhile, wait for every song, and compare what there is
with what is accepted."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from tests.bench.songs import rotated
from tests.chaos.clients import Uploader
from tests.chaos.set_ups import SetUp
from tests.sounds import music, write
from tests.system.clients import owner_browser
from tests.system.processes import wait_for

CLIENTS = 3
IN_FOLDER = 5
"""One of so many songs lies in the folder; the others are uploaded."""
MIN_SONG_S = 8.0
SONGS_A_SECOND = 25
"""Each second of an mp3 at 16 kHz has 28 packets, and each song starts with another one."""


@dataclass
class Outcome:
    songs: int
    kills: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{part} {count}" for part, count in sorted(self.kills.items()))
        return (
            f"{self.songs} songs in {self.seconds:.0f} s, {self.kills.total()} kills ({kills}), "
            f"{self.retries} requests sent again: {' '.join(self.problems) or 'nothing lost, stuck or doubled.'}"
        )


def run(
    set_up: SetUp,
    folder: Path,
    *,
    songs: int,
    seed: int,
    pause_s: tuple[float, float],
    timeout_s: float = 3600.0,
    report: Callable[[str], None] = lambda line: None,
) -> Outcome:
    """`pause_s` is the shortest and longest time between two kills."""
    rng = Random(seed)
    song = write(folder / "song.mp3", music(max(MIN_SONG_S, songs / SONGS_A_SECOND)))
    paths = rotated(song, folder / "songs", songs)
    set_up.music.mkdir()
    in_folder = [path.rename(set_up.music / path.name) for path in paths[: songs // IN_FOLDER]]
    uploads = paths[len(in_folder) :]
    outcome = Outcome(songs)
    set_up.start()
    try:
        owner = owner_browser(set_up.address)
        token = owner.create_token()
        started = time.monotonic()
        owner.add_folder(set_up.music)
        accepted: dict[Path, str] = {}
        over = threading.Event()

        def progress() -> int:
            return len(accepted) + _counts(set_up).get("done", 0)

        killer = ThreadPoolExecutor(1)
        killing = killer.submit(_kill_parts, set_up, rng, pause_s, progress, over, outcome, report)
        uploaders = [
            Uploader(set_up.address, token, Random(seed + number), started + timeout_s) for number in range(CLIENTS)
        ]

        def upload_share(number: int) -> None:
            for path in uploads[number::CLIENTS]:
                accepted[path] = uploaders[number].upload(path)

        try:
            with ThreadPoolExecutor(CLIENTS) as pool:
                for future in [pool.submit(upload_share, number) for number in range(CLIENTS)]:
                    future.result()
            _wait_until_finished(set_up, songs, started + timeout_s)
        finally:
            over.set()
            killer.shutdown()
        killing.result()
        # What was killed last comes back, and leaves nothing running.
        _wait_until_finished(set_up, songs, started + timeout_s)
        outcome.retries = sum(uploader.retries for uploader in uploaders)
        outcome.seconds = time.monotonic() - started
        outcome.problems = problems(set_up, accepted, {path.name for path in in_folder})
        if outcome.problems:
            (folder / "logs").write_text(set_up.logs())
    finally:
        set_up.stop()
    return outcome


def problems(set_up: SetUp, accepted: dict[Path, str], in_folder: set[str]) -> list[str]:
    """Sentences about songs that are lost, stuck or doubled. `in_folder` are the files of the source."""
    states = dict(set_up.rows("SELECT CAST(id AS text), status FROM classifier_song"))
    states = {song_id.replace("-", ""): status for song_id, status in states.items()}
    ids = {song_id.replace("-", "") for song_id in accepted.values()}
    stuck = Counter(status for status in states.values() if status != "done")
    found = []
    if len(ids) != len(accepted):
        found.append(f"{len(accepted) - len(ids)} songs got the id of another.")
    if lost := ids - states.keys():
        found.append(f"{len(lost)} accepted songs are lost.")
    located = dict(
        set_up.rows("SELECT key, CAST(song_id AS text) FROM classifier_songlocation WHERE song_id IS NOT NULL")
    )
    of_folder = {song_id.replace("-", "") for song_id in located.values()}
    if unknown := in_folder - located.keys():
        found.append(f"{len(unknown)} files of the folder have no song.")
    if len(of_folder) != len(located):
        found.append(f"{len(located) - len(of_folder)} files of the folder have the song of another.")
    if doubled := states.keys() - ids - of_folder:
        found.append(f"{len(doubled)} songs are there that no answer named.")
    if stuck:
        found.append(f"Not done: {', '.join(f'{count} {status}' for status, count in stuck.items())}.")
    [(analyses, analysed)] = set_up.rows("SELECT count(*), count(DISTINCT song_id) FROM classifier_analysis")
    if analyses != analysed or analysed != len(ids | of_folder):
        found.append(f"There are {analyses} results of {analysed} songs.")
    folders = [path for path in (set_up.data_dir / "media" / "songs").glob("*/*") if path.is_dir()]
    # A web process that is killed between the file and its row leaves a folder, which the clean-up removes later.
    if without := ids - {path.name for path in folders}:
        found.append(f"{len(without)} songs have no folder.")
    if missing := [path.name for path in folders if path.name in ids and not list(path.glob("source*"))]:
        found.append(f"{len(missing)} songs have no file.")
    return found


def _wait_until_finished(set_up: SetUp, songs: int, give_up_at: float) -> None:
    def finished() -> bool:
        counts = _counts(set_up)
        return not (counts.get("queued") or counts.get("running")) and sum(counts.values()) >= songs

    timeout_s = max(1.0, give_up_at - time.monotonic())
    wait_for(finished, what="end of every song", timeout_s=timeout_s)


def _counts(set_up: SetUp) -> dict[str, int]:
    """The number of songs by status; nothing while the database is down."""
    try:
        return dict(set_up.rows("SELECT status, count(*) FROM classifier_song GROUP BY status"))
    except (sqlite3.Error, psycopg.Error):
        return {}


def _kill_parts(
    set_up: SetUp,
    rng: Random,
    pause_s: tuple[float, float],
    progress: Callable[[], int],
    over: threading.Event,
    outcome: Outcome,
    report: Callable[[str], None],
) -> None:
    """Each part once, then at random. After each kill a song is accepted or done before the next one: else a slow
    machine would only start processes."""
    order = [*set_up.parts]
    rng.shuffle(order)
    while order or not over.is_set():
        over.wait(rng.uniform(*pause_s))
        part = order.pop() if order else rng.choice(set_up.parts)
        before = progress()
        set_up.kill(part)
        outcome.kills[part] += 1
        report(f"killed {part} after {before} steps")
        while not over.is_set() and progress() <= before:
            over.wait(0.2)
