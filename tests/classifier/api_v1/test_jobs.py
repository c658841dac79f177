"""Jobs and results of songs by version 1."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from classifier.models import Analysis, Person, Song
from tests.classifier.api_v1.conftest import Analysed, Program, problem_of

JOBS = "/api/v1/jobs/"
SONGS = "/api/v1/songs/"
PARTS = ("analyses/", "analyses/mood-5/", "segments/", "features/", "waveform/")


def test_a_job_follows_its_song(api: Client, analysed: Analysed, submit: Any) -> None:
    finished, waiting = analysed(1), submit(2)
    listed = api.get(JOBS).json()["results"]
    assert [(job["id"], job["status"], job["position"]) for job in listed] == [(str(waiting.id), "queued", 1)]
    done = api.get(f"{JOBS}{finished.id}/").json()
    assert (done["status"], done["progress"], done["song"]) == ("done", 1.0, f"{SONGS}{finished.id}/")
    Song.objects.filter(id=finished.id).update(
        status="queued", stage="listening", segments_done=1, segments_total=4, finished_at=None
    )
    assert api.get(f"{JOBS}{finished.id}/").json()["progress"] == 0.25
    assert [job["id"] for job in api.get(f"{JOBS}?status=queued").json()["results"]] == [
        str(waiting.id), str(finished.id),
    ]  # fmt: skip


def test_a_job_is_cancelled_and_retried(api: Client, song: Song) -> None:
    assert api.post(f"{JOBS}{song.id}/cancel/").json()["status"] == "cancelled"
    answer = api.post(f"{JOBS}{song.id}/retry/")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")


def test_what_is_done_is_neither_cancelled_nor_retried(api: Client, analysed: Analysed) -> None:
    song = analysed()
    assert problem_of(api.post(f"{JOBS}{song.id}/cancel/")) == (409, "already_over")
    assert problem_of(api.post(f"{JOBS}{song.id}/retry/")) == (409, "already_done")


def test_a_song_is_analysed_again(api: Client, analysed: Analysed) -> None:
    song = analysed()
    answer = api.post(f"{SONGS}{song.id}/analyse/")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")


def test_a_file_that_cannot_be_analysed_is_not_analysed_again(api: Client, song: Song) -> None:
    Song.objects.update(status="failed", error_code="audio_silent", error_message="Silent.")
    assert problem_of(api.post(f"{SONGS}{song.id}/analyse/")) == (409, "file_is_cause")


def test_the_parts_of_a_result(api: Client, analysed: Analysed) -> None:
    song = analysed()

    def part(path: str) -> Any:
        return api.get(f"{SONGS}{song.id}/{path}").json()

    [summary] = part("analyses/")["results"]
    assert (summary["model_version"], summary["is_current"]) == ("mood-5", True)
    analysis = part("analyses/mood-5/")
    assert analysis["mood"] == summary["mood"]
    assert analysis["models"].keys() == {"cnn1d", "cnn2d"}
    segments = part("segments/")["results"]
    assert [segment["start_s"] for segment in segments] == [0.0, 5.0, 10.0]
    assert part("features/")["features"] == {"tempo_bpm": 92.3}
    assert part("waveform/") == {"duration_s": 20.0, "values": [0.0, 40.0, 100.0, 60.0]}


def test_a_song_without_result_has_no_parts(api: Client, song: Song) -> None:
    for path in ("segments/", "features/", "waveform/"):
        assert problem_of(api.get(f"{SONGS}{song.id}/{path}")) == (404, "answer_missing")
    assert api.get(f"{SONGS}{song.id}/analyses/").json() == {"results": []}
    assert problem_of(api.get(f"{SONGS}{song.id}/analyses/mood-5/")) == (404, "not_found")


def test_results_of_earlier_models_stay(api: Client, analysed: Analysed) -> None:
    song = analysed()
    current = Analysis.objects.get()
    Analysis.objects.create(**{
        **{field.name: getattr(current, field.name) for field in Analysis._meta.fields if field.name != "id"},
        "model_version": "mood-4", "is_current": False,
    })  # fmt: skip
    versions = [one["model_version"] for one in api.get(f"{SONGS}{song.id}/analyses/").json()["results"]]
    assert sorted(versions) == ["mood-4", "mood-5"]


@pytest.mark.parametrize("path", PARTS)
def test_parts_belong_to_their_owner(
    program: Program, anna: Person, boris: Person, analysed: Analysed, path: str
) -> None:
    url = f"{SONGS}{analysed().id}/{path}"
    assert problem_of(program(boris).get(url)) == (404, "not_found")
    assert problem_of(program(anna, "write").get(url)) == (403, "scope_missing")
    assert problem_of(program(anna).get(f"{url}?page=2")) == (400, "parameter_unknown")


def test_jobs_belong_to_their_owner(program: Program, anna: Person, boris: Person, song: Song) -> None:
    stranger, reader = program(boris), program(anna, "read")
    assert stranger.get(JOBS).json()["results"] == []
    assert problem_of(stranger.get(f"{JOBS}{song.id}/")) == (404, "not_found")
    for url in (f"{JOBS}{song.id}/cancel/", f"{JOBS}{song.id}/retry/", f"{SONGS}{song.id}/analyse/"):
        assert problem_of(stranger.post(url)) == (404, "not_found")
        assert problem_of(reader.post(url)) == (403, "scope_missing")
    song.refresh_from_db()
    assert song.status == "queued"
