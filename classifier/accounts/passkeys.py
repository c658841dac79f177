"""Passkeys (WebAuthn), as a second factor and in place of the password. Browsers offer them on https and localhost.

The library is loaded with the first passkey: it brings cryptography, which most requests do not need.
"""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from classifier.accounts.second_factor import first_recovery_codes, recovery_codes_delete_unneeded
from classifier.accounts.security_log import Kind, record_event
from classifier.errors import ProductError
from classifier.models import Passkey, Person

if TYPE_CHECKING:
    from fido2.server import Fido2Server

REGISTRATION = "passkey_registration"
AUTHENTICATION = "passkey_authentication"
MAX_PASSKEYS = 20
MAX_RESPONSE_LENGTH = 20_000


def _server(request: HttpRequest) -> Fido2Server:
    """Its identity is the host name, so that a passkey of one site never works on another."""
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    host = request.get_host().rpartition("]")[0] or request.get_host().partition(":")[0]
    return Fido2Server(PublicKeyCredentialRpEntity(id=host.lstrip("["), name="Countermood"))


def passkey_registration_options(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the browser needs to create a passkey. The challenge stays in the session."""
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(id=str(person.pk).encode(), name=person.username, display_name=person.username),
        _credentials(Passkey.objects.filter(person=person)),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    request.session[REGISTRATION] = _plain(state)
    return _plain(options)


def passkey_add(*, request: HttpRequest, person: Person, name: str, response: str, now: datetime) -> list[str]:
    """Store the passkey that the browser created. Returns the recovery codes, if these are the first ones."""
    name = " ".join(name.split())[:80] or "Passkey"
    state = request.session.pop(REGISTRATION, None)
    if Passkey.objects.filter(person=person).count() >= MAX_PASSKEYS:
        raise ProductError(
            "too_many_passkeys",
            gettext("You have %(most)s passkeys, and no more are allowed: remove one first.") % {"most": MAX_PASSKEYS},
        )
    try:
        data = _server(request).register_complete(state or {}, _parse(response))
    except (ValueError, KeyError, TypeError) as error:
        raise _rejected() from error
    credential = data.credential_data
    if credential is None:
        raise _rejected()
    try:
        with transaction.atomic():
            Passkey.objects.create(
                person=person,
                name=name,
                credential_id=_encode(credential.credential_id),
                credential_data=bytes(credential),
                sign_count=data.counter,
                created_at=now,
            )
            codes = first_recovery_codes(person=person, request=request)
    except IntegrityError:
        raise ProductError(
            "factor_exists", gettext("This passkey belongs to an account already."), HTTPStatus.CONFLICT
        ) from None
    record_event(Kind.SECOND_FACTOR_ADDED, person, request, factor="passkey", name=name)
    return codes


def passkey_remove(*, person: Person, passkey_id: int, request: HttpRequest | None = None) -> bool:
    passkey = Passkey.objects.filter(person=person, id=passkey_id).first()
    if passkey is None:
        return False
    passkey.delete()
    record_event(Kind.SECOND_FACTOR_REMOVED, person, request, factor="passkey", name=passkey.name)
    recovery_codes_delete_unneeded(person=person)
    return True


def passkey_sign_in_options(request: HttpRequest, person: Person | None) -> dict[str, Any]:
    """For the second step of this person; without one, for signing in by passkey alone, which the device has to
    confirm with a fingerprint, a face or a PIN."""
    from fido2.webauthn import UserVerificationRequirement

    kind = UserVerificationRequirement.PREFERRED if person else UserVerificationRequirement.REQUIRED
    credentials = _credentials(Passkey.objects.filter(person=person)) if person else None
    options, state = _server(request).authenticate_begin(credentials, user_verification=kind)
    request.session[AUTHENTICATION] = {**_plain(state), "person": person.pk if person else None}
    return _plain(options)


def passkey_check(*, request: HttpRequest, person: Person | None, response: str, now: datetime) -> Person:
    """The owner of the passkey with which the browser answered. Each challenge works once."""
    from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

    state = request.session.pop(AUTHENTICATION, None) or {}
    if state.pop("person", None) != (person.pk if person else None):
        raise _rejected()
    try:
        answer = AuthenticationResponse.from_dict(_parse(response))
        passkey = Passkey.objects.select_related("person").get(credential_id=_encode(answer.raw_id))
        if not passkey.person.is_active or (person is not None and passkey.person_id != person.pk):
            raise _rejected()
        _server(request).authenticate_complete(state, [AttestedCredentialData(bytes(passkey.credential_data))], answer)
    except (ValueError, KeyError, TypeError, Passkey.DoesNotExist) as error:
        record_event(Kind.SIGN_IN_FAILED, person, request, by=person, method="passkey")
        raise _rejected() from error
    count = answer.response.authenticator_data.counter
    if passkey.sign_count and count <= passkey.sign_count:
        record_event(Kind.SIGN_IN_FAILED, passkey.person, request, by=passkey.person, method="passkey", why="copied")
        raise ProductError(
            "passkey_copied", gettext("This passkey was used by a copy of itself: remove it and create a new one."), 403
        )
    Passkey.objects.filter(id=passkey.id).update(sign_count=count, last_used_at=now)
    return passkey.person


def _credentials(passkeys: Any) -> list[Any]:
    from fido2.webauthn import AttestedCredentialData

    return [AttestedCredentialData(bytes(data)) for data in passkeys.values_list("credential_data", flat=True)]


def _parse(response: str) -> dict[str, Any]:
    if len(response) > MAX_RESPONSE_LENGTH:
        raise ValueError("The response is too long.")
    parsed = json.loads(response)
    if not isinstance(parsed, dict):
        raise TypeError("The response is no object.")
    return parsed


def _plain(value: Any) -> dict[str, Any]:
    """As plain JSON, which a session can store."""
    return json.loads(json.dumps(dict(value)))


def _encode(data: bytes) -> str:
    from fido2.utils import websafe_encode

    return websafe_encode(data)


def _rejected() -> ProductError:
    return ProductError(
        "passkey_rejected",
        gettext("This passkey was not accepted: try again, or sign in another way."),
        HTTPStatus.FORBIDDEN,
    )
