"""`manage.py tag --jobs N`: several songs at the same time."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from classifier.errors import ProductError
from classifier.management.audio_paths import PathEntry
from classifier.management.commands import tag as command
from classifier.management.tag_processes import AHEAD, answers_of_processes
from classifier.models import Person, Song, Status
from tests.classifier.fake_analysis import FakeAnalyser, wav
from tests.classifier.test_tag import tag
from tests.system.processes import wait_for

Analyse = Callable[..., Any]


@pytest.fixture
def songs(tmp_path: Path) -> list[Path]:
    """More of them than two processes may begin before the first one is done."""
    paths = [tmp_path / "songs" / f"{number:02}.wav" for number in range(4 * AHEAD)]
    paths[0].parent.mkdir()
    for number, path in enumerate(paths):
        path.write_bytes(wav(mark=number))
    return paths


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch, analyser: FakeAnalyser) -> Callable[[dict[Path, Analyse]], None]:
    """What happens while these songs are analysed."""

    def replace(special: dict[Path, Analyse]) -> None:
        # By their content, since a stored song has another name.
        acts = {song.read_bytes(): act for song, act in special.items()}

        def analyse(path: Path, *, on_progress: Any) -> Any:
            if act := acts.get(path.read_bytes()):
                act()
            return analyser.analyse(path, on_progress=on_progress)

        monkeypatch.setattr("classifier.ml_gateway.analyse", analyse)

    return replace


def until_exists(path: Path) -> None:
    while not path.exists():
        time.sleep(0.01)


def outcomes(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["error"]["code"] if answer["status"] == "failed" else answer["status"] for answer in answers]


def test_answers_keep_the_order_although_a_later_song_is_done_first(
    songs: list[Path], analyses: Any, tmp_path: Path
) -> None:
    later = tmp_path / "later song is done"
    analyses({songs[0]: partial(until_exists, later), songs[3]: later.touch})
    answers, status = tag(songs[0].parent, "--jobs", 2)
    assert [answer["path"] for answer in answers] == list(map(str, songs))
    assert (set(outcomes(answers)), status) == ({"done"}, 0)


def test_bad_files_and_lost_processes_stop_nothing(songs: list[Path], analyses: Any, tmp_path: Path) -> None:
    analyses(
        {
            songs[1]: lambda: os.kill(os.getpid(), signal.SIGKILL),
            songs[2]: lambda: os.kill(os.getppid(), signal.SIGKILL),
        }
    )
    songs[4].write_text("text " * 100)
    missing = tmp_path / "missing.wav"
    (tmp_path / "empty folder").mkdir()
    answers, status = tag(*songs[:3], missing, tmp_path / "empty folder", *songs[3:8], "--jobs", 3)
    assert outcomes(answers) == [
        *("done", "worker_lost", "worker_lost"),
        *("file_unreadable", "no_songs"),
        *("done", "not_audio", "done", "done", "done"),
    ]
    assert status == 1


class Watched(list[PathEntry]):
    """Knows how far it was read."""

    last = 0

    def __getitem__(self, index: Any) -> Any:
        self.last = max(self.last, index)
        return super().__getitem__(index)


def test_a_long_song_holds_back_a_bounded_number_of_answers(songs: list[Path], analyses: Any, tmp_path: Path) -> None:
    over = tmp_path / "over"
    analyses({songs[0]: partial(until_exists, over), songs[2 * AHEAD - 1]: over.touch})
    entries = Watched(map(PathEntry, songs))
    answers = answers_of_processes(entries, partial(command._answer, None, "both", (), None), failure, 2)
    assert next(answers)[0].path == songs[0]
    assert entries.last == 2 * AHEAD - 1
    assert [entry.path for entry, _ in answers] == songs[1:]


@pytest.mark.django_db(transaction=True)
def test_a_stored_song_is_given_back_when_the_command_is_interrupted(
    songs: list[Path], analyses: Any, tmp_path: Path, anna: Person
) -> None:
    begun = tmp_path / "begun"

    def never_ends() -> None:
        begun.touch()
        signal.pause()

    analyses({songs[1]: never_ends})
    answers = answers_of_processes(
        [PathEntry(path) for path in songs[:2]], partial(command._answer, anna, "both", (), None), failure, 2
    )
    assert next(answers)[1]["status"] == "done"
    wait_for(begun.exists, what="start of the second song")
    answers.close()
    assert dict(Song.objects.values_list("file_name", "status")) == {
        songs[0].name: Status.DONE,
        songs[1].name: Status.QUEUED,
    }


def failure(entry: PathEntry, error: ProductError) -> dict[str, Any]:
    return command._failure(entry, error)


@pytest.mark.parametrize("jobs", ["0", "65", "two", "-1"])
def test_the_number_of_jobs_has_limits(jobs: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="must be a number from 1 to 64"):
        tag(tmp_path, f"--jobs={jobs}")
