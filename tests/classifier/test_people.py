"""The first account, further people, passwords and keys."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from classifier.accounts.backends import ALLOWED_FAILURES, BLOCK, attempt_key
from classifier.accounts.first_run import owner_create, setup_announce, setup_due
from classifier.accounts.people import password_make, person_add
from classifier.accounts.tokens import token_make, token_owner, token_revoke
from classifier.errors import ProductError
from classifier.models import ApiToken, Person, SignInFailure
from tests.conftest import PASSWORD


def make_owner(username: str = "olga", **arguments: Any) -> Person:
    return owner_create(username=username, password=PASSWORD, now=timezone.now(), **arguments)


def test_the_first_visitor_makes_the_owner(db: None) -> None:
    assert setup_due()
    owner = make_owner()
    assert owner.is_owner
    assert owner.check_password(PASSWORD)
    assert not setup_due()


def test_there_is_no_second_owner(db: None) -> None:
    make_owner()
    with pytest.raises(ProductError, match="made already"):
        make_owner("eve")


def test_deleting_everybody_does_not_open_the_door_again(db: None) -> None:
    make_owner().delete()
    with pytest.raises(ProductError, match="made already"):
        make_owner("eve")


@pytest.mark.django_db(transaction=True)
def test_of_many_first_visitors_at_once_one_becomes_the_owner() -> None:
    def visit(number: int) -> int:
        try:
            make_owner(f"visitor{number}")
            return 1
        except ProductError:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(visit, range(4))) == 1
    assert Person.objects.count() == 1


def test_a_weak_password_makes_no_owner(db: None) -> None:
    with pytest.raises(ProductError, match="too short") as caught:
        owner_create(username="olga", password="short", now=timezone.now())
    assert caught.value.code == "password_weak"
    assert setup_due()


def test_where_strangers_come_the_token_of_the_log_is_asked_for(
    db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REQUIRE_SETUP_TOKEN = True
    kept = Path(configured.DATA_DIR) / "setup_token"
    with pytest.raises(ProductError) as caught:
        make_owner(setup_token="guess")
    assert (caught.value.code, caught.value.http_status) == ("setup_token_wrong", 403)

    setup_announce()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    token = kept.read_text().strip()
    assert token in caplog.text

    make_owner(setup_token=f" {token}\n")
    assert not kept.exists()
    caplog.clear()
    setup_announce()
    assert caplog.text == ""


def test_the_owner_adds_people_who_own_nothing(olga: Person) -> None:
    clara = person_add(by=olga, username="clara", password=PASSWORD)
    assert not clara.is_owner


def test_nobody_else_adds_people(anna: Person) -> None:
    with pytest.raises(ProductError) as caught:
        person_add(by=anna, username="clara", password=PASSWORD)
    assert caught.value.code == "not_owner"


def test_a_name_is_given_once(olga: Person, anna: Person) -> None:
    with pytest.raises(ProductError) as caught:
        person_add(by=olga, username="anna", password=PASSWORD)
    assert caught.value.code == "name_taken"


def test_a_lost_password_is_replaced_on_the_command_line(anna_client: Client, anna: Person) -> None:
    out = StringIO()
    call_command("reset_password", "anna", "--generate", stdout=out)
    password = out.getvalue().split(" is ")[1].split(";")[0]
    anna.refresh_from_db()
    assert anna.check_password(password)
    assert anna_client.get("/api/predictions/").status_code == 401


def test_the_command_names_those_whom_it_knows(anna: Person, boris: Person) -> None:
    with pytest.raises(CommandError, match="nobody called “ana”; there are: anna, boris"):
        call_command("reset_password", "ana")


def test_a_typed_password_is_asked_for_twice(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    answers = iter(["one good password", "another password"])
    monkeypatch.setattr("classifier.management.commands.reset_password.getpass", lambda prompt: next(answers))
    with pytest.raises(CommandError, match="two passwords differ"):
        call_command("reset_password", "anna")


def test_made_passwords_differ() -> None:
    assert len({password_make() for _ in range(50)}) == 50


def test_a_key_is_kept_only_as_its_fingerprint(anna: Person) -> None:
    token, key = token_make(owner=anna, name=" backup  script ", now=timezone.now())
    assert token.name == "backup script"
    assert key.startswith(token.prefix)
    assert key not in str(ApiToken.objects.values())
    assert token_owner(key=key, now=timezone.now()) == token


def test_a_key_of_somebody_who_may_not_sign_in_opens_nothing(anna: Person) -> None:
    _, key = token_make(owner=anna, name="x", now=timezone.now())
    Person.objects.update(is_active=False)
    assert token_owner(key=key, now=timezone.now()) is None


def test_nobody_revokes_what_is_another_persons(anna: Person, boris: Person) -> None:
    token, _ = token_make(owner=anna, name="x", now=timezone.now())
    assert not token_revoke(owner=boris, token_id=token.id)
    assert token_revoke(owner=anna, token_id=token.id)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_key_needs_a_name(anna: Person, name: str) -> None:
    with pytest.raises(ProductError, match="1 to 80 characters"):
        token_make(owner=anna, name=name, now=timezone.now())


def _from(address: str) -> HttpRequest:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    return request


def attempt(password: str, address: str = "10.0.0.1") -> bool:
    return authenticate(_from(address), username="anna", password=password) is not None


def test_after_too_many_wrong_passwords_even_the_right_one_waits(anna: Person) -> None:
    for _ in range(ALLOWED_FAILURES):
        assert not attempt("wrong")
    assert not attempt(PASSWORD)
    SignInFailure.objects.update(since=timezone.now() - BLOCK - timedelta(seconds=1))
    assert attempt(PASSWORD)
    assert not SignInFailure.objects.exists()


def test_guessing_elsewhere_locks_nobody_out(anna: Person) -> None:
    for _ in range(ALLOWED_FAILURES + 1):
        attempt("wrong", "203.0.113.9")
    assert attempt(PASSWORD, "10.0.0.1")


def test_a_right_password_forgets_the_wrong_ones(anna: Person) -> None:
    for _ in range(3):
        for _ in range(ALLOWED_FAILURES - 1):
            attempt("wrong")
        assert attempt(PASSWORD)


def test_behind_a_proxy_visitors_are_told_apart_by_what_the_proxy_says(settings: Any) -> None:
    def key(forwarded: str) -> str:
        request = _from("127.0.0.1")
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
        return attempt_key(request, "anna")

    assert key("10.0.0.1") == key("10.0.0.2")
    settings.TRUST_PROXY = True
    assert key("10.0.0.1") != key("10.0.0.2")
    assert key("10.9.9.9, 10.0.0.1") == key("10.0.0.1")
