"""`manage.py tag`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from classifier.jobs.analysis_subprocess import AnalysisSubprocess
from classifier.jobs.finish import song_fail
from classifier.jobs.lease import song_claim
from classifier.management.audio_paths import find_audio
from classifier.management.commands.tag import Command
from classifier.models import Person, Song, Status
from classifier.services.song_tag import WAITING, song_tag
from tests import sounds
from tests.architecture.sources import ROOT
from tests.classifier.fake_analysis import FakeAnalyser, wav
from tests.classifier.test_api_predict import KEYS
from tests.system.product import environment


def tag(*arguments: Any) -> tuple[list[dict[str, Any]], int]:
    out = StringIO()
    status = 0
    try:
        call_command("tag", *map(str, arguments), "--json", stdout=out)
    except SystemExit as error:
        status = int(error.code or 0)
    return [json.loads(line) for line in out.getvalue().splitlines()], status


def songs_under(paths: list[Path]) -> list[Path]:
    return [entry.path for entry in find_audio(paths) if not entry.error and not entry.skipped]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two albums, with other files beside the songs."""
    for number, name in enumerate(["b/02.wav", "b/01.wav", "a/one.wav", "a/no suffix", ".hidden/x.wav", "a/.x.wav"]):
        path = tmp_path / "library" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav(mark=number))
    (tmp_path / "library/a/cover.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    (tmp_path / "library/a/list.m3u").write_text("one.wav")
    return tmp_path / "library"


@pytest.mark.django_db(transaction=True)
def test_a_song_is_analysed_without_being_stored(tmp_path: Path, analyser: FakeAnalyser) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    [answer], status = tag(tmp_path / "a.wav")
    assert status == 0
    assert list(answer) == [*KEYS, "path"]
    assert (answer["id"], answer["status"], answer["file_name"]) == (None, "done", "a.wav")
    assert answer["mood"]["name"] == "Calm but Powerful"
    assert not Song.objects.exists()


def test_analysis_without_storing_needs_no_database(tmp_path: Path, analyser: FakeAnalyser) -> None:
    """A query would fail here, since the test does not request the database."""
    (tmp_path / "a.wav").write_bytes(wav())
    assert tag(tmp_path / "a.wav")[1] == 0


def test_folders_are_searched_in_order_and_other_files_are_skipped(library: Path) -> None:
    names = [str(path.relative_to(library)) for path in songs_under([library / "b", library])]
    assert names == ["b/01.wav", "b/02.wav", "a/no suffix", "a/one.wav", "b/01.wav", "b/02.wav"]


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path, analyser: FakeAnalyser) -> None:
    good, text, empty = (tmp_path / f"{name}.mp3" for name in ("good", "text", "empty"))
    good.write_bytes(wav())
    text.write_text("I am no song. " * 100)
    empty.touch()
    answers, status = tag(text, empty, tmp_path / "absent.mp3", tmp_path, good)
    assert status == 1
    outcomes = [answer.get("error", {}).get("code", answer["status"]) for answer in answers]
    assert outcomes == [
        *("not_audio", "file_empty", "file_unreadable"),
        *("file_empty", "done", "not_audio"),
        "done",
    ]
    assert list(answers[0]) == ["id", "status", "file_name", "error", "path"]
    assert answers[0]["id"] is None


def test_a_folder_without_songs_is_reported(tmp_path: Path) -> None:
    [answer], status = tag(tmp_path)
    assert (answer["error"]["code"], status) == ("no_songs", 1)


def test_file_names_that_are_not_utf8_or_too_long_stop_nothing(tmp_path: Path, analyser: FakeAnalyser) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    odd.write_bytes(wav())
    answers, status = tag(odd, tmp_path / ("x" * 300))
    outcomes = [answer.get("error", {}).get("code", answer["status"]) for answer in answers]
    assert (outcomes, status) == (["done", "file_unreadable"], 1)
    assert answers[0]["path"] == f"{tmp_path}/caf\\udce9.wav"


def test_a_named_pipe_in_a_folder_is_skipped(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    (tmp_path / "a.wav").write_bytes(wav())
    assert list(songs_under([tmp_path])) == [tmp_path / "a.wav"]


def test_a_file_that_kills_the_process_is_the_only_one_to_fail(
    tmp_path: Path, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(["1.wav", "2 deadly.wav", "3.wav"]):
        (tmp_path / name).write_bytes(wav(mark=number))

    def analyse(path: Path, *, on_progress: Callable[[str, int, int], None]) -> Any:
        if "deadly" in path.name:
            os.kill(os.getpid(), signal.SIGKILL)
        return analyser.analyse(path, on_progress=on_progress)

    monkeypatch.setattr("classifier.ml_gateway.analyse", analyse)
    answers, status = tag(tmp_path)
    assert [answer["status"] for answer in answers] == ["done", "failed", "done"]
    assert answers[1]["error"]["code"] == "worker_lost"
    assert status == 1


def test_a_file_that_takes_too_long_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.SONG_TIME_LIMIT_S = 0.5
    (tmp_path / "a.wav").write_bytes(wav())
    monkeypatch.setattr("classifier.ml_gateway.analyse", lambda path, on_progress: signal.pause())
    [answer], _ = tag(tmp_path / "a.wav")
    assert answer["error"]["code"] == "too_slow"


def test_results_go_to_standard_output_and_failures_and_the_summary_to_standard_error(
    tmp_path: Path, analyser: FakeAnalyser
) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    (tmp_path / "b.mp3").write_text("text " * 100)
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as exit_status:
        call_command("tag", str(tmp_path), stdout=out, stderr=err)
    assert exit_status.value.code == 1
    assert out.getvalue() == f"{tmp_path}/a.wav: Calm but Powerful (71%)\n"
    failure, summary = err.getvalue().splitlines()
    assert failure.startswith(f"{tmp_path}/b.mp3: ")
    assert failure.endswith("[not_audio]")
    assert re.fullmatch(r"1 song done, 1 failed, in \d+\.\d s\.", summary)


def test_a_closed_pipe_ends_the_command_without_a_traceback(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.mp3").write_text("text " * 100)
    command = [sys.executable, "manage.py", "tag", "--json", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as tag:
        assert tag.stdout is not None
        assert tag.stderr is not None
        tag.stdout.close()
        assert "Traceback" not in tag.stderr.read()


def test_the_help_lists_the_options_of_this_command_before_those_of_django() -> None:
    text = Command().create_parser("manage.py", "tag").format_help()
    assert text.index("--store USER  ") < text.index("Django options:") < text.index("--pythonpath PYTHONPATH\n")


def test_warnings_are_printed_below_the_result(tmp_path: Path) -> None:
    broken = sounds.truncate(sounds.write(tmp_path / "a.wav", sounds.music(8.0)), 0.7)
    out = StringIO()
    call_command("tag", str(broken), stdout=out)
    result, warning = out.getvalue().splitlines()
    assert result.startswith(f"{broken}: ")
    assert warning.endswith("[audio_truncated]")


@pytest.mark.django_db(transaction=True)
def test_stored_songs_are_in_the_users_history(tmp_path: Path, analyser: FakeAnalyser, anna: Person) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    [answer], status = tag(tmp_path / "a.wav", "--store", "anna")
    song = Song.objects.get()
    assert (song.owner, song.status, status) == (anna, Status.DONE, 0)
    assert answer["id"] == str(song.id)
    assert list(answer) == [*KEYS, "path"]
    assert (tmp_path / "a.wav").exists()


@pytest.mark.django_db(transaction=True)
def test_a_stored_song_is_not_analysed_again(
    tmp_path: Path, analyser: FakeAnalyser, anna: Person, monkeypatch: Any
) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    (tmp_path / "same.wav").write_bytes(wav())
    answers, _ = tag(tmp_path / "a.wav", tmp_path / "same.wav", "--store", "anna")
    assert answers[0]["id"] == answers[1]["id"]
    assert Song.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_stored_song_that_kills_the_process_ends_as_failed(
    tmp_path: Path, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    monkeypatch.setattr("classifier.ml_gateway.analyse", lambda path, on_progress: os.kill(os.getpid(), signal.SIGKILL))
    [answer], status = tag(tmp_path / "a.wav", "--store", "anna")
    assert (answer["error"]["code"], status) == ("worker_lost", 1)
    assert Song.objects.get().status == Status.FAILED


def test_songs_are_stored_for_an_existing_user_only(anna: Person, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no user “ana”\. Users: anna"):
        tag(tmp_path, "--store", "ana")


def tagged(path: Path, owner: Person, stages: list[str]) -> dict[str, Any]:
    with AnalysisSubprocess() as subprocess:
        return song_tag(
            path=path,
            owner=owner,
            network="both",
            subprocess=subprocess,
            on_progress=lambda stage, done, total: stages.append(stage),
        )


@pytest.mark.django_db(transaction=True)
def test_a_song_that_a_server_analyses_is_waited_for_and_left_to_it(
    tmp_path: Path, song: Song, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    server = song_claim(song_id=song.id, now=timezone.now())
    assert server is not None
    leases = []

    def server_goes_on(seconds: float) -> None:
        leases.append(Song.objects.get(id=song.id).lease_token)
        if len(leases) == 3:
            song_fail(
                song_id=song.id,
                lease_token=server.lease_token,
                code="audio_silent",
                message="All of it is silent.",
                now=timezone.now(),
            )

    monkeypatch.setattr("classifier.services.song_tag.time", SimpleNamespace(sleep=server_goes_on))
    stages: list[str] = []
    answer = tagged(tmp_path / "a.wav", anna, stages)
    assert answer["error"]["code"] == "audio_silent"
    assert leases == [server.lease_token] * 3
    assert set(stages) == {WAITING}
    assert Song.objects.get(id=song.id).attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_song_whose_server_is_gone_is_taken_over(
    tmp_path: Path, song: Song, anna: Person, analyser: FakeAnalyser
) -> None:
    """Also where no sweep runs."""
    (tmp_path / "a.wav").write_bytes(wav())
    song_claim(song_id=song.id, now=timezone.now() - timedelta(days=1))
    assert tagged(tmp_path / "a.wav", anna, [])["status"] == "done"
    assert Song.objects.get(id=song.id).attempts == 2


@pytest.mark.django_db(transaction=True)
def test_a_song_that_the_server_took_meanwhile_is_not_failed(
    tmp_path: Path, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process of the command line dies after another worker has got the song: that one ends it."""
    (tmp_path / "a.wav").write_bytes(wav())
    server = uuid.uuid4()

    def lose_and_die(path: Path, on_progress: Any) -> None:
        Song.objects.update(lease_token=server)
        os.kill(os.getpid(), signal.SIGKILL)

    def server_ends(seconds: float) -> None:
        song = Song.objects.get()
        assert (song.status, song.lease_token) == (Status.RUNNING, server)
        song_fail(song_id=song.id, lease_token=server, code="audio_silent", message="Silent.", now=timezone.now())

    monkeypatch.setattr("classifier.ml_gateway.analyse", lose_and_die)
    monkeypatch.setattr("classifier.services.song_tag.time", SimpleNamespace(sleep=server_ends))
    assert tagged(tmp_path / "a.wav", anna, [])["error"]["code"] == "audio_silent"
