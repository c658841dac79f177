"""Notices changes in folders between scans. What changed exactly, the scan finds."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from classifier.sources.folder_listing import AUDIO_SUFFIXES

logger = logging.getLogger(__name__)

QUIET_S = 3.0
"""A folder is scanned when nothing has changed for so long: an album is copied for a while."""
PATIENCE_S = 60.0
"""And after so long in any case."""
POLL_EVERY_MS = 60_000
OTHER_SUFFIXES = (".jpg", ".jpeg", ".png", ".txt", ".nfo", ".log", ".cue", ".m3u", ".m3u8", ".lrc", ".part", ".tmp")


@dataclass
class _Changes:
    first_at: float
    last_at: float


class FolderWatcher:
    """Watches some folders in a thread. The file system tells of changes, or with `poll` they are looked for."""

    def __init__(self, *, poll: bool) -> None:
        self._poll = poll
        self._folders: frozenset[str] = frozenset()
        self._changed: dict[str, _Changes] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, folders: Iterable[str]) -> set[str]:
        """Watch exactly these, as far as they are there. Returns those that were not watched before."""
        there = frozenset(folder for folder in folders if os.path.isdir(folder))
        if there == self._folders:
            return set()
        added = there - self._folders
        self.stop()
        self._folders = there
        if there:
            self._stopped = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(there, self._stopped), name="watch", daemon=True)
            self._thread.start()
        return set(added)

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=2)
        self._thread = None
        self._folders = frozenset()

    def changed_folders(self) -> list[str]:
        """Those that should be scanned now, each once."""
        now = time.monotonic()
        with self._lock:
            ready = [
                folder
                for folder, changes in self._changed.items()
                if now - changes.last_at >= QUIET_S or now - changes.first_at >= PATIENCE_S
            ]
            for folder in ready:
                del self._changed[folder]
        return ready

    def remember(self, folder: str) -> None:
        """That it changed, so that it is scanned after the scan that runs now."""
        now = time.monotonic()
        with self._lock:
            self._changed.setdefault(folder, _Changes(now, now)).last_at = now

    def _run(self, folders: frozenset[str], stopped: threading.Event) -> None:
        from watchfiles import watch

        try:
            for changes in watch(
                *sorted(folders),
                watch_filter=None,
                stop_event=stopped,
                rust_timeout=500,
                yield_on_timeout=True,
                raise_interrupt=False,
                force_polling=self._poll,
                poll_delay_ms=POLL_EVERY_MS,
                ignore_permission_denied=True,
            ):
                self._note(path for _, path in changes)
        except (OSError, RuntimeError) as error:
            # Such as more folders than the kernel watches for one user (fs.inotify.max_user_watches).
            logger.warning("Folders are not watched (%s): changes are found by the next scan.", error)

    def _note(self, paths: Iterable[str]) -> None:
        for path in paths:
            for folder in self._folders:
                if path.startswith(folder.rstrip("/") + "/") and _matters(path[len(folder) :]):
                    self.remember(folder)


def _matters(path: str) -> bool:
    """Whether a scan may find something there: songs, and everything that may be a folder."""
    if any(part.startswith(".") for part in path.split("/")):
        return False
    suffix = os.path.splitext(path)[1].lower()
    return suffix in AUDIO_SUFFIXES or suffix not in OTHER_SUFFIXES
