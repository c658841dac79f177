"""Time and memory of exporting a large library, each format in a process of its own.

    python -m tests.bench.exports 100000

Prints JSON: for each format the seconds of one processor, the bytes, and the megabytes that the process grew by.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
import tempfile
import time
from typing import Any

from tests.bench.library_rows import fill
from tests.bench.measurement import measure_in_subprocess
from tests.bench.tables import Row

SONGS = 100_000
KINDS = ("csv", "jsonl", "parquet", "segments.csv", "spotify.csv", "acousticbrainz.jsonl")
SEGMENTS = 4
"""Of each song: segments.csv has this many times as many rows."""
MAX_MB, MAX_S = 100, 60
"""Of a table with a row for each song."""


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        measure_in_subprocess("tests.bench.exports", SONGS, DATA_DIR=folder)
        measured = {kind: measure_in_subprocess("tests.bench.exports", kind, DATA_DIR=folder) for kind in KINDS}
    return [
        Row(
            f"Export of {SONGS:,} songs as {kind}" + (f" ({SEGMENTS} segments a song)" if "segments" in kind else ""),
            f"≤ {MAX_MB} MB more memory" + ("" if "segments" in kind else f", ≤ {MAX_S} s"),
            f"{one['seconds']:.0f} s of a core, {one['megabytes']:.0f} MB more, a file of {one['bytes'] / 1e6:.0f} MB",
            one["megabytes"] <= MAX_MB and ("segments" in kind or one["seconds"] <= MAX_S),
        )
        for kind, one in measured.items()
    ]


def main(argument: str) -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "mmc.settings", "LOG_LEVEL": "ERROR"}
    import django

    django.setup()
    logging.disable(logging.WARNING)
    print(json.dumps(export(argument) if argument in KINDS else prepare(int(argument))))


def prepare(songs: int) -> dict[str, int]:
    """A library whose songs have all features."""
    from django.core.management import call_command

    from classifier import ml_gateway
    from classifier.models import AnalysisDetail, Person
    from tests.classifier.fake_analysis import answer

    call_command("migrate", verbosity=0)
    fill(Person.objects.create_superuser("olga", password="open sesame, please"), songs)
    content = answer(SEGMENTS)
    segments = content.pop("segments")
    content["features"] = {feature.name: number + 0.125 for number, feature in enumerate(ml_gateway.FEATURES)}
    return {"rows": AnalysisDetail.objects.update(answer=content, segments=segments)}


def export(kind: str) -> dict[str, Any]:
    from classifier.library.exports.formats import FORMATS
    from classifier.models import Song

    songs = Song.objects.newest_first()
    next(iter(FORMATS[kind].write(songs[:1])), None)  # so that modules which are loaded once do not count
    before, size_bytes, started = _peak_mb(), 0, time.process_time()
    for block in FORMATS[kind].write(songs):
        size_bytes += len(block.encode() if isinstance(block, str) else block)
    return {"seconds": time.process_time() - started, "bytes": size_bytes, "megabytes": _peak_mb() - before}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main(sys.argv[1])
