"""Sentences that the database has in English, such as why an analysis failed, in the language of the page.

Workers write them with values in them: “The song is 3 hours long, …”. The catalogue has each with placeholders, by
which a stored sentence is recognised and its values are carried over. One that no translation fits stays English.
"""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation.trans_real import translation

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
LEAST_LETTERS = 12
"""Of a text beside its placeholders: shorter ones would fit other sentences by chance."""


def is_translated() -> bool:
    """Whether the page has another language than the database."""
    return get_language() not in (None, settings.LANGUAGE_CODE)


def in_page_language(text: str) -> str:
    language = get_language()
    if not text or language is None or not is_translated():
        return text
    translated = gettext(text)
    if translated != text:
        return translated
    for pattern, message in _patterns(language):
        if match := pattern.fullmatch(text):
            values = {name: in_page_language(value) for name, value in match.groupdict().items()}
            return gettext(message) % values
    return text


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Of the catalogue's texts with placeholders, the longest first: of two that fit, it is the more exact one."""
    # As Django's view of catalogues for scripts does.
    messages = {key for key in translation(language)._catalog.keys() if isinstance(key, str)}  # type: ignore[attr-defined]  # noqa: SIM118
    letters = {message: len(PLACEHOLDER.sub("", message)) for message in messages if PLACEHOLDER.search(message)}
    ranked = sorted(
        (message for message, count in letters.items() if count >= LEAST_LETTERS), key=lambda one: -letters[one]
    )
    return [(_pattern(message), message) for message in ranked]


def _pattern(message: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(message)
    seen: set[str] = set()
    pattern = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pattern += re.escape(part.replace("%%", "%"))
        else:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
    return re.compile(pattern, re.DOTALL)
