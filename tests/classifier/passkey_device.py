"""A passkey in software: what a browser and its authenticator answer."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


class PasskeyDevice:
    def __init__(self, host: str = "localhost", origin: str = "http://localhost:8000") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.host, self.origin = host, origin
        self.counter = 0
        self.verifies_user = True

    def create(self, options: dict[str, Any]) -> str:
        credential = AttestedCredentialData.create(
            Aaguid.NONE, self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = self._data(FLAG.AT, bytes(credential))
        client = self._client(CollectedClientData.TYPE.CREATE, options)
        attestation = AttestationObject.create("none", data, {})
        return self._json({"clientDataJSON": client, "attestationObject": attestation})

    def answer(self, options: dict[str, Any]) -> str:
        self.counter += 1
        data = self._data(FLAG(0), b"")
        client = self._client(CollectedClientData.TYPE.GET, options)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._json({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def _data(self, flags: Any, credential: bytes) -> AuthenticatorData:
        flags |= FLAG.UP | (FLAG.UV if self.verifies_user else FLAG(0))
        host = hashlib.sha256(self.host.encode()).digest()
        return AuthenticatorData.create(host, flags, self.counter, credential)

    def _client(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, options["publicKey"]["challenge"], self.origin)

    def _json(self, response: dict[str, bytes]) -> str:
        identifier = websafe_encode(self.credential_id)
        encoded = {name: websafe_encode(data) for name, data in response.items()}
        return json.dumps({"id": identifier, "rawId": identifier, "type": "public-key", "response": encoded})
