"""Access to the user's own songs; the songs of other users are not found."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.models import Song


def own_song(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> Song:
    return get_object_or_404(Song.objects.for_owner(request.user), id=song_id)


def return_address(request: HttpRequest, default: str) -> str:
    """The page named in the form's `next` field, if it belongs to this site."""
    address = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if allowed else default
