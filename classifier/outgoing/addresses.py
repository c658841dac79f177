"""Numeric addresses to which this server may connect on behalf of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier import ml_gateway

if TYPE_CHECKING:
    from classifier.models import Person

EVERYONE, OWNERS, NOBODY = "everyone", "owners", "nobody"
"""Values of the settings that allow the server's own network."""


def allowed_for(setting: str, person: Person) -> bool:
    """Whether a setting with one of the values above allows something to this user."""
    return setting == EVERYONE or (setting == OWNERS and person.is_owner)


def address_allowed(text: str, *, private_allowed: bool) -> bool:
    """Whether a connection may go to a numeric address.

    To be called with the address that is connected to, not with one that a name had a moment before.
    """
    if ml_gateway.is_never_a_server(text):
        return False
    return private_allowed or ml_gateway.is_public(text)
