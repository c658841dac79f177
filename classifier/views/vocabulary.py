"""The page of a user's own words for moods: edited, previewed on songs, exported, imported, and reset."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.active_words import ActiveWords
from classifier.models import Person, Song, Vocabulary
from classifier.serializers import song_json
from classifier.views.vocabulary_form import content_of_form, score_choices, split_rows, term_rows
from classifier.vocabularies.names import waiting
from classifier.vocabularies.stored import vocabulary_of, vocabulary_reset, vocabulary_save

PREVIEWED, SHOWN = 60, 10
"""The newest songs of which the preview shows some, those whose name changes first."""
MAX_FILE_BYTES = 100_000


@dataclass(frozen=True)
class PreviewRow:
    song: Song
    before: str
    after: str

    @property
    def changes(self) -> bool:
        return self.before != self.after


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    content = ml_gateway.vocabulary_to_json(vocabulary_of(request.user))
    preview: list[PreviewRow] | None = None
    error = ""
    action = request.POST.get("action", "")
    if request.method == "POST":
        if action == "reset":
            vocabulary_reset(person=request.user, now=timezone.now())
            messages.success(request, _("Moods have the words of Countermood again."))
            return redirect("vocabulary")
        try:
            if action == "import":
                vocabulary = ml_gateway.vocabulary_from_json(_imported(request))
            else:
                content = content_of_form(request.POST.dict())
                vocabulary = ml_gateway.vocabulary_from_json(content)
            if action == "save":
                vocabulary_save(person=request.user, content=content, now=timezone.now())
                messages.success(request, _("Your words are saved."))
                return redirect("vocabulary")
            content = ml_gateway.vocabulary_to_json(vocabulary)
            preview = _preview(request.user, vocabulary)
        except ml_gateway.MoodError as problem:
            error = problem.message
    language = str(content.get("language", "")) or get_language() or ""
    context = {
        "section": "account",
        "content": content,
        "terms": term_rows(content, ml_gateway.mood_words(language)),
        "splits": split_rows(content),
        "scores": score_choices(),
        "languages": ml_gateway.LANGUAGES.values(),
        "error": error,
        "preview": preview,
        "is_draft": request.method == "POST",
        "waiting": _waiting(request.user),
    }
    return render(request, "vocabulary/page.html", context, status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK)


@require_safe
def export(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The saved vocabulary as a file."""
    content = ml_gateway.vocabulary_to_json(vocabulary_of(request.user))
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="vocabulary.json"'}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


def _imported(request: AuthenticatedHttpRequest) -> Any:
    """What a file says; it becomes the draft in the form, and is saved from there."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size or file.size > MAX_FILE_BYTES:
        raise _not_a_vocabulary(_("Choose a file of a vocabulary, of at most 100 KB."))
    try:
        return json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _not_a_vocabulary(_("The file is not JSON: choose one that Countermood exported.")) from None


def _not_a_vocabulary(message: str) -> ml_gateway.MoodError:
    return ml_gateway.MoodError("vocabulary_malformed", message)


def _preview(person: Person, vocabulary: ml_gateway.HouseVocabulary) -> list[PreviewRow]:
    """Names by the models and by a vocabulary that is not saved."""
    words = ActiveWords(vocabulary.words(get_language() or ""), vocabulary)
    songs = Song.objects.for_owner(person).filter(status="done").newest_first().with_analysis(detail=True)[:PREVIEWED]
    rows = []
    for song in songs:
        if song.analysis is not None:
            after = song_json(song, with_segments=False, words=words)["mood"]["name"]
            rows.append(PreviewRow(song, song.analysis.name, after))
    return sorted(rows, key=lambda row: not row.changes)[:SHOWN]


def _waiting(person: Person) -> int:
    """Songs that do not have the names of the saved vocabulary yet."""
    row = Vocabulary.objects.filter(owner=person, is_applied=False).first()
    return waiting(row, vocabulary_of(person)).count() if row else 0
