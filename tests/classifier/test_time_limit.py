"""No song can hold a worker: whatever it does, it ends as too slow at its limit, and is not tried again."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs import analysis_subprocess
from classifier.jobs.analyse import song_analyse
from classifier.jobs.analysis_subprocess import AnalysisSubprocess, worker_subprocess
from classifier.jobs.saliency import saliency_draw, saliency_request
from classifier.jobs.sweep import songs_sweep
from classifier.ml_gateway import DeadlineExceeded
from classifier.models import Song, Status
from classifier.services.song_cancel import song_cancel
from classifier.tasks import analyse_next, draw_saliency
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser
from tests.system.processes import alive, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

FOREVER_S = 3600


def hang(path: Path, *, on_progress: Callable[[str, int, int], None]) -> None:
    """As a decoder could: inside C, without Python, deaf to every signal that can be ignored, with a child."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        time.sleep(FOREVER_S)
    path.with_name("pids").write_text(f"{os.getpid()}")
    ctypes.PyDLL(None).sleep(FOREVER_S)  # unlike CDLL, it keeps the lock of the interpreter


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr("classifier.ml_gateway.analyse", hang)
    monkeypatch.setattr(analysis_subprocess, "GRACE_S", 0.5)
    monkeypatch.setattr(analysis_subprocess, "LOST_S", 0.5)
    settings.SONG_TIME_LIMIT_S = 5


@pytest.fixture(autouse=True)
def _own_subprocess() -> Iterator[None]:
    """Forked in this test, with what it has replaced."""
    worker_subprocess().stop()
    yield
    worker_subprocess().stop()


def after(song: Song) -> Song:
    return Song.objects.get(id=song.id)


def group(song: Song) -> list[int]:
    """The processes of the group in which the song was analysed."""
    leader = int(Path(song.file.path).with_name("pids").read_text())
    return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if alive(pid) and _pgid(pid) == leader]


def _pgid(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


@pytest.mark.usefixtures("hanging")
def test_a_song_that_hangs_in_c_and_ignores_signals_ends_as_too_slow(song: Song, media: Path) -> None:
    analyse_next("interactive")

    failed = after(song)
    assert (failed.status, failed.error_code, failed.attempts) == (Status.FAILED, "too_slow", 1)
    assert "the limit for one song" in failed.error_message
    assert failed.lease_token is None
    wait_for(lambda: not group(song), what="end of the whole process group")


@pytest.mark.usefixtures("hanging")
def test_the_worker_is_free_for_the_next_song(
    submit: Submit, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def analyse(path: Path, *, on_progress: Callable[[str, int, int], None]) -> Any:
        return (hang if path == Path(slow.file.path) else analyser.analyse)(path, on_progress=on_progress)

    slow, quick = submit(mark=1), submit(mark=2)
    monkeypatch.setattr("classifier.ml_gateway.analyse", analyse)
    analyse_next("interactive")
    settings.SONG_TIME_LIMIT_S = FOREVER_S
    analyse_next("interactive")
    assert after(slow).error_code == "too_slow"
    assert after(quick).status == Status.DONE


@pytest.mark.usefixtures("hanging")
def test_a_song_that_hangs_keeps_its_lease_and_is_never_tried_again(song: Song, settings: Any) -> None:
    """The process that hangs cannot renew it: the one above does."""
    settings.LEASE_S = 2
    settings.SONG_TIME_LIMIT_S = 6
    over = threading.Event()
    results = []

    def sweep() -> None:
        from django.db import connection

        while not over.wait(0.2):
            results.append(songs_sweep(now=timezone.now()))
        connection.close()

    analysis = AnalysisSubprocess()
    analysis._start()  # before the thread
    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    try:
        assert analysis.analyse_song(song.id)
    finally:
        over.set()
        sweeping.join()
        analysis.stop()
    assert len(results) > 10
    assert not any(result.requeued or result.failed for result in results)
    assert (after(song).status, after(song).error_code, after(song).attempts) == (Status.FAILED, "too_slow", 1)


def test_a_song_that_ends_between_two_blocks_keeps_the_process(
    submit: Submit, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the models of the next song are loaded already."""
    slow, quick = submit(mark=1), submit(mark=2)

    def analyse(path: Path, *, on_progress: Callable[[str, int, int], None]) -> Any:
        if path == Path(slow.file.path):
            raise DeadlineExceeded
        return analyser.analyse(path, on_progress=on_progress)

    monkeypatch.setattr("classifier.ml_gateway.analyse", analyse)
    with AnalysisSubprocess() as subprocess:
        subprocess.analyse_song(slow.id)
        first = subprocess._child
        subprocess.analyse_song(quick.id)
        assert subprocess._child is first
    assert (after(slow).error_code, after(quick).status) == ("too_slow", Status.DONE)


def test_a_playable_copy_beyond_the_limit_fails_the_song_and_is_no_warning(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    def slow(source: Path, target: Path) -> bool:
        raise DeadlineExceeded

    monkeypatch.setattr("classifier.ml_gateway.playable_copy", slow)
    song_analyse(song_id=song.id)
    assert (after(song).status, after(song).error_code) == (Status.FAILED, "too_slow")
    assert len(files_under(media)) == 1


@pytest.mark.usefixtures("hanging")
def test_a_cancelled_song_that_hangs_frees_the_worker(song: Song, settings: Any) -> None:
    settings.LEASE_S = 2
    settings.SONG_TIME_LIMIT_S = FOREVER_S

    def cancel() -> None:
        from django.db import connection

        wait_for(lambda: after(song).status == Status.RUNNING, what="start of the analysis")
        song_cancel(song=song, now=timezone.now())
        connection.close()

    with AnalysisSubprocess() as subprocess:
        subprocess._start()  # before the thread
        cancelling = threading.Thread(target=cancel)
        cancelling.start()
        assert subprocess.analyse_song(song.id)
        cancelling.join()
    assert after(song).status == Status.CANCELLED


def test_a_song_that_takes_the_process_along_is_tried_again_up_to_the_limit(
    song: Song, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MAX_ATTEMPTS = 2
    monkeypatch.setattr("classifier.ml_gateway.analyse", lambda path, on_progress: os.kill(os.getpid(), signal.SIGKILL))
    analyse_next("interactive")
    assert (after(song).status, after(song).attempts, after(song).lease_token) == (Status.QUEUED, 1, None)
    analyse_next("interactive")
    assert (after(song).status, after(song).error_code) == (Status.FAILED, "worker_lost")


def test_a_process_that_died_ends_no_song_that_another_worker_has(song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep gave it to another worker meanwhile."""
    other = uuid.uuid4()

    def lose_and_die(path: Path, *, on_progress: Callable[[str, int, int], None]) -> None:
        Song.objects.filter(id=song.id).update(lease_token=other)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr("classifier.ml_gateway.analyse", lose_and_die)
    with AnalysisSubprocess() as subprocess:
        subprocess.analyse_song(song.id)
    assert (after(song).status, after(song).lease_token) == (Status.RUNNING, other)


def test_the_files_of_an_analysis_that_was_ended_are_removed(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch, settings: Any, media: Path
) -> None:
    def draft(source: Path, target: Path) -> bool:
        target.with_name(f".{target.name}.part").write_bytes(b"half of an mp3")
        time.sleep(FOREVER_S)
        return True

    monkeypatch.setattr(analysis_subprocess, "GRACE_S", 0.5)
    monkeypatch.setattr("classifier.ml_gateway.playable_copy", draft)
    settings.SONG_TIME_LIMIT_S = 1
    analyse_next("interactive")
    assert after(song).error_code == "too_slow"
    assert len(files_under(media)) == 1


def test_the_subprocess_ends_with_its_parent() -> None:
    pid = os.fork()
    if pid == 0:
        subprocess = AnalysisSubprocess()
        subprocess._start()
        assert subprocess._child is not None
        # The exit status is one byte, so the child tells its number through the file of its parent's name.
        Path(f"/tmp/{os.getpid()}.child").write_text(str(subprocess._child.pid))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    note = Path(f"/tmp/{pid}.child")
    child = int(note.read_text())
    note.unlink()
    wait_for(lambda: not alive(child), what="end of the subprocess")


def test_a_saliency_map_that_hangs_is_ended_and_not_drawn_again(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis_subprocess, "GRACE_S", 0.5)
    monkeypatch.setattr(analysis_subprocess, "SALIENCY_LIMIT_S", 0.5)
    monkeypatch.setattr("classifier.ml_gateway.mood_saliency", lambda path, moods, version: time.sleep(FOREVER_S))
    song_analyse(song_id=song.id)
    done = after(song)
    saliency_request(song=done, analysis=done.analysis, now=timezone.now())
    draw_saliency(str(song.id))
    with pytest.raises(ProductError, match="could not be drawn"):
        saliency_request(song=done, analysis=done.analysis, now=timezone.now())


def test_a_saliency_map_beyond_its_limit_is_not_drawn_again(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(path: Path, moods: Any, version: str) -> None:
        raise DeadlineExceeded

    monkeypatch.setattr("classifier.ml_gateway.mood_saliency", slow)
    song_analyse(song_id=song.id)
    with pytest.raises(DeadlineExceeded):
        saliency_draw(song_id=song.id)
    done = after(song)
    with pytest.raises(ProductError, match="could not be drawn"):
        saliency_request(song=done, analysis=done.analysis, now=timezone.now())
