"""What API tokens may do, and how they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.tokens import fingerprint, token_create, token_of_key
from classifier.accounts.users import password_set
from classifier.errors import ProductError
from classifier.models import ApiToken, Person, Song
from tests.classifier.fake_analysis import upload
from tests.conftest import PASSWORD

TUS = {"Tus-Resumable": "1.0.0"}


def client_with(anna: Person, **options: Any) -> Client:
    _, key = token_create(owner=anna, name="a script", now=timezone.now(), **options)
    return Client(headers={"authorization": f"Bearer {key}"})


def error_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_a_token_that_reads_changes_nothing(anna: Person, song: Song) -> None:
    reader = client_with(anna, scopes=["read"])
    assert reader.get(reverse("predictions")).status_code == 200
    assert reader.get(reverse("song-audio", args=[song.id])).status_code == 200
    assert reader.get(reverse("songs-jsonl")).status_code == 200
    missing = (403, "scope_missing")
    assert error_of(reader.post(reverse("predict"), {"file": upload(mark=9)})) == missing
    assert error_of(reader.delete(reverse("prediction", args=[song.id]))) == missing
    tus = {**TUS, "Upload-Length": "9"}
    assert error_of(reader.post(reverse("resumable-uploads"), headers=tus)) == missing
    assert list(Song.objects.all()) == [song]


def test_a_token_that_writes_reads_nothing(anna: Person, song: Song) -> None:
    writer = client_with(anna, scopes=["write"])
    for name, args in (("predictions", []), ("prediction", [song.id]), ("model", []), ("song-audio", [song.id])):
        response = writer.get(reverse(name, args=args))
        assert error_of(response) == (403, "scope_missing"), name
        assert "“read”" in response.json()["error"]["message"]
    assert writer.get(reverse("songs-csv")).status_code == 403
    assert writer.post(reverse("predict"), {"file": upload(mark=9)}).status_code == 202
    created = writer.generic("POST", reverse("resumable-uploads"), headers={**TUS, "Upload-Length": "9"})
    assert created.status_code == 201
    # Also asks where its upload continues.
    assert writer.head(created.headers["Location"], headers=TUS).status_code == 200


def test_tokens_from_before_there_were_scopes_may_do_everything(anna: Person, song: Song) -> None:
    ApiToken.objects.create(
        owner=anna, name="old", prefix="mmc_old", fingerprint=fingerprint("mmc_old"), created_at=timezone.now()
    )
    old = Client(headers={"authorization": "Bearer mmc_old"})
    assert old.get(reverse("predictions")).status_code == 200
    assert old.delete(reverse("prediction", args=[song.id])).status_code == 204


def test_an_expired_token_is_named(anna: Person, song: Song) -> None:
    program = client_with(anna, days=30)
    assert program.get(reverse("predictions")).status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1), last_used_at=None)
    for name, args in (("predictions", []), ("song-audio", [song.id])):
        response = program.get(reverse(name, args=args))
        assert error_of(response) == (401, "token_expired")
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert ApiToken.objects.get().last_used_at is None


@pytest.mark.parametrize(
    ("options", "code"),
    [({"scopes": []}, "token_scopes"), ({"scopes": ["owner"]}, "token_scopes"), ({"days": 0}, "token_expiry")],
)
def test_scopes_and_end_are_checked(anna: Person, options: dict, code: str) -> None:
    with pytest.raises(ProductError) as caught:
        token_create(owner=anna, name="x", now=timezone.now(), **options)
    assert caught.value.code == code


def test_a_new_password_ends_the_tokens_that_shall_end_with_it(anna: Person) -> None:
    token_create(owner=anna, name="stays", now=timezone.now())
    token_create(owner=anna, name="ends", now=timezone.now(), ends_with_password=True)
    password_set(user=anna, password="another sesame, please")
    assert [token.name for token in ApiToken.objects.all()] == ["stays"]


def test_all_tokens_end_if_the_form_says_so(anna: Person, anna_client: Client) -> None:
    token_create(owner=anna, name="stays", now=timezone.now())
    new = "another sesame, please"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    anna_client.post(reverse("password"), form)
    assert ApiToken.objects.exists()
    form = {"old_password": new, "new_password1": PASSWORD, "new_password2": PASSWORD, "revoke_tokens": "on"}
    anna_client.post(reverse("password"), form)
    assert not ApiToken.objects.exists()


def test_the_page_creates_a_token_with_scope_and_end(anna_client: Client) -> None:
    form = {"name": "Player", "scopes": "read", "days": "30", "ends_with_password": "on"}
    page = anna_client.post(reverse("tokens"), form).content.decode()
    token = ApiToken.objects.get()
    assert (token.scopes, token.ends_with_password) == ("read", True)
    assert token.expires_at is not None
    assert timedelta(days=29) < token.expires_at - timezone.now() < timedelta(days=31)
    assert "<td>read</td>" in page


def test_a_use_is_written_once_a_minute_and_its_failure_does_no_harm(
    anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError
    from django.db.models import QuerySet

    _, key = token_create(owner=anna, name="x", now=timezone.now())
    now = timezone.now()
    assert token_of_key(key=key, now=now) is not None
    assert token_of_key(key=key, now=now + timedelta(seconds=59)) is not None
    assert ApiToken.objects.get().last_used_at == now

    def full(*args: object, **kwargs: object) -> int:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(QuerySet, "update", full)
    assert token_of_key(key=key, now=now + timedelta(hours=1)) is not None
