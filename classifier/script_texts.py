"""The texts of scripts in the language of the page. English ones are in the scripts themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JSONCatalog


def script_texts() -> dict[str, Any]:
    """By their English text, one translation or those of singular and plural; empty for English."""
    language = get_language()
    return {} if language in (None, settings.LANGUAGE_CODE) else _texts(str(language))


@cache
def _texts(language: str) -> dict[str, Any]:
    view = JSONCatalog()
    view.translation = DjangoTranslation(
        language, domain="djangojs", localedirs=[str(path) for path in settings.LOCALE_PATHS]
    )
    return view.get_catalog()
