"""Compute, for songs of earlier versions, what copies of the same song are recognised by."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from classifier.jobs.audio_hash_backfill import audio_hashes_backfill
from classifier.jobs.process_limits import lower_priority
from classifier.recordings.copies import recordings_backfill


class Command(BaseCommand):
    help = (
        "For songs that were analysed by an earlier version: finds copies of one recording in other encodings, and "
        "computes the hash of the audio, without tags, with which a library in a folder or on a music server is "
        "compared. It has a low priority, and can be stopped and run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        lower_priority()
        compared = 0
        for songs in recordings_backfill():
            compared += songs
            self.stderr.write(f"{compared:,} songs compared")
        hashed = failed = 0
        for has_hash in audio_hashes_backfill():
            hashed, failed = hashed + has_hash, failed + (not has_hash)
            if not (hashed + failed) % 100:
                self.stderr.write(f"{hashed + failed:,} songs hashed")
        self.stdout.write(f"Compared {compared:,} songs and hashed {hashed:,}." + _failures(failed))


def _failures(number: int) -> str:
    return f" {number:,} cannot be read; see the log." if number else ""
