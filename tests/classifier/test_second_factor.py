"""The second step of signing in: codes of an app, recovery codes and passkeys."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.second_factor import code_check, totp_activate, totp_secret
from classifier.errors import ProductError
from classifier.models import Passkey, Person, RecoveryCode, SecurityEvent, SignInFailure, TotpDevice
from tests.classifier.passkey_device import PasskeyDevice
from tests.conftest import PASSWORD


def code_at(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


@pytest.fixture
def secret(anna: Person) -> str:
    """Anna has an app since an hour ago."""
    secret = totp_secret()
    an_hour_ago = timezone.now() - timedelta(hours=1)
    totp_activate(person=anna, secret=secret, code=code_at(secret, an_hour_ago), now=an_hour_ago)
    return secret


def with_password(client: Client) -> Any:
    return client.post(reverse("login"), {"username": "anna", "password": PASSWORD, "next": reverse("song-list")})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_an_app_is_set_up_with_its_first_code_and_gives_recovery_codes_once(anna: Person, anna_client: Client) -> None:
    page = anna_client.get(reverse("totp")).content.decode()
    secret = re.search(r'<code class="secret">(\w+)</code>', page)[1]
    assert "data:image/svg+xml" in page
    assert anna_client.post(reverse("totp"), {"code": "000000"}).status_code == 400
    assert not TotpDevice.objects.exists()
    page = anna_client.post(reverse("totp"), {"code": code_at(secret, timezone.now())}).content.decode()
    codes = re.findall(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", page.partition("</pre>")[0])
    assert len(codes) == 10
    assert 'download="countermood-recovery-codes.txt"' in page
    stored = str(list(RecoveryCode.objects.values()))
    assert all(code not in stored and code.replace("-", "") not in stored for code in codes)
    assert secret not in anna_client.get(reverse("account")).content.decode()


def test_a_password_alone_no_longer_signs_in(client: Client, secret: str) -> None:
    assert with_password(client).headers["Location"] == reverse("second-factor")
    assert not is_signed_in(client)
    response = client.post(reverse("second-factor"), {"code": code_at(secret, timezone.now())})
    assert response.headers["Location"] == reverse("song-list")
    assert is_signed_in(client)
    event = SecurityEvent.objects.filter(kind="signed_in").latest("at")
    assert event.details["method"] == "password and code"


def test_the_second_step_needs_the_first(client: Client, secret: str) -> None:
    response = client.post(reverse("second-factor"), {"code": code_at(secret, timezone.now())})
    assert response.headers["Location"] == reverse("login")
    assert not is_signed_in(client)


def test_a_new_password_ends_a_sign_in_that_waits_for_its_second_step(
    client: Client, anna: Person, secret: str
) -> None:
    with_password(client)
    anna.set_password("another sesame, please")
    anna.save()
    client.post(reverse("second-factor"), {"code": code_at(secret, timezone.now())})
    assert not is_signed_in(client)


def test_a_code_works_once_also_in_another_browser(secret: str, anna: Person) -> None:
    code = code_at(secret, timezone.now())
    clients = [Client(), Client()]
    for client in clients:
        with_password(client)
        client.post(reverse("second-factor"), {"code": code})
    assert [is_signed_in(client) for client in clients] == [True, False]


@pytest.mark.parametrize(("seconds", "accepted"), [(-31, True), (31, True), (-95, False), (95, False)])
def test_clocks_may_differ_by_half_a_minute(anna: Person, secret: str, seconds: int, accepted: bool) -> None:
    now = timezone.now().replace(second=10, microsecond=0)
    code = code_at(secret, now + timedelta(seconds=seconds))
    if accepted:
        code_check(person=anna, code=code, now=now, request=HttpRequest())
    else:
        with pytest.raises(ProductError, match="Wrong code"):
            code_check(person=anna, code=code, now=now, request=HttpRequest())


def test_a_recovery_code_signs_in_once(client: Client, anna: Person) -> None:
    now = timezone.now() - timedelta(hours=1)
    secret = totp_secret()
    code = totp_activate(person=anna, secret=secret, code=code_at(secret, now), now=now)[0]
    with_password(client)
    client.post(reverse("second-factor"), {"code": f" {code.upper()} "})
    assert is_signed_in(client)
    again = Client()
    with_password(again)
    assert again.post(reverse("second-factor"), {"code": code}).status_code == 400
    assert SecurityEvent.objects.get(kind="recovery_code_used").details == {"left": 9}


def test_too_many_wrong_codes_block_the_right_one_for_a_while(anna: Person, secret: str) -> None:
    now = timezone.now()
    for number in range(8):
        request = HttpRequest()
        request.META["REMOTE_ADDR"] = f"203.0.113.{number}"
        with pytest.raises(ProductError, match="Wrong code"):
            code_check(person=anna, code="000000", now=now, request=request)
    with pytest.raises(ProductError) as caught:
        code_check(person=anna, code=code_at(secret, now), now=now, request=HttpRequest())
    assert caught.value.code == "too_many_codes"
    SignInFailure.objects.update(since=now - timedelta(minutes=10, seconds=1))
    code_check(person=anna, code=code_at(secret, now), now=now, request=HttpRequest())


def test_new_recovery_codes_end_the_earlier_ones(anna_client: Client, anna: Person, secret: str) -> None:
    before = set(RecoveryCode.objects.values_list("fingerprint", flat=True))
    anna_client.post(reverse("recovery-codes"))
    after = set(RecoveryCode.objects.values_list("fingerprint", flat=True))
    assert len(after) == 10
    assert not after & before


def test_removing_the_last_factor_removes_the_recovery_codes(anna_client: Client, client: Client, secret: str) -> None:
    anna_client.post(reverse("totp-remove"))
    assert not RecoveryCode.objects.exists()
    assert with_password(client).headers["Location"] == reverse("song-list")


@pytest.mark.parametrize("name", ["totp", "totp-remove", "recovery-codes", "passkey", "account-export"])
def test_an_old_session_gives_the_password_again_first(anna_client: Client, secret: str, name: str) -> None:
    session = anna_client.session
    session["confirmed_at"] = session["confirmed_at"] - 700
    session.save()
    method = anna_client.post if name in ("totp-remove", "recovery-codes") else anna_client.get
    assert method(reverse(name)).headers["Location"].startswith(reverse("confirm"))
    assert TotpDevice.objects.exists()
    following = {"next": reverse("account")}
    assert anna_client.post(reverse("confirm"), {"password": "wrong", **following}).status_code == 400
    assert anna_client.post(reverse("confirm"), {"password": PASSWORD, **following}).status_code == 302
    assert not method(reverse(name)).headers.get("Location", "").startswith(reverse("confirm"))


def add_passkey(client: Client, device: PasskeyDevice) -> Any:
    page = client.get(reverse("passkey"), headers={"host": "localhost:8000"})
    answer = device.create(page.context["options"])
    form = {"name": "Laptop", "passkey": answer}
    return client.post(reverse("passkey"), form, headers={"host": "localhost:8000"})


def options(client: Client, step: str = "") -> dict[str, Any]:
    response = client.get(reverse("passkey-options") + step, headers={"host": "localhost:8000"})
    return json.loads(response.content)


def test_a_passkey_signs_in_alone(anna_client: Client, client: Client, anna: Person) -> None:
    device = PasskeyDevice()
    assert "Recovery codes" in add_passkey(anna_client, device).content.decode()
    form = {"passkey": device.answer(options(client)), "next": reverse("song-list")}
    response = client.post(reverse("passkey-login"), form, headers={"host": "localhost:8000"})
    assert response.headers["Location"] == reverse("song-list")
    assert is_signed_in(client)
    assert Passkey.objects.get().last_used_at is not None


def test_a_passkey_is_the_second_step(anna_client: Client, client: Client) -> None:
    device = PasskeyDevice()
    add_passkey(anna_client, device)
    assert with_password(client).headers["Location"] == reverse("second-factor")
    answer = device.answer(options(client, "?step=2"))
    client.post(reverse("second-factor"), {"passkey": answer}, headers={"host": "localhost:8000"})
    assert is_signed_in(client)


def rejected(client: Client, answer: str) -> bool:
    client.post(reverse("passkey-login"), {"passkey": answer}, headers={"host": "localhost:8000"})
    return not is_signed_in(client)


def test_a_passkey_of_another_site_key_or_moment_is_rejected(anna_client: Client, client: Client) -> None:
    device = PasskeyDevice()
    add_passkey(anna_client, device)
    first = device.answer(options(client))
    assert rejected(client, device.answer(options(Client())))  # the challenge of another browser
    options(client)
    assert rejected(client, first)  # an earlier challenge
    phisher = PasskeyDevice(origin="https://example.org")
    phisher.key, phisher.credential_id, phisher.counter = device.key, device.credential_id, 50
    assert rejected(client, phisher.answer(options(client)))
    other_key = PasskeyDevice()
    other_key.credential_id, other_key.counter = device.credential_id, 50
    assert rejected(client, other_key.answer(options(client)))
    device.verifies_user = False
    assert rejected(client, device.answer(options(client)))  # without fingerprint or PIN it is one factor only
    assert rejected(client, "no json")


def test_a_copied_passkey_is_noticed_by_its_counter(anna_client: Client, client: Client) -> None:
    device = PasskeyDevice()
    add_passkey(anna_client, device)
    device.counter = 7
    assert not rejected(client, device.answer(options(client)))
    copy = Client()
    device.counter = 3
    assert rejected(copy, device.answer(options(copy)))


def test_the_passkey_of_another_does_not_pass_the_second_step(
    anna_client: Client, boris_client: Client, client: Client, secret: str
) -> None:
    device = PasskeyDevice()
    add_passkey(boris_client, device)
    with_password(client)
    answer = device.answer(options(client, "?step=2"))
    client.post(reverse("second-factor"), {"passkey": answer}, headers={"host": "localhost:8000"})
    assert not is_signed_in(client)


def test_a_command_lets_an_owner_in_who_lost_everything(anna: Person, secret: str, client: Client) -> None:
    from django.core.management import call_command

    call_command("reset_password", "anna", "--generate", "--remove-second-factor")
    assert not TotpDevice.objects.exists()
    assert not RecoveryCode.objects.exists()
