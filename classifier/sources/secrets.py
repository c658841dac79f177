"""Passwords and API keys of music servers, encrypted with a key that is not in the database.

The key comes from SOURCES_KEY, or from the file `sources_key` in DATA_DIR, which the first secret creates. Without it,
a copy of the database, such as a backup, does not show them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext

from classifier.errors import ProductError
from mmc.installation import load_or_create_secret

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

KEY_FILE = "sources_key"
PURPOSE = b"countermood: secrets of sources, version 1"


def encrypt(text: str) -> str:
    """A text of ASCII characters, which only the same key makes readable again. Nothing stays nothing."""
    return _fernet().encrypt(text.encode()).decode("ascii") if text else ""


def decrypt(text: str) -> str:
    """Raises ProductError where another key encrypted it, or where it is damaged."""
    from cryptography.fernet import InvalidToken

    if not text:
        return ""
    try:
        return _fernet().decrypt(text.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise ProductError(
            "source_secret_unreadable",
            gettext(
                "The stored password cannot be read: the key that encrypted it (SOURCES_KEY, or sources_key in "
                "DATA_DIR) is another one now. Enter the password again."
            ),
            HTTPStatus.CONFLICT,
        ) from None


def _fernet() -> Fernet:
    # Loaded with the first secret, so that web processes that need none stay small.
    from cryptography.fernet import Fernet

    text = settings.SOURCES_KEY or load_or_create_secret(settings.DATA_DIR / KEY_FILE)
    return Fernet(base64.urlsafe_b64encode(hmac.digest(text.encode(), PURPOSE, hashlib.sha256)))
