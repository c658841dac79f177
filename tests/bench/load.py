"""The web process under load: 200 clients upload and poll while two workers analyse, and somebody looks at pages."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import requests

from tests.bench.product import pages_of, resident_mb, signed_in_browser, visits
from tests.bench.songs import copies
from tests.bench.tables import Row, percentile
from tests.sounds import music, write
from tests.system.clients import first_visit
from tests.system.processes import descendants
from tests.system.product import ROOT, RunningProduct, environment

CLIENTS, PEOPLE = 200, 20
SONG_S = 60.0
ARRIVE_WITHIN_S = 30.0
POLL_EVERY_S = 3.0
VISITS = 40
MAX_P95_S, MAX_TIMES_IDLE, MAX_WEB_MB = 0.3, 5.0, 150.0

ADD_PEOPLE = """
import json
from django.utils import timezone
from classifier.accounts.tokens import token_create
from classifier.models import Person
people = [Person.objects.create_user(f"person{number}") for number in range(%d)]
print(json.dumps([token_create(owner=person, name="load", now=timezone.now())[1] for person in people]))
"""


@dataclass
class Load:
    """What the clients saw."""

    answers: Counter[int] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    done: int = 0


def rows(folder: Path, clients: int = CLIENTS) -> list[Row]:
    data_dir = folder / "load"
    songs = copies(write(folder / "load.mp3", music(SONG_S)), folder / "load songs", clients + 1)
    settings = {"WORKER_PROCESSES": "2", "API_CALLS_PER_MINUTE": "1000000"}
    with RunningProduct(data_dir, **settings) as product:
        owner = first_visit(product.address)
        owner.wait_until_finished(owner.submit(songs[0])["id"])
        browser, paths = signed_in_browser(product), pages_of(owner)
        visits(product, browser, paths, VISITS // 4)
        idle_s = percentile(visits(product, browser, paths, VISITS), 0.95)

        load, over = Load(), threading.Event()
        tokens = add_people(data_dir, settings)
        [first, *_] = product.pids_of("gunicorn")
        web_mb = [0.0]

        def watch_memory() -> None:
            while not over.wait(0.5):
                web_mb[0] = max(web_mb[0], *(resident_mb(pid) for pid in descendants(first)))

        watcher = threading.Thread(target=watch_memory)
        watcher.start()
        seen: list[float] = []
        with ThreadPoolExecutor(clients) as pool:
            jobs = [
                pool.submit(client, product.address, tokens[number % len(tokens)], path, Random(number), load)
                for number, path in enumerate(songs[1:])
            ]
            while not all(job.done() for job in jobs):
                seen += visits(product, browser, paths, 1)
                time.sleep(0.2)
            for job in jobs:
                job.result()
        over.set()
        watcher.join()
    busy_s = percentile(seen, 0.95)
    errors = ", ".join(f"{count} × {problem}" for problem, count in load.problems.items())
    requests_sent = load.answers.total() + load.problems.total()
    return [
        Row(
            f"{clients} clients of {PEOPLE} people upload and poll while two workers analyse",
            "no error",
            f"{errors or 'no error'} in {requests_sent:,} requests; {load.done} of {clients} songs done",
            not load.problems and load.done == clients,
        ),
        Row(
            "Response time of pages meanwhile: 95th percentile, and relative to an idle server",
            f"≤ {1000 * MAX_P95_S:.0f} ms, ≤ {MAX_TIMES_IDLE:g} times",
            f"{1000 * busy_s:.0f} ms, {busy_s / idle_s:.1f} times {1000 * idle_s:.0f} ms ({len(seen)} responses)",
            busy_s <= MAX_P95_S and busy_s <= MAX_TIMES_IDLE * idle_s,
        ),
        Row(
            "Resident memory of the web process meanwhile",
            f"≤ {MAX_WEB_MB:g} MB",
            f"{web_mb[0]:.0f} MB",
            web_mb[0] <= MAX_WEB_MB,
        ),
    ]


def add_people(data_dir: Path, settings: dict[str, str]) -> list[str]:
    """The token of each."""
    process = subprocess.run(
        [sys.executable, "manage.py", "shell", "--command", ADD_PEOPLE % PEOPLE],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data_dir), **settings),
        capture_output=True,
        text=True,
        check=True,
    )
    tokens: list[str] = json.loads(process.stdout.splitlines()[-1])
    return tokens


def client(address: str, token: str, path: Path, rng: Random, load: Load) -> None:
    """Uploads a song and asks every few seconds how far it is, as the page does."""
    time.sleep(rng.uniform(0, ARRIVE_WITHIN_S))
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        with path.open("rb") as file:
            answer = _request(session, "POST", f"{address}/api/predict/", load, files={"file": (path.name, file)})
        while answer and answer["status"] in ("queued", "running"):
            time.sleep(POLL_EVERY_S)
            answer = _request(session, "GET", f"{address}/api/predictions/{answer['id']}/", load)
        if answer and answer["status"] == "done":
            load.done += 1


def _request(session: requests.Session, method: str, url: str, load: Load, **options: object) -> dict[str, str]:
    """The song; nothing after an error."""
    try:
        response = session.request(method, url, timeout=60, **options)  # type: ignore[arg-type]
    except requests.RequestException as error:
        load.problems[type(error).__name__] += 1
        return {}
    if response.status_code not in (200, 202):
        load.problems[f"status {response.status_code}"] += 1
        return {}
    load.answers[response.status_code] += 1
    answer: dict[str, str] = response.json()
    return answer
