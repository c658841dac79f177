"""Numbers and keys as the language of the page writes them: 1,234.5 in English, 1.234,5 in German.

Django's own formats serve templates, whose numbers scripts and styles read too, so that they keep the decimal point.
"""

from django.utils.translation import get_language, gettext, ngettext

from classifier import ml_gateway

ENGLISH = (",", ".")
SEPARATORS = {"de": (".", ",")}


def grouped(number: float, digits: int = 0) -> str:
    """Rounded to so many decimals, with separators between thousands."""
    thousands, decimals = SEPARATORS.get(get_language() or "", ENGLISH)
    return f"{number:,.{digits}f}".translate(str.maketrans(",.", thousands + decimals))


def decimal(number: str) -> str:
    """A number that Python wrote, with the decimal separator of the language."""
    return number.replace(".", SEPARATORS.get(get_language() or "", ENGLISH)[1])


def key_name(key: float, mode: float) -> str:
    """ "A minor" or “a-Moll”."""
    return gettext(ml_gateway.key_name(key, mode))


def songs_text(count: int) -> str:
    return ngettext("%(count)s song", "%(count)s songs", count) % {"count": grouped(count)}
