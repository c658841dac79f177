"""Worker hosts that pretend to analyse: python -m tests.scale.hosts COUNT MODE SECONDS BEGIN_AT

Each is a thread with its own connections. In the mode `claims` it takes one song after the other; in `songs` it does
everything that a worker does for a song of four minutes but the analysis: takes a message from Redis, claims, reports
progress, renews the lease, stores the whole result, and sends the next message.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.scale.django_setup import set_up

# A song of four minutes: 47 segments; a second or two of analysis, with a progress report every half second.
SEGMENTS = 47
REPORTS = 3


@dataclass
class Host:
    done: int = 0
    empty: int = 0
    claim_ms: list[float] = field(default_factory=list)

    def run(self, mode: str, begin_at: float, seconds: float) -> None:
        from django.db import connection

        connection.ensure_connection()
        time.sleep(max(begin_at - time.time(), 0.0))
        end = time.monotonic() + seconds
        work = self.claim if mode == "claims" else self.song
        while time.monotonic() < end:
            work()
        connection.close()

    def claim(self) -> Any:
        from django.utils import timezone

        from classifier.jobs.lease import next_song_claim
        from classifier.models import Queue

        started = time.monotonic()
        song = next_song_claim(queues=tuple(Queue), now=timezone.now())
        self.claim_ms.append(1000 * (time.monotonic() - started))
        if song is None:
            self.empty += 1
        else:
            self.done += 1
        return song

    def song(self) -> None:
        from django.utils import timezone

        from classifier.jobs.finish import song_finish
        from classifier.jobs.lease import lease_renew, song_progress
        from classifier.jobs.queue import message_send_if_none_waits
        from classifier.models import Queue

        if not message_taken():
            self.empty += 1
            return
        song = self.claim()
        if song is None:
            return
        lease = {"song_id": song.id, "lease_token": song.lease_token}
        for number in range(REPORTS):
            progress = {"segments_done": number, "segments_total": SEGMENTS}
            song_progress(**lease, stage="listening", **progress)
        lease_renew(**lease, now=timezone.now())
        song_finish(song=song, result=RESULT, spectrogram="", playable="", cover=None, warnings=[], now=timezone.now())
        message_send_if_none_waits(tuple(Queue))


def message_taken() -> bool:
    """From Redis, as Celery does, without acknowledgement."""
    client = THREAD.__dict__.setdefault("redis", new_redis())
    return client.brpop(["interactive", "bulk"], timeout=1) is not None


def new_redis() -> Any:
    import redis
    from django.conf import settings

    return redis.Redis.from_url(settings.REDIS_URL)


THREAD = threading.local()
RESULT: Any = None


def main(count: int, mode: str, seconds: float, begin_at: float) -> None:
    global RESULT
    from tests.classifier.fake_analysis import FakeResult, answer

    RESULT = FakeResult(duration_s=240.0, answer=answer(SEGMENTS))
    hosts = [Host() for _ in range(count)]
    threads = [threading.Thread(target=host.run, args=(mode, begin_at, seconds)) for host in hosts]
    cpu = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(
        json.dumps(
            {
                "done": sum(host.done for host in hosts),
                "empty": sum(host.empty for host in hosts),
                "claim_ms": [round(delay, 2) for host in hosts for delay in host.claim_ms],
                "cpu_s": time.process_time() - cpu,
            }
        )
    )


if __name__ == "__main__":
    set_up()
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
