"""Tags and filters of pages. A built-in library: templates do not load it, and it replaces Django's filter `date`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.template.defaultfilters import date as django_date
from django.template.defaultfilters import filesizeformat as django_filesizeformat
from django.utils.dateparse import parse_datetime
from django.utils.html import json_script
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language

from classifier import ml_gateway
from classifier.accounts.event_texts import details_text, device_text
from classifier.charts.number_text import length_text
from classifier.localized import decimal, grouped
from classifier.script_texts import script_texts
from classifier.stored_texts import in_page_language
from classifier.uploads.limits import UPLOAD_BLOCK_BYTES, max_upload_bytes, size_text

register = template.Library()
register.filter("grouped", grouped)

UNDO = "undo-"
"""Begins the extra tag of a message about a deletion, whose rest is the moment by which the bin has the songs."""


@register.filter("date", is_safe=False)
def date(value: Any, pattern: str | None = None) -> str:
    """Django's filter, which fails at both ends of the calendar: the local time of a moment in the year 1 or 9999 may
    be in the year 0 or 10000. Such a moment, which only a wrong clock writes, is shown in UTC.

    Patterns are written for English; German has a point after the day of the month.
    """
    if pattern and get_language() == "de":
        pattern = pattern.replace("j M", "j. M").replace("j F", "j. F")
    if isinstance(value, datetime) and is_aware(value):
        with contextlib.suppress(OverflowError):
            value = localtime(value)
    return str(django_date(value, pattern))


@register.filter("filesizeformat", is_safe=True)
def file_size(size_bytes: Any) -> str:
    """Django's filter, with the decimal separator of the language."""
    return decimal(django_filesizeformat(size_bytes))


@register.simple_tag(name="script_texts")
def script_texts_block() -> str:
    """The catalogue of scripts as a data block, before the scripts that read it; nothing for English."""
    texts = script_texts()
    return json_script(texts, "script-texts") if texts else ""


@register.filter("in_page_language")
def shown_in_page_language(text: Any) -> str:
    """A sentence that the database has in English."""
    return in_page_language(str(text or ""))


@register.filter(is_safe=False)
def event_details(details: Mapping[str, Any]) -> str:
    """Of a security event, in the language of the page."""
    return details_text(details)


@register.filter
def event_device(device: str) -> str:
    return device_text(device)


def undo_tag(moment: datetime) -> str:
    """The extra tag of a message about songs that were deleted at this moment."""
    return f"{UNDO}{moment.isoformat()}"


@register.filter
def undo_moment(message: Message) -> str:
    """The moment of a message about a deletion; empty for other ones."""
    tag = str(message.extra_tags or "")
    moment = tag.removeprefix(UNDO) if tag.startswith(UNDO) else ""
    return moment if moment and parse_datetime(moment) else ""


@register.simple_tag(name="upload_limits")
def upload_limits() -> Mapping[str, Any]:
    """For every page that takes dropped files."""
    return {
        "file_bytes": max_upload_bytes(),
        "file_text": size_text(max_upload_bytes()),
        "chunk_bytes": UPLOAD_BLOCK_BYTES,
        "min_length": length_text(ml_gateway.SPEC.min_duration_s),
        "max_length": length_text(ml_gateway.SPEC.max_duration_s),
    }
