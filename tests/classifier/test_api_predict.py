"""POST /api/predict/."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from classifier.accounts.tokens import token_create, token_revoke
from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song, Status
from tests.classifier.fake_analysis import FakeAnalyser, answer, upload, wav

# The order of the keys is part of the interface.
KEYS = [
    *("id", "status", "file_name", "title", "artist", "album", "album_artist", "year"),
    *("music_genre", "duration_s", "sha256", "model_version"),
    *("created_at", "finished_at", "mood", "alternatives", "genres", "agreement", "scores", "models"),
    *("reasons", "explanations", "features", "segments", "actual_mood", "verdict", "progress", "warnings"),
]


@pytest.fixture
def token(anna: Person) -> str:
    return token_create(owner=anna, name="curl", now=timezone.now())[1]


@pytest.fixture
def caller(token: str) -> Client:
    """Anna's program, with her token."""
    return Client(headers={"Authorization": f"Bearer {token}"})


def error_code(response: Any, status: int) -> str:
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message", "request_id"]
    assert body["error"]["message"].endswith(".")
    return body["error"]["code"]


def test_a_song_is_accepted_and_can_be_read(caller: Client, anna: Person) -> None:
    response = caller.post("/api/predict/", {"file": upload("Für Elise.wav")})

    assert response.status_code == 202
    song = Song.objects.for_owner(anna).get()
    assert response["Location"] == f"/api/predictions/{song.id}/"
    body = response.json()
    assert list(body) == KEYS
    assert (body["id"], body["status"], body["file_name"]) == (str(song.id), "queued", "Für Elise.wav")
    assert body["mood"] is None
    assert body["progress"] == {"stage": "", "segments_done": 0, "segments_total": 0}
    assert caller.get(response["Location"]).json() == body


@pytest.mark.django_db(transaction=True)
def test_a_song_that_was_analysed_before_is_answered_at_once(caller: Client, analyser: FakeAnalyser) -> None:
    first = caller.post("/api/predict/", {"file": upload()})
    song_analyse(song_id=first.json()["id"])

    response = caller.post("/api/predict/", {"file": upload("other name.wav")})

    assert response.status_code == 200
    body = json.loads(response.content)
    assert list(body) == KEYS
    # Compared as text, since the order of all keys, the inner ones too, is part of the interface.
    assert json.dumps({key: body[key] for key in answer()}) == json.dumps(answer())
    assert body["model_version"] == "mood-5"
    assert body["finished_at"].endswith("Z")


def test_the_documented_answer_has_the_shape_of_a_real_one() -> None:
    documented = json.loads(
        (settings.BASE_DIR / "docs/api.md").read_text().partition("```json\n")[2].partition("```")[0]
    )
    # The object of version 1; the documentation says by which keys the short form differs.
    shared = [key for key in KEYS if key not in ("models", "features", "segments")]
    assert [key for key in documented if key not in ("own_models", "error", "deleted_at")] == shared
    for part in ("mood", "scores", "explanations"):
        assert list(documented[part]) == list(answer()[part])
    for group in ("moods", "emotions", "quadrants", "clusters"):
        assert list(documented["scores"][group]) == list(answer()["scores"][group])


@pytest.fixture
def worker(analyser: FakeAnalyser) -> Iterator[threading.Event]:
    """Analyses what is queued, once the event is set."""
    start, stopped = threading.Event(), threading.Event()

    def work() -> None:
        try:
            while not stopped.is_set():
                if start.wait(0.02):
                    for song in Song.objects.queued():
                        song_analyse(song_id=song.id)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield start
    stopped.set()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_request_that_waits_gets_the_result(caller: Client, worker: threading.Event) -> None:
    worker.set()
    response = caller.post("/api/predict/?wait=20", {"file": upload()})
    assert response.status_code == 200
    assert response.json()["mood"]["name"] == "Calm but Powerful"


@pytest.mark.django_db(transaction=True)
def test_a_request_that_waits_gets_the_failure(caller: Client, worker: threading.Event, analyser: FakeAnalyser) -> None:
    analyser.error = MemoryError()
    worker.set()
    response = caller.post("/api/predict/?wait=20", {"file": upload("big.wav")})
    assert response.status_code == 200
    assert list(response.json()) == ["id", "status", "file_name", "error"]
    assert response.json()["error"]["code"] == "too_much_memory"


class FakeClock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The time that requests wait."""
    clock = FakeClock()
    monkeypatch.setattr("classifier.jobs.long_poll.time", clock)
    return clock


def test_waiting_ends_after_the_requested_time(caller: Client, clock: FakeClock) -> None:
    assert caller.post("/api/predict/?wait=20", {"file": upload()}).status_code == 202
    assert clock.now_s == pytest.approx(20)


def test_no_more_than_the_allowed_number_of_requests_wait(caller: Client, settings: Any, clock: FakeClock) -> None:
    settings.MAX_WAITING = 0
    assert caller.post("/api/predict/?wait=30", {"file": upload()}).status_code == 202
    assert clock.now_s == 0


@pytest.mark.parametrize("wait", ["61", "-1", "soon", "1.5", "9" * 30, "²"])
def test_an_invalid_wait_is_rejected(caller: Client, wait: str) -> None:
    response = caller.post(f"/api/predict/?wait={wait}", {"file": upload()})
    assert error_code(response, 400) == "wait_unknown"
    assert "0 to 60" in response.json()["error"]["message"]
    assert not Song.objects.exists()


def test_an_unknown_network_is_rejected(caller: Client) -> None:
    response = caller.post("/api/predict/?model=cnn3d", {"file": upload()})
    assert error_code(response, 400) == "model_unknown"
    assert "both, cnn1d, cnn2d" in response.json()["error"]["message"]


@pytest.mark.django_db(transaction=True)
def test_one_network_is_a_view_on_the_result(
    caller: Client, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def view(answer: dict[str, Any], network: str, version: str) -> dict[str, Any]:
        asked.append((network, version))
        return {**answer, "genres": {network: 1.0}}

    monkeypatch.setattr("classifier.ml_gateway.network_view", view)
    song_id = caller.post("/api/predict/", {"file": upload()}).json()["id"]
    song_analyse(song_id=song_id)
    assert caller.get(f"/api/predictions/{song_id}/?model=cnn1d").json()["genres"] == {"cnn1d": 1.0}
    assert caller.get(f"/api/predictions/{song_id}/?model=both").json()["genres"] == answer()["genres"]
    assert asked == [("cnn1d", "mood-5")]


def test_a_request_without_a_token_is_rejected(db: None) -> None:
    response = Client().post("/api/predict/", {"file": upload()})
    assert error_code(response, 401) == "not_authenticated"
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_is_rejected(caller: Client, anna: Person) -> None:
    token_revoke(owner=anna, token_id=anna.tokens.get().id)
    assert error_code(caller.post("/api/predict/", {"file": upload()}), 401) == "token_unknown"


def test_a_session_is_accepted(anna_client: Client) -> None:
    assert anna_client.post("/api/predict/", {"file": upload()}).status_code == 202


def test_a_session_needs_a_csrf_token(anna: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    assert error_code(client.post("/api/predict/", {"file": upload()}), 403) == "permission_denied"


def test_an_api_token_needs_no_csrf_token(token: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Token {token}"})
    assert client.post("/api/predict/", {"file": upload()}).status_code == 202


def test_a_body_that_is_not_multipart_is_rejected(caller: Client) -> None:
    response = caller.post("/api/predict/", {"file": "song"}, content_type="application/json")
    assert error_code(response, 415) == "unsupported_media_type"


def test_a_text_field_is_not_a_file(caller: Client) -> None:
    assert error_code(caller.post("/api/predict/", {"file": "song.mp3"}), 400) == "file_missing"
    assert error_code(caller.post("/api/predict/", {}), 400) == "file_missing"


def test_an_incomplete_body_is_rejected(caller: Client) -> None:
    response = caller.post("/api/predict/", b"--x\r\nbroken", content_type="multipart/form-data")
    assert error_code(response, 400) == "request_malformed"


def test_an_image_is_rejected_with_its_file_type(caller: Client) -> None:
    response = caller.post("/api/predict/", {"file": upload("a.mp3", content=b"\x89PNG\r\n\x1a\n" + bytes(99))})
    assert error_code(response, 415) == "not_audio"


def test_too_many_files_are_rejected(caller: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    response = caller.post("/api/predict/", {"file": upload(), "other": upload()})
    assert error_code(response, 400) == "too_many_files"


def test_two_files_in_one_request_are_rejected(caller: Client) -> None:
    response = caller.post("/api/predict/", {"file": [upload("a.wav"), upload("b.wav")]})
    assert error_code(response, 400) == "too_many_files"
    assert not Song.objects.exists()


def test_a_body_over_the_limit_is_rejected_unread(caller: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    response = caller.post("/api/predict/", {"file": upload(content=bytes(3_000_000))})
    assert error_code(response, 413) == "file_too_large"
    assert not Song.objects.exists()


def test_get_is_not_allowed(caller: Client) -> None:
    assert error_code(caller.get("/api/predict/"), 405) == "method_not_allowed"


def test_too_many_calls_are_throttled(caller: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.API_CALLS_PER_MINUTE", 1)
    caller.get("/api/predictions/")
    response = caller.get("/api/predictions/")
    assert error_code(response, 429) == "throttled"
    assert int(response["Retry-After"]) > 0


def test_an_internal_error_shows_no_details(caller: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**kwargs: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("classifier.api.views.song_submit", broken)
    response = caller.post("/api/predict/", {"file": upload()})
    assert error_code(response, 500) == "internal_error"
    assert "secret" not in response.text


def test_the_last_use_of_a_token_is_stored(caller: Client, anna: Person) -> None:
    caller.get("/api/predictions/")
    assert anna.tokens.get().last_used_at is not None


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("a%22b.wav", 'a"b.wav'),
        (r"a\"b.wav", 'a"b.wav'),
        ("../../etc/a.wav", "a.wav"),
        ("音楽 – Für Elise.wav", "音楽 – Für Elise.wav"),
        ("<script>.wav", "<script>.wav"),
        ("a" * 296 + ".wav", "a" * 251 + ".wav"),
    ],
)
def test_every_file_name_is_accepted(caller: Client, sent: str, shown: str) -> None:
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{sent}"\r\n\r\n'
    response = caller.post(
        "/api/predict/", head.encode() + wav() + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert response.status_code == 202, response.content
    assert response.json()["file_name"] == shown


def test_a_failed_song_that_is_sent_again_is_retried(caller: Client) -> None:
    song_id = caller.post("/api/predict/", {"file": upload()}).json()["id"]
    Song.objects.filter(id=song_id).update(status=Status.FAILED, error_code="x", error_message="y")
    response = caller.post("/api/predict/", {"file": upload()})
    assert (response.status_code, response.json()["id"]) == (202, song_id)
