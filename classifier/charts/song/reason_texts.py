"""What the analysis says about the sound of a song, in the language of the page: reasons, and their sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext

from classifier.charts.mood_names import Side
from classifier.stored_texts import in_page_language, is_translated


def reason_text(reason: Mapping[str, Any]) -> str:
    """One property of the sound compared with other songs, such as “Slower than 80 % of songs”."""
    text = str(reason["text"])
    if is_translated():
        key = text.removeprefix("in ")
        text = gettext("in %(key)s") % {"key": gettext(key)} if reason.get("trait") == "key" else in_page_language(text)
    return text[:1].upper() + text[1:]


def explanation_text(sentence: str, mood: str) -> str:
    """ "Calm: slow-moving, quiet and dark in timbre." from the words for traits that the sentence names."""
    if not sentence or not is_translated():
        return sentence
    named = sentence.partition(": ")[2].removesuffix(".")
    first, _, last = named.rpartition(" and ")
    words = [pgettext("sound", word) for word in [*(first.split(", ") if first else []), last]]
    text = words[0]
    if len(words) > 1:
        text = gettext("%(words)s and %(last)s") % {"words": ", ".join(words[:-1]), "last": words[-1]}
    return gettext("%(mood)s: %(traits)s.") % {"mood": Side(mood).adjective, "traits": text}
