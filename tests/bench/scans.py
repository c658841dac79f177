"""Scans of a large library: a folder and a music server, both for the first time and unchanged.

    python -m tests.bench.scans

Prints JSON: for each source the seconds of both scans, and whether a decoder was loaded. The server is a stub on this
machine, so its row has the time of this product, and not that of a server.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.measurement import measure_in_subprocess
from tests.bench.tables import Row

SONGS = 20_000
MAX_S = 60.0
FILES_IN_A_FOLDER = 12


def rows() -> list[Row]:
    measured = measure_in_subprocess("tests.bench.scans")
    return [
        Row(
            f"Scan of {SONGS:,} unchanged {name}, and their first scan",
            f"< {MAX_S:g} s, none is decoded",
            f"{one['unchanged_s']:.1f} s, {one['first_s']:.1f} s" + (", decoded" if one["has_decoder"] else ""),
            one["unchanged_s"] < MAX_S and not one["has_decoder"],
        )
        for name, one in measured.items()
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        music = Path(folder, "music")
        data = Path(folder, "data")
        data.mkdir()
        os.environ |= {
            "DATA_DIR": str(data),
            "MUSIC_DIRS": str(music),
            "DJANGO_SETTINGS_MODULE": "mmc.settings",
            "LOG_LEVEL": "ERROR",
        }
        write_files(music)
        import django

        django.setup()
        logging.disable(logging.WARNING)
        print(json.dumps(measure(music)))


def write_files(music: Path) -> None:
    """A scan looks at names, sizes and times only, so their content does not matter."""
    for number in range(SONGS):
        if number % FILES_IN_A_FOLDER == 0:
            album = music / f"Artist {number // 120}" / f"Album {number // FILES_IN_A_FOLDER}"
            album.mkdir(parents=True)
        (album / f"{number % FILES_IN_A_FOLDER + 1:02} Song {number}.mp3").write_bytes(bytes(1000))


def measure(music: Path) -> dict[str, dict[str, Any]]:
    from django.core.management import call_command
    from django.utils import timezone

    from classifier.models import Person, Source, SourceKind
    from classifier.sources.secrets import encrypt
    from tests.classifier.sources.connections import PASSWORD
    from tests.classifier.sources.subsonic_stub import SubsonicStub, song
    from tests.classifier.sources.web_servers import web_server

    call_command("migrate", verbosity=0)
    anna = Person.objects.create_superuser("anna", password="open sesame, please")
    folder = Source.objects.create(
        owner=anna, kind=SourceKind.FOLDER, name="Music", address=str(music), created_at=timezone.now()
    )
    measured = {"files": both_scans(folder)}
    stub = SubsonicStub(songs=[song(number, path=f"Anna/Album/{number}.mp3") for number in range(SONGS)])
    with web_server(stub) as web:
        server = Source.objects.create(
            owner=anna,
            kind=SourceKind.OPENSUBSONIC,
            name="Server",
            address=f"{web.address}/music",
            username="anna",
            encrypted_secret=encrypt(PASSWORD),
            created_at=timezone.now(),
        )
        measured["songs of an OpenSubsonic server"] = both_scans(server)
    return measured


def both_scans(source: Any) -> dict[str, Any]:
    first_s = scan_s(source, new=SONGS)
    return {"first_s": first_s, "unchanged_s": scan_s(source, unchanged=SONGS), "has_decoder": "av" in sys.modules}


def scan_s(source: Any, **counts: int) -> float:
    from django.utils import timezone

    from classifier.sources.scan import source_scan

    started = time.perf_counter()
    assert source_scan(source, timezone.now())
    seconds = time.perf_counter() - started
    source.refresh_from_db()
    assert source.scan_counts == {"files": SONGS, **counts}, (source.scan_counts, source.scan_error_message)
    return seconds


if __name__ == "__main__":
    main()
