"""The vocabulary of a person: read, saved, reset, and in use during requests and background tasks."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from classifier import ml_gateway
from classifier.active_words import ActiveWords, shipped_words, use_words
from classifier.errors import ProductError
from classifier.models import Person, Vocabulary
from classifier.vocabularies.names import apply_batch

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT, OWN = "default", "own"
WORDS = (DEFAULT, OWN, *ml_gateway.LANGUAGES)
"""The values of the parameter `words`."""


def vocabulary_of(person: Person) -> ml_gateway.HouseVocabulary:
    """That in use; one without any change for a person who has none."""
    own = own_words(person)
    return own.vocabulary if own and own.vocabulary else ml_gateway.HouseVocabulary()


def own_words(person: Person, language: str = "") -> ActiveWords | None:
    """The own words of a person, in the language of the context where the vocabulary has none; None without any."""
    if not person.vocabulary_version:
        return None
    row = Vocabulary.objects.filter(owner=person).first()
    if row is None:
        return None
    vocabulary = ml_gateway.vocabulary_from_json(row.content)
    return ActiveWords(vocabulary.words(language or get_language() or ""), vocabulary, row.version)


def words_of(person: Person) -> AbstractContextManager[None]:
    """Inside, the active words are those of this person: for background tasks. Read once, where they are asked for."""
    return use_words(remembered(lambda: person))


def remembered(person: Callable[[], Person | None]) -> Callable[[], ActiveWords | None]:
    """A getter for `use_words` that reads the vocabulary once for each language and version."""
    known: dict[tuple[int, int, str], ActiveWords | None] = {}

    def getter() -> ActiveWords | None:
        one = person()
        if one is None or not one.vocabulary_version:
            return None
        key = (one.pk, one.vocabulary_version, get_language() or "")
        if key not in known:
            known[key] = own_words(one)
        return known[key]

    return getter


def words_named(name: str, person: Person) -> ActiveWords | None:
    """The words that the parameter `words` asks for; None for "default", the names as models give them.

    "own" without an own vocabulary is the language of the context. Raises ProductError.
    """
    if name in ("", DEFAULT):
        return None
    if name == OWN:
        return own_words(person) or shipped_words(get_language() or "")
    if name in ml_gateway.LANGUAGES:
        return shipped_words(name)
    raise ProductError(
        "words_unknown", f"words is “{name[:40]}”, but must be one of {', '.join(WORDS)}: correct it or leave it out."
    )


def vocabulary_save(*, person: Person, content: Any, now: datetime) -> Vocabulary:
    """Check and store a vocabulary, and put it in use. Its names reach a small library at once, a large one in batches.

    Raises MoodError("vocabulary_malformed").
    """
    vocabulary = ml_gateway.vocabulary_from_json(content)
    return _store(person, ml_gateway.vocabulary_to_json(vocabulary), now, in_use=vocabulary != _UNCHANGED)


def vocabulary_reset(*, person: Person, now: datetime) -> None:
    """Back to the shipped words."""
    if person.vocabulary_version:
        _store(person, ml_gateway.vocabulary_to_json(_UNCHANGED), now, in_use=False)


def vocabulary_lock(person: Person) -> None:
    """Until the end of the transaction, nobody else saves one. The person has the version in use afterwards."""
    Vocabulary.objects.get_or_create(owner=person, defaults={"updated_at": timezone.now()})
    Vocabulary.objects.select_for_update().get(owner=person)
    person.refresh_from_db(fields=["vocabulary_version"])


def vocabulary_apply_again(person: Person) -> None:
    """For songs that came from elsewhere, and have no names of this vocabulary yet."""
    Vocabulary.objects.filter(owner=person).update(is_applied=False)


_UNCHANGED = ml_gateway.HouseVocabulary()


def _store(person: Person, content: dict[str, Any], now: datetime, *, in_use: bool) -> Vocabulary:
    with transaction.atomic():
        # Locked, so that a song that finishes now gets the names of the version before it or of this one, and is
        # counted among those of the version before it.
        Vocabulary.objects.get_or_create(owner=person, defaults={"updated_at": now})
        row = Vocabulary.objects.select_for_update().get(owner=person)
        row.version += 1
        row.content, row.updated_at, row.is_applied = content, now, False
        row.save()
        person.vocabulary_version = row.version if in_use else 0
        Person.objects.filter(pk=person.pk).update(vocabulary_version=person.vocabulary_version)
    transaction.on_commit(partial(apply_batch, row))
    return row
