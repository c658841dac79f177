"""The second factor: codes of an authenticator app (TOTP), passkeys, and recovery codes for when both are lost."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

from classifier.accounts.attempt_limits import attempt_key, attempt_take, attempts_forget
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.tokens import fingerprint
from classifier.errors import ProductError
from classifier.models import Passkey, Person, RecoveryCode, TotpDevice

ISSUER = "Countermood"
STEP_S = 30
# Clocks may differ by one step to either side.
TOLERANCE = 1
RECOVERY_CODES = 10
# 79 bits each, without letters that look alike: a plain hash is enough.
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG_CODE = gettext_noop("Wrong code: type the one that the app shows now, or a recovery code that was not used yet.")


def has_second_factor(person: Person) -> bool:
    return TotpDevice.objects.filter(person=person).exists() or Passkey.objects.filter(person=person).exists()


def totp_secret() -> str:
    """A new secret, to be confirmed by a code before it counts."""
    import pyotp

    return pyotp.random_base32()


def totp_address(person: Person, secret: str) -> str:
    """The otpauth:// address for the QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=ISSUER)


def qr_code(address: str) -> str:
    """The address as a picture, for the `src` of an image."""
    import segno

    # Black on white in both themes: scanners expect it.
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")


def totp_activate(
    *, person: Person, secret: str, code: str, now: datetime, request: HttpRequest | None = None
) -> list[str]:
    """The recovery codes, if these are the first ones."""
    step = _matching_step(secret, code, now)
    if step is None:
        raise ProductError(
            "code_wrong", gettext("Wrong code: type the one that the app shows now, and check the phone’s clock.")
        )
    with transaction.atomic():
        if TotpDevice.objects.filter(person=person).exists():
            raise ProductError(
                "factor_exists", gettext("There is an authenticator app already: remove it first."), HTTPStatus.CONFLICT
            )
        TotpDevice.objects.create(person=person, secret=secret, last_step=step, created_at=now)
        codes = first_recovery_codes(person=person, request=request)
    record_event(Kind.SECOND_FACTOR_ADDED, person, request, factor="authenticator app")
    return codes


def totp_remove(*, person: Person, request: HttpRequest | None = None) -> None:
    if TotpDevice.objects.filter(person=person).delete()[0]:
        record_event(Kind.SECOND_FACTOR_REMOVED, person, request, factor="authenticator app")
    recovery_codes_delete_unneeded(person=person)


def second_factor_clear(*, person: Person, request: HttpRequest | None = None, by: Person | None = None) -> None:
    """Remove everything, so that the password alone signs in."""
    factors = TotpDevice.objects.filter(person=person).delete()[0] + Passkey.objects.filter(person=person).delete()[0]
    RecoveryCode.objects.filter(person=person).delete()
    if factors:
        record_event(Kind.SECOND_FACTOR_REMOVED, person, request, by=by, factor="all")


def first_recovery_codes(*, person: Person, request: HttpRequest | None = None) -> list[str]:
    """With the first factor come recovery codes; later factors leave them as they are."""
    if RecoveryCode.objects.filter(person=person).exists():
        return []
    return recovery_codes_create(person=person, request=request)


def recovery_codes_create(*, person: Person, request: HttpRequest | None = None) -> list[str]:
    """New codes in place of all earlier ones. They are shown once: only their hashes are stored."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(person=person).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(person=person, fingerprint=fingerprint(_plain(code))) for code in codes
        )
    record_event(Kind.RECOVERY_CODES_CREATED, person, request)
    return codes


def recovery_codes_delete_unneeded(*, person: Person) -> None:
    if not has_second_factor(person):
        RecoveryCode.objects.filter(person=person).delete()


def recovery_codes_left(person: Person) -> int:
    return RecoveryCode.objects.filter(person=person, used_at__isnull=True).count()


def code_check(*, person: Person, code: str, now: datetime, request: HttpRequest) -> None:
    """Accept a code of the app or a recovery code, each once. Who gets here knows the password, so that wrong codes are
    counted for the person, over all addresses."""
    key = attempt_key("second factor", str(person.pk))
    if not attempt_take(key=key, now=now):
        raise ProductError(
            "too_many_codes",
            gettext("Too many wrong codes: wait ten minutes and sign in again."),
            HTTPStatus.TOO_MANY_REQUESTS,
        )
    if _totp_accept(person, code, now) or _recovery_code_accept(person, code, now, request):
        attempts_forget(key=key)
        return
    record_event(Kind.SIGN_IN_FAILED, person, request, by=person, method="second factor")
    raise ProductError("code_wrong", gettext(WRONG_CODE))


def _totp_accept(person: Person, code: str, now: datetime) -> bool:
    device = TotpDevice.objects.filter(person=person).first()
    step = _matching_step(device.secret, code, now) if device else None
    if device is None or step is None:
        return False
    # Of two requests with the same code, one changes the row.
    return bool(TotpDevice.objects.filter(id=device.id, last_step__lt=step).update(last_step=step))


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    import pyotp

    code = "".join(code.split())
    if not code.isascii() or not code.isdecimal():
        return None
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP_S
    steps = range(present - TOLERANCE, present + TOLERANCE + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), None)


def _recovery_code_accept(person: Person, code: str, now: datetime, request: HttpRequest) -> bool:
    unused = RecoveryCode.objects.filter(person=person, fingerprint=fingerprint(_plain(code)), used_at__isnull=True)
    if not unused.update(used_at=now):
        return False
    record_event(Kind.RECOVERY_CODE_USED, person, request, by=person, left=recovery_codes_left(person))
    return True


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(RECOVERY_LETTERS) for _ in range(4)) for _ in range(4))


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()
