"""Setup, users, passwords and API tokens."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from classifier.accounts.first_run import owner_create, setup_required, setup_token_log
from classifier.accounts.tokens import token_create, token_of_key, token_revoke
from classifier.accounts.users import password_generate, user_add
from classifier.errors import ProductError
from classifier.models import ApiToken, Person
from tests.conftest import PASSWORD


def create_owner(username: str = "olga", **arguments: Any) -> Person:
    return owner_create(username=username, password=PASSWORD, now=timezone.now(), **arguments)


def test_setup_creates_the_owner(db: None) -> None:
    assert setup_required()
    owner = create_owner()
    assert owner.is_owner
    assert owner.check_password(PASSWORD)
    assert not setup_required()


def test_there_is_no_second_owner(db: None) -> None:
    create_owner()
    with pytest.raises(ProductError, match="already exists"):
        create_owner("eve")


def test_deleting_every_user_does_not_reopen_setup(db: None) -> None:
    create_owner().delete()
    with pytest.raises(ProductError, match="already exists"):
        create_owner("eve")


@pytest.mark.django_db(transaction=True)
def test_of_concurrent_setups_only_one_creates_the_owner() -> None:
    def set_up(number: int) -> int:
        try:
            create_owner(f"user{number}")
            return 1
        except ProductError:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(set_up, range(4))) == 1
    assert Person.objects.count() == 1


def test_setup_rejects_a_weak_password(db: None) -> None:
    with pytest.raises(ProductError, match="too short") as caught:
        owner_create(username="olga", password="short", now=timezone.now())
    assert caught.value.code == "password_weak"
    assert setup_required()


def test_a_public_installation_asks_for_the_token_in_the_log(
    db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REQUIRE_SETUP_TOKEN = True
    token_file = Path(configured.DATA_DIR) / "setup_token"
    with pytest.raises(ProductError) as caught:
        create_owner(setup_token="guess")
    assert (caught.value.code, caught.value.http_status) == ("setup_token_wrong", 403)

    setup_token_log()
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    token = token_file.read_text().strip()
    assert token in caplog.text

    create_owner(setup_token=f" {token}\n")
    assert not token_file.exists()
    caplog.clear()
    setup_token_log()
    assert caplog.text == ""


def test_a_user_that_the_owner_adds_is_not_an_owner(olga: Person) -> None:
    clara = user_add(by=olga, username="clara", password=PASSWORD)
    assert not clara.is_owner


def test_other_users_cannot_add_users(anna: Person) -> None:
    with pytest.raises(ProductError) as caught:
        user_add(by=anna, username="clara", password=PASSWORD)
    assert caught.value.code == "not_owner"


def test_a_user_name_is_unique(olga: Person, anna: Person) -> None:
    with pytest.raises(ProductError) as caught:
        user_add(by=olga, username="anna", password=PASSWORD)
    assert caught.value.code == "name_taken"


def test_reset_password_sets_a_password_and_ends_the_sessions(anna_client: Client, anna: Person) -> None:
    out = StringIO()
    call_command("reset_password", "anna", "--generate", stdout=out)
    password = out.getvalue().split(" is ")[1].split(";")[0]
    anna.refresh_from_db()
    assert anna.check_password(password)
    assert anna_client.get("/api/predictions/").status_code == 401


def test_reset_password_lists_the_users_when_the_name_is_unknown(anna: Person, boris: Person) -> None:
    with pytest.raises(CommandError, match=r"no user “ana”\. Users: anna, boris"):
        call_command("reset_password", "ana")


def test_reset_password_asks_for_the_password_twice(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    answers = iter(["one good password", "another password"])
    monkeypatch.setattr("classifier.management.commands.reset_password.getpass", lambda prompt: next(answers))
    with pytest.raises(CommandError, match="two passwords differ"):
        call_command("reset_password", "anna")


def test_generated_passwords_differ() -> None:
    assert len({password_generate() for _ in range(50)}) == 50


def test_only_the_hash_of_a_token_is_stored(anna: Person) -> None:
    token, key = token_create(owner=anna, name=" backup  script ", now=timezone.now())
    assert token.name == "backup script"
    assert key.startswith(token.prefix)
    assert key not in str(ApiToken.objects.values())
    assert token_of_key(key=key, now=timezone.now()) == token


def test_a_token_of_an_inactive_user_is_invalid(anna: Person) -> None:
    _, key = token_create(owner=anna, name="x", now=timezone.now())
    Person.objects.update(is_active=False)
    assert token_of_key(key=key, now=timezone.now()) is None


def test_a_user_cannot_revoke_the_token_of_another(anna: Person, boris: Person) -> None:
    token, _ = token_create(owner=anna, name="x", now=timezone.now())
    assert not token_revoke(owner=boris, token_id=token.id)
    assert token_revoke(owner=anna, token_id=token.id)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_token_needs_a_name(anna: Person, name: str) -> None:
    with pytest.raises(ProductError, match="1 to 80 characters"):
        token_create(owner=anna, name=name, now=timezone.now())
