"""The metrics of the installation in the format of Prometheus, computed from the database when they are asked for.

Every web process of every host gives the same answer. Names and units follow the conventions of Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from classifier.monitoring import http_metrics
from classifier.monitoring.snapshot import Snapshot, snapshot
from mmc import __version__

PREFIX = "countermood"


def exposition(accept: str) -> tuple[bytes, str]:
    """All metrics and their content type, in the format that the client accepts. Raises DatabaseError."""
    registry = CollectorRegistry()
    registry.register(InstallationCollector(snapshot()))
    http_metrics.register(registry)
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class InstallationCollector(Collector):
    def __init__(self, state: Snapshot) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        state = self._state
        yield from _build()
        yield from _readiness(state)
        yield from _songs(state)
        yield from _workers(state)
        yield from _storage(state)

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry need not collect everything once more to check the names."""
        return []


def _build() -> Iterator[Metric]:
    labels = {"version": __version__, "model": settings.MODEL_BUNDLE}
    build = _gauge("build_info", "Version of the program and of the model; always 1.", labels=tuple(labels))
    build.add_metric(list(labels.values()), 1)
    yield build


def _readiness(state: Snapshot) -> Iterator[Metric]:
    yield _gauge("ready", "Whether songs can be taken and analysed (1), as /health/ready says.", state.readiness.ready)
    checks = _gauge("check_ok", "Whether a check of /health/ready passes (1).", labels=("check",))
    for name, passes in state.readiness.checks.items():
        checks.add_metric([name], passes)
    yield checks


def _songs(state: Snapshot) -> Iterator[Metric]:
    length = _gauge("queue_length", "Songs or saliency maps that wait, by queue.", labels=("queue",))
    age = _gauge("queue_oldest_age_seconds", "How long the first one of the queue has waited.", labels=("queue",))
    for queue in state.queues:
        length.add_metric([queue.kind], queue.length)
        age.add_metric([queue.kind], queue.oldest_age_s)
    yield length
    yield age
    yield _gauge("songs_held", "Songs of sources that are not due yet.", state.held)
    scans = _gauge("sources", "Folders and music servers, by the state of their last scan.", labels=("scan",))
    for status, count in state.scans.items():
        scans.add_metric([status], count)
    yield scans
    yield _gauge("songs_running", "Songs that are analysed now.", state.running)
    yield _gauge("songs_failed", "Stored songs whose analysis has failed.", state.failed)
    yield _gauge("songs_stored", "All stored songs, at most a minute ago.", state.stored)
    yield _gauge("songs_per_minute", "Songs analysed a minute, over the last ten to fifteen.", state.songs_per_minute)
    ended = _counter("songs_ended", "Analyses that have ended, by outcome.", ("outcome",))
    for outcome in ("done", "failed"):
        ended.add_metric([outcome], state.ended.get(outcome, 0))
    yield ended
    failures = _counter("song_failures", "Analyses that have failed, by error code.", ("code",))
    for code, count in state.failures.items():
        failures.add_metric([code], count)
    yield failures
    stages = HistogramMetricFamily(
        f"{PREFIX}_stage_duration_seconds",
        "Time that songs spent waiting, decoding, analysing and storing.",
        labels=("stage",),
    )
    for stage, (buckets, seconds) in state.stages.items():
        stages.add_metric([stage], buckets, seconds)
    yield stages


def _workers(state: Snapshot) -> Iterator[Metric]:
    yield _gauge("workers", "Workers that answer.", len(state.workers_answering))
    processes = _gauge("worker_processes", "Songs that a worker analyses at once.", labels=("worker",))
    memory = _gauge("worker_memory_bytes", "Memory of a worker and its processes.", labels=("worker",))
    for worker in state.workers_answering:
        processes.add_metric([worker.name], worker.processes)
        memory.add_metric([worker.name], worker.memory_bytes)
    yield processes
    yield memory


def _storage(state: Snapshot) -> Iterator[Metric]:
    yield _gauge("disk_free_bytes", "Room on the disk of DATA_DIR.", state.disk.free_bytes)
    yield _gauge("disk_reserve_bytes", "Room that uploads and analyses leave free.", state.disk.reserve_bytes)
    yield _gauge("disk_size_bytes", "Size of the disk of DATA_DIR.", state.disk.total_bytes)
    if state.database_bytes is not None:
        yield _gauge("database_size_bytes", "Size of the database.", state.database_bytes)
    yield _gauge("uploads_in_progress", "Resumable uploads that are not complete.", state.uploads)
    yield _gauge("uploads_missing_bytes", "Bytes of these uploads that have not arrived.", state.upload_bytes_left)


def _gauge(name: str, text: str, value: float | None = None, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, value=value, labels=labels or None)


def _counter(name: str, text: str, labels: tuple[str, ...]) -> CounterMetricFamily:
    """Its samples end with _total."""
    return CounterMetricFamily(f"{PREFIX}_{name}", text, labels=labels)
