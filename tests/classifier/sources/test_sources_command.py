"""`manage.py sources`, and the folders that it watches."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from classifier.fields import uuid7
from classifier.management.commands import sources as command
from classifier.models import ScanStatus, Song, Source
from classifier.sources.watching import FolderWatcher, _matters
from tests.classifier.sources.conftest import Scan, write_song


def wait_until(true: Callable[[], Any], seconds: float = 60.0) -> Any:
    end = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.05)
    return value


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> Iterator[FolderWatcher]:
    monkeypatch.setattr("classifier.sources.watching.QUIET_S", 0.0)
    watcher = FolderWatcher(poll=False)
    yield watcher
    watcher.stop()


def test_once_it_scans_what_is_due(music: Path, source: Source) -> None:
    write_song(music / "a.wav")
    call_command("sources")
    source.refresh_from_db()
    assert source.scan_status == ScanStatus.DONE
    assert Song.objects.count() == 1
    write_song(music / "b.wav", 1)
    call_command("sources")  # not due yet
    assert Song.objects.count() == 1
    call_command("sources", "--scan", str(source.id))
    assert Song.objects.count() == 2


def test_an_unknown_source_is_named(db: None) -> None:
    with pytest.raises(CommandError, match="There is no source"):
        call_command("sources", "--scan", str(uuid7()))


def test_a_change_in_a_folder_is_noticed(music: Path, watcher: FolderWatcher) -> None:
    (music / "album").mkdir()
    assert watcher.watch([str(music), str(music / "not there")]) == {str(music)}
    assert watcher.watch([str(music)]) == set()

    numbers = iter(range(10_000))

    def change() -> list[str]:
        (music / f"album/{next(numbers)}.mp3").write_bytes(b"sound")
        return watcher.changed_folders()

    assert wait_until(change) == [str(music)]


@pytest.mark.parametrize(
    ("path", "matters"),
    [("/a/b.mp3", True), ("/Vol. 2", True), ("/a", True), ("/a/cover.jpg", False), ("/.tmp/b.mp3", False)],
)
def test_what_is_beside_songs_is_no_change(path: str, matters: bool) -> None:
    assert _matters(path) is matters


def test_a_folder_that_changes_all_the_time_is_scanned_all_the_same(
    watcher: FolderWatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.sources.watching.QUIET_S", 1000.0)
    watcher.remember("/music")
    assert watcher.changed_folders() == []
    monkeypatch.setattr("classifier.sources.watching.PATIENCE_S", 0.0)
    assert watcher.changed_folders() == ["/music"]
    assert watcher.changed_folders() == []


class ToldOf(FolderWatcher):
    """Watches nothing."""

    def __init__(self, *changed: str, back: tuple[str, ...] = ()) -> None:
        super().__init__(poll=False)
        self._back = set(back)
        for folder in changed:
            self.remember(folder)

    def watch(self, folders: object) -> set[str]:
        return self._back


def test_a_changed_folder_is_scanned_again(
    source: Source, scan: Scan, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.sources.watching.QUIET_S", 0.0)
    scan()
    command._request_changed(ToldOf())
    source.refresh_from_db()
    assert source.scan_status == ScanStatus.DONE
    command._request_changed(ToldOf(source.address))
    source.refresh_from_db()
    assert source.scan_status == ScanStatus.WAITING


def test_a_folder_that_is_mounted_again_is_scanned(source: Source, scan: Scan, music: Path) -> None:
    music.rename(music.parent / "elsewhere")
    assert scan().scan_status == ScanStatus.FAILED
    command._request_changed(ToldOf(back=(source.address,)))
    source.refresh_from_db()
    assert source.scan_status == ScanStatus.WAITING


def test_scans_run_in_processes_of_their_own(
    anna: Any, source: Source, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    others = [
        Source.objects.create(owner=anna, kind="folder", name=name, address=f"/{name}", created_at=source.created_at)
        for name in ("b", "c")
    ]
    # A program that waits takes the place of the scan.
    program = tmp_path / "manage.py"
    program.write_text("import time; time.sleep(600)")
    monkeypatch.setattr(command, "MANAGE", program)
    scans = command.ChildProcesses("--scan", command.SCANS_AT_ONCE)
    for _ in range(2):
        scans.start(one.id for one in (source, *others))
    pids = [process.pid for process in scans._running.values()]
    assert len(pids) == command.SCANS_AT_ONCE < 1 + len(others)
    scans.stop()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
