"""Sources of tests, and the errors that they raise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from classifier.errors import ProductError
from classifier.models import Person, Source, SourceKind
from classifier.sources.secrets import encrypt
from classifier.sources.servers import Server, server_for

PASSWORD = "a secret with ünusual & signs"


def connected(kind: SourceKind, address: str, *, username: str = "anna", secret: str = PASSWORD) -> Server:
    """The server of a source that is not stored."""
    owner = Person(username="anna")
    encrypted = encrypt(secret)
    return server_for(Source(owner=owner, kind=kind, address=address, username=username, encrypted_secret=encrypted))


@contextmanager
def raises(code: str) -> Iterator[pytest.ExceptionInfo[ProductError]]:
    """The error has this code, a sentence, and no secret."""
    with pytest.raises(ProductError) as raised:
        yield raised
    assert raised.value.code == code, raised.value.message
    assert raised.value.message.endswith(".")
    assert PASSWORD not in raised.value.message
    assert "/rest/" not in raised.value.message
