"""One's own songs; another's are as if they were not there."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.models import Song


def own_song(request: AuthenticatedHttpRequest, song_id: uuid.UUID) -> Song:
    return get_object_or_404(Song.objects.for_owner(request.user), id=song_id)


def way_back(request: HttpRequest, otherwise: str) -> str:
    """Where the form says that the person came from, if that is a page of this site."""
    target = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if own else otherwise
