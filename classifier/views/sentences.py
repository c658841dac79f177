"""The page that finds songs by a sentence, and keeps them as a playlist."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import ProductError
from classifier.playlists.choose import ChosenSong, choose
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.stored import NAME_LENGTH, playlist_create
from classifier.sentences.grammar import read_sentence
from classifier.sentences.library_names import LibraryNames
from classifier.sentences.meaning import Reading, sentence_of
from classifier.sentences.rules import Asked, rule_of
from classifier.sentences.tokens import MAX_CHARACTERS
from classifier.views.playlists import Entry
from classifier.views.sentence_parts import DEGREE_LABELS, MODES, PartFields, genre_choices, mood_choices, parts_of_form
from classifier.views.song_cards import cards

MOST_SHOWN = 100
EXAMPLES = (
    "sad but hopeful, under 100 bpm, no rap",
    "an hour of calm jazz",
    "happy songs from the 80s, at most 20 songs",
    "from sad to joyful in 15 songs",
)


@require_safe
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The songs of the sentence `q`. With the fields of its parts, the sentence that they make."""
    if "kind-0" in request.GET or "add-mood" in request.GET:
        return redirect(_address(sentence_of(parts_of_form(request.GET))))
    text = _line(request.GET.get("q", ""))
    context: dict[str, Any] = {
        "section": "playlists",
        "text": text[:MAX_CHARACTERS],
        "is_cut": len(text) > MAX_CHARACTERS,
        "most_characters": MAX_CHARACTERS,
        "examples": [(one, urlencode({"q": one})) for one in EXAMPLES],
    }
    if text:
        context |= _answer(request, text)
    return render(request, "playlists/sentence.html", context)


@require_POST
def keep(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Store the playlist of a sentence, which follows the library from then on."""
    text = _line(request.POST.get("q", ""))[:MAX_CHARACTERS]
    try:
        _, asked = _read(request, text)
        if asked.rule is None:
            raise ProductError(
                "sentence_not_understood", gettext("No part of the sentence was understood: say it otherwise.")
            )
        playlist = playlist_create(
            owner=request.user,
            name=request.POST.get("name", ""),
            description=text,
            rule=asked.rule,
            now=timezone.now(),
        )
    except ProductError as error:
        messages.error(request, error.message)
        return redirect(_address(text))
    return redirect("playlist", playlist.id)


def _answer(request: AuthenticatedHttpRequest, text: str) -> dict[str, Any]:
    reading, asked = _read(request, text)
    chosen, problem = _choose(request, asked.rule)
    shown = chosen[:MOST_SHOWN]
    return {
        "reading": reading,
        "notes": asked.notes,
        "rows": [PartFields(number, part) for number, part in enumerate(reading.understood)],
        "moods": mood_choices(),
        "genres": genre_choices(),
        "modes": MODES,
        "degrees": DEGREE_LABELS,
        "entries": [Entry(card, one.reason) for card, one in zip(cards(one.song for one in shown), shown, strict=True)],
        "count": len(chosen),
        "problem": problem,
        "can_keep": asked.rule is not None and not problem,
        "name": _name_of(reading),
        "name_length": NAME_LENGTH,
    }


def _read(request: AuthenticatedHttpRequest, text: str) -> tuple[Reading, Asked]:
    names = LibraryNames(request.user)
    reading = read_sentence(text, names)
    return reading, rule_of(reading, request.user, names)


def _choose(request: AuthenticatedHttpRequest, rule: PlaylistRule | None) -> tuple[list[ChosenSong], str]:
    """The songs, or why there are none."""
    if rule is None:
        return [], ""
    try:
        return choose(request.user, rule), ""
    except ProductError as error:
        return [], error.message


def _name_of(reading: Reading) -> str:
    """A name to begin with: the parts in words, as many as there is room for."""
    name = ""
    for part in reading.understood:
        longer = f"{name}, {part.reading[:1].lower()}{part.reading[1:]}" if name else part.reading
        if len(longer) > NAME_LENGTH:
            break
        name = longer
    return name


def _line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _address(text: str) -> str:
    address = reverse("playlist-sentence")
    return f"{address}?{urlencode({'q': text})}" if text else address
