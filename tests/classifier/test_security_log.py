"""The log of security events: what is in it, who reads it, and what is never in it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.security_log import MAX_FAILURES, Kind, events_prune, record_event
from classifier.accounts.sessions import ended_sessions_delete
from classifier.jobs.clean_up import clean_up
from classifier.models import ApiToken, Person, SecurityEvent, Song, UserSession
from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def kinds(person: Person | None = None) -> list[str]:
    events = SecurityEvent.objects.filter(person=person) if person else SecurityEvent.objects.all()
    return list(events.order_by("id").values_list("kind", flat=True))


def test_sign_ins_and_failures_are_recorded_with_address_and_device(client: Client, anna: Person) -> None:
    form = {"username": "anna", "password": PASSWORD}
    client.post(reverse("login"), form | {"password": "wrong"}, REMOTE_ADDR="203.0.113.9")
    client.post(reverse("login"), form, REMOTE_ADDR="203.0.113.9", headers={"User-Agent": FIREFOX})
    client.post(reverse("logout"))
    assert kinds(anna) == ["sign_in_failed", "signed_in", "signed_out"]
    event = SecurityEvent.objects.get(kind="signed_in")
    assert (event.address, event.device) == ("203.0.113.9", "Firefox on Linux")


def test_what_somebody_types_as_an_unknown_name_is_not_kept(client: Client, anna: Person) -> None:
    client.post(reverse("login"), {"username": "my secret password", "password": "x"})
    event = SecurityEvent.objects.get()
    assert (event.person, event.person_name) == (None, "")
    assert "secret" not in str(SecurityEvent.objects.values())


def test_a_guessing_machine_does_not_fill_the_log(client: Client, anna: Person) -> None:
    for _ in range(MAX_FAILURES + 5):
        client.post(reverse("login"), {"username": "anna", "password": "wrong"})
    assert SecurityEvent.objects.filter(kind="sign_in_failed").count() == MAX_FAILURES


def test_every_change_of_an_account_is_recorded_and_no_secret(
    olga_client: Client, anna_client: Client, anna: Person, olga: Person, song: Song, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    secrets = [PASSWORD, "another sesame, please"]
    page = anna_client.post(reverse("tokens"), {"name": "Player"}).content.decode()
    secrets.append(re.search(r"mmc_[\w-]+", page)[0])
    anna_client.post(reverse("token-revoke", args=[ApiToken.objects.get().id]))
    change = {"old_password": PASSWORD, "new_password1": secrets[1], "new_password2": secrets[1]}
    anna_client.post(reverse("password"), change)
    anna_client.post(reverse("sessions-end"))
    list(anna_client.get(reverse("songs-csv")).streaming_content)
    list(anna_client.get(reverse("account-export")).streaming_content)
    anna_client.delete(reverse("prediction", args=[song.id]))
    for name in ("user-owner", "user-owner", "user-active", "user-active", "user-sessions-end"):
        olga_client.post(reverse(name, args=[anna.id]))
    olga_client.post(reverse("user-rename", args=[anna.id]), {"username": "anna.b"})
    olga_client.post(reverse("user-email", args=[anna.id]), {"email": "a@example.org"})
    page = olga_client.post(reverse("user-password", args=[anna.id])).content.decode()
    secrets.append(re.search(r'<code class="secret">(.+?)</code>', page)[1])
    assert kinds(anna) == [
        "signed_in", "token_created", "token_revoked", "password_changed", "sessions_ended", "exported", "exported",
        "songs_deleted", "owner_added", "owner_removed", "account_deactivated", "account_activated", "sessions_ended",
        "account_renamed", "email_changed", "password_changed",
    ]  # fmt: skip
    by_owner = SecurityEvent.objects.filter(person=anna, by_name="olga")
    assert by_owner.count() == 8
    keys = list(UserSession.objects.values_list("session_key", flat=True))
    everything = str(list(SecurityEvent.objects.values())) + caplog.text
    assert [secret for secret in [*secrets, *keys] if secret in everything] == []


def test_people_see_their_own_events_and_owners_all(
    olga_client: Client, anna_client: Client, anna: Person, boris: Person
) -> None:
    record_event(Kind.TOKEN_CREATED, boris, name="boris’s player")
    record_event(Kind.TOKEN_CREATED, anna, name="anna’s player")
    address = reverse("security-log")
    own = anna_client.get(address + "?person=boris").content.decode()
    assert "anna’s player" in own
    assert "boris’s" not in own
    everybody = olga_client.get(address).content.decode()
    assert "anna’s player" in everybody
    assert "boris’s player" in everybody


def test_the_log_is_filtered_by_person_kind_address_and_day(olga_client: Client, anna: Person, boris: Person) -> None:
    record_event(Kind.TOKEN_CREATED, boris, name="first")
    record_event(Kind.TOKEN_REVOKED, anna, name="second")
    SecurityEvent.objects.filter(person=boris).update(address="203.0.113.9", at=timezone.now() - timedelta(days=9))

    def names(query: str) -> set[str]:
        page = olga_client.get(f"{reverse('security-log')}?{query}").content.decode()
        return {name for name in ("first", "second") if f"name: {name}" in page}

    today = timezone.now().date()
    assert names("") == {"first", "second"}
    assert names("person=BORIS") == {"first"}
    assert names("kind=token_revoked") == {"second"}
    assert names("address=203.0.113.9") == {"first"}
    assert names(f"from={today}") == {"second"}
    assert names(f"to={today - timedelta(days=5)}") == {"first"}
    for nonsense in ("kind=x", "from=yesterday", "to=2026-02-31", "page=x", "person=%00"):
        assert olga_client.get(f"{reverse('security-log')}?{nonsense}").status_code == 200


def test_old_events_are_deleted_and_others_stay(settings: Any, anna: Person) -> None:
    record_event(Kind.SIGNED_IN, anna)
    record_event(Kind.SIGNED_OUT, anna)
    SecurityEvent.objects.filter(kind="signed_in").update(at=timezone.now() - timedelta(days=31))
    settings.SECURITY_LOG_DAYS = 0
    assert events_prune(now=timezone.now()) == 0
    settings.SECURITY_LOG_DAYS = 30
    clean_up(now=timezone.now())
    assert kinds() == ["signed_out"]


def test_events_outlive_the_account(anna: Person) -> None:
    record_event(Kind.PASSWORD_CHANGED, anna)
    anna.delete()
    event = SecurityEvent.objects.get()
    assert (event.person, event.person_name) == (None, "anna")


def test_a_database_that_cannot_be_written_stops_nothing(
    anna: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(SecurityEvent, "save", full)
    record_event(Kind.PASSWORD_CHANGED, anna)
    assert "could not be stored" in caplog.text


def test_sessions_are_listed_with_device_and_address_and_end_one_by_one(anna: Person) -> None:
    form = {"username": "anna", "password": PASSWORD}
    phone, laptop = Client(), Client()
    phone.post(
        reverse("login"), form, REMOTE_ADDR="203.0.113.9", headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/"}
    )
    laptop.post(reverse("login"), form, headers={"User-Agent": FIREFOX})
    page = laptop.get(reverse("account")).content.decode()
    assert "Safari on iPhone" in page
    assert "203.0.113.9" in page
    laptop.post(reverse("session-end", args=[UserSession.objects.get(address="203.0.113.9").id]))
    assert phone.get(reverse("home")).status_code == 302
    assert laptop.get(reverse("home")).status_code == 200


def test_all_other_sessions_end_and_this_one_stays(anna: Person) -> None:
    clients = [Client(), Client(), Client()]
    for client in clients:
        client.force_login(anna)
    clients[0].post(reverse("sessions-end"))
    assert [client.get(reverse("home")).status_code for client in clients] == [200, 302, 302]
    assert UserSession.objects.filter(person=anna).count() == 1


def test_nobody_ends_the_session_of_another(anna_client: Client, boris_client: Client, anna: Person) -> None:
    boris_client.post(reverse("session-end", args=[UserSession.objects.get(person=anna).id]))
    assert anna_client.get(reverse("home")).status_code == 200


def test_a_session_is_written_at_most_once_a_minute(
    anna_client: Client, anna: Person, django_assert_num_queries: Any
) -> None:
    seen = UserSession.objects.get(person=anna).last_seen_at
    for _ in range(3):
        anna_client.get(reverse("tokens"))
    assert UserSession.objects.get(person=anna).last_seen_at == seen
    anna.refresh_from_db()
    assert anna.last_seen_at == seen


def test_rows_of_ended_sessions_are_removed(anna_client: Client, anna: Person) -> None:
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()
    assert ended_sessions_delete() == 1


def test_a_changed_quota_is_recorded_with_who_of_whom_from_and_to(
    olga_client: Client, olga: Person, anna: Person
) -> None:
    address = reverse("user-quota", args=[anna.id])
    olga_client.post(address, {"songs": "500", "megabytes": "", "minutes_a_day": "0"})
    olga_client.post(address, {"songs": "1000", "megabytes": "", "minutes_a_day": "0"})
    olga_client.post(address, {"songs": "1000", "megabytes": "", "minutes_a_day": "0"})  # changes nothing
    first, second = SecurityEvent.objects.filter(person=anna, kind="quota_changed").order_by("id")
    assert first.details == {"songs": "default to 500", "minutes_a_day": "default to no limit"}
    assert (second.by_name, second.details) == ("olga", {"songs": "500 to 1,000"})
