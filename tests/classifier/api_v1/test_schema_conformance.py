"""schemathesis: what the schema allows is accepted, what it forbids is refused, and every answer is as described."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from classifier.accounts.tokens import token_create
from classifier.api.v1 import event_stream
from classifier.api.v1.schema import schema
from classifier.library.saved_filters import filter_save
from classifier.models import ApiToken, Person, Recalibration, Song
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.stored import playlist_create
from classifier.services.song_bin import song_bin
from classifier.webhooks.endpoints import endpoint_add, trial_send
from tests.classifier.api_v1.conftest import Analysed
from tests.source_songs import add_source

EXAMPLES = 15
# Rules about values that a schema cannot say, for which a request is refused although its schema allows it.
RULES = {
    "audio_unreadable",
    "corrections_columns",
    "corrections_empty",
    "corrections_unreadable",
    "cursor_malformed",
    "file_empty",
    "file_missing",  # a part of the form that has no file name
    "filter_empty",
    "filter_malformed",
    "filter_name",
    "folder_malformed",
    "folder_missing",
    "folder_outside",
    "folders_off",
    "mood_twice",
    "not_audio",
    "playlist_empty",
    "playlist_filter_missing",
    "playlist_name",
    "playlist_nsp",
    "playlist_path_short",
    "playlist_rule",
    "playlist_server",
    "playlist_song_missing",
    "source_address_invalid",
    "token_name",
    "vocabulary_malformed",  # letters that cannot be shown, a mood that is merged with itself
    "webhook_url_invalid",
}
DESCRIBED = schemathesis.openapi.from_dict(schema())
DESCRIBED.app = WSGIHandler()
OPERATIONS = [result.ok() for result in DESCRIBED.get_all_operations()]


@pytest.fixture(autouse=True)
def _one_connection(db: None, monkeypatch: Any) -> Iterator[None]:
    """Requests share the connection of the test's transaction, and streams end at once."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    monkeypatch.setattr(event_stream, "close_old_connections", lambda: None)
    monkeypatch.setattr(event_stream, "MAX_POLLS", 1)
    monkeypatch.setattr(event_stream.EventStream, "poll_s", 0.0)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def headers(anna: Person, settings: Any) -> dict[str, str]:
    settings.API_CALLS_PER_MINUTE = 1_000_000
    _, key = token_create(owner=anna, name="schemathesis", now=timezone.now(), scopes=ApiToken.SCOPES)
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def own(anna: Person, analysed: Analysed, submit: Callable[..., Song]) -> dict[str, Any]:
    """Values of path parameters that exist."""
    song_bin(song=submit(2), now=timezone.now())
    rule = PlaylistRule.from_json({"order": "filter", "query": "status=done"})
    playlist = playlist_create(owner=anna, name="Done", rule=rule, now=timezone.now())
    saved = filter_save(owner=anna, name="Sad", query="mood=sad", now=timezone.now())
    webhook, _ = endpoint_add(owner=anna, url="https://example.org/in", events=["song.done"], now=timezone.now())
    token, _ = token_create(owner=anna, name="player", now=timezone.now())
    Recalibration.objects.create(owner=anna, number=1, base_version="mood-5", created_at=timezone.now())
    return {
        "song_id": str(analysed(1).id),
        "source_id": str(add_source(anna).id),
        "filter_id": saved.id,
        "playlist_id": str(playlist.id),
        "token_id": token.id,
        "number": 1,
        "version": "mood-5",
        "webhook_id": str(webhook.id),
        "delivery_id": str(trial_send(endpoint=webhook, now=timezone.now()).id),
    }


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_the_api_is_as_its_schema_says(
    operation: Any, mode: GenerationMode, headers: dict[str, str], own: dict[str, Any]
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    def conforms(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            case.path_parameters.update({name: own[name] for name in case.path_parameters if name in own})
        # Each request finds the same library.
        with transaction.atomic():
            answer = case.call(headers=headers)
            case.validate_response(answer, excluded_checks=[positive_data_acceptance], headers=headers)
            transaction.set_rollback(True)
        if mode is GenerationMode.POSITIVE and answer.status_code in (400, 413, 415, 422):
            assert answer.json()["code"] in RULES, answer.json()

    conforms()
