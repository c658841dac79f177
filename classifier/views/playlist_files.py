"""Playlists as downloads."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import ProductError
from classifier.media.playlist_file import playlist_file
from classifier.views.playlists import own_playlist


@require_safe
def export(request: AuthenticatedHttpRequest, playlist_id: uuid.UUID, kind: str) -> HttpResponse:
    playlist = own_playlist(request, playlist_id)
    try:
        return playlist_file(playlist, kind)
    except ProductError as error:
        messages.error(request, error.message)
        return redirect("playlist", playlist_id)
