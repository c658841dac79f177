"""Wrong passwords are limited for a name from an address, for an address, and for a name."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.core import signing
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from classifier.accounts.attempt_limits import GUESSES, attempt_key, attempt_take, old_attempts_delete
from classifier.accounts.backends import BY_ADDRESS, BY_NAME, limits_of, network
from classifier.accounts.known_device import COOKIE
from classifier.models import Person, SignInFailure
from tests.conftest import PASSWORD


def request_from(address: str, known: Person | None = None) -> HttpRequest:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    if known is not None:
        request.COOKIES[COOKIE] = signing.dumps(known.pk, salt=COOKIE)
    return request


def attempt(password: str, address: str = "10.0.0.1", name: str = "anna", known: Person | None = None) -> bool:
    return authenticate(request_from(address, known), username=name, password=password) is not None


def test_after_too_many_wrong_passwords_the_right_one_is_blocked_for_a_while(anna: Person) -> None:
    for _ in range(GUESSES.attempts):
        assert not attempt("wrong")
    assert not attempt(PASSWORD)
    SignInFailure.objects.update(since=timezone.now() - GUESSES.period - timedelta(seconds=1))
    assert attempt(PASSWORD)


def test_wrong_passwords_from_another_address_do_not_block_the_user(anna: Person) -> None:
    for _ in range(GUESSES.attempts + 1):
        attempt("wrong", "203.0.113.9")
    assert attempt(PASSWORD, "10.0.0.1")


def test_a_right_password_resets_the_count(anna: Person) -> None:
    for _ in range(3):
        for _ in range(GUESSES.attempts - 1):
            attempt("wrong")
        assert attempt(PASSWORD)


def test_one_address_cannot_try_many_names(anna: Person) -> None:
    for number in range(BY_ADDRESS.attempts):
        assert not attempt("wrong", name=f"name {number}")
    assert not attempt(PASSWORD)
    assert attempt(PASSWORD, "10.0.0.2")


def test_many_addresses_cannot_try_one_name(anna: Person) -> None:
    for number in range(BY_NAME.attempts):
        assert not attempt("wrong", f"10.0.{number}.1")
    assert not attempt(PASSWORD, "203.0.113.9")


def test_right_passwords_use_up_no_limit(anna: Person) -> None:
    for _ in range(BY_ADDRESS.attempts + 1):
        assert attempt(PASSWORD)
    assert set(SignInFailure.objects.values_list("count", flat=True)) == {0}


def test_strangers_cannot_lock_out_somebody_whose_browser_is_known(anna: Person, boris: Person) -> None:
    for number in range(BY_NAME.attempts):
        attempt("wrong", f"10.0.{number}.1")
    for number in range(BY_ADDRESS.attempts):
        attempt("wrong", "203.0.113.9", name=f"name {number}")
    assert not attempt(PASSWORD, "203.0.113.9")
    assert not attempt(PASSWORD, "203.0.113.9", known=boris)
    assert attempt(PASSWORD, "203.0.113.9", known=anna)


def test_a_known_browser_has_no_more_guesses_than_others_have(anna: Person) -> None:
    for _ in range(GUESSES.attempts):
        attempt("wrong", known=anna)
    assert not attempt(PASSWORD, known=anna)


def test_a_browser_is_known_once_somebody_has_signed_in(anna: Person, settings: Any) -> None:
    client = Client()
    client.post("/login/", {"username": "anna", "password": "wrong"})
    assert COOKIE not in client.cookies
    client.post("/login/", {"username": "anna", "password": PASSWORD})
    cookie = client.cookies[COOKIE]
    assert signing.loads(cookie.value, salt=COOKIE) == anna.pk
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_names_count_without_case(anna: Person) -> None:
    assert limits_of(request_from("10.0.0.1"), "ANNA").keys() == limits_of(request_from("10.0.0.1"), "anna").keys()


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::1:2:3:4", "2001:db8::/64"), ("", ""), ("unix:", "unix:")],
)
def test_an_address_of_ipv6_counts_with_its_neighbours(address: str, counted_as: str) -> None:
    assert network(address) == counted_as


def test_behind_a_proxy_the_address_is_that_of_the_forwarded_header(db: None, settings: Any) -> None:
    def keys(forwarded: str) -> list[str]:
        request = request_from("127.0.0.1")
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
        return list(limits_of(request, "anna"))

    assert keys("10.0.0.1") == keys("10.0.0.2")
    settings.TRUST_PROXY = True
    assert keys("10.0.0.1") != keys("10.0.0.2")
    assert keys("10.9.9.9, 10.0.0.1") == keys("10.0.0.1")


def test_attempts_of_a_clock_that_was_set_back_are_forgotten(db: None) -> None:
    key, now = attempt_key("a test"), timezone.now()
    for _ in range(GUESSES.attempts):
        assert attempt_take(key=key, now=now + timedelta(days=1))
    assert attempt_take(key=key, now=now)
    old_attempts_delete(now=now - timedelta(days=1))
    assert not SignInFailure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_parallel_guesses_no_more_than_allowed_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    Person.objects.create_user("anna", password=PASSWORD)
    checked: list[str] = []
    everybody_is_here = threading.Barrier(20)
    real = ModelBackend.authenticate

    def check(self: ModelBackend, request: Any, username: str = "", password: str = "", **kwargs: Any) -> Any:
        checked.append(password)
        return real(self, request, username=username, password=password, **kwargs)

    monkeypatch.setattr(ModelBackend, "authenticate", check)

    def guess(number: int) -> None:
        try:
            everybody_is_here.wait()
            for part in range(3):
                attempt(f"guess {number} {part}")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(guess, range(20)))
    assert len(checked) == GUESSES.attempts
