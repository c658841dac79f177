"""Decoding of tag texts whose encoding the file does not state: legacy ID3 frames, ID3v1 and RIFF INFO.

The encoding is decided over all texts of a file together, because a single title is too short. UTF-8 comes first. Then
texts in which words mix ASCII letters with a few others are Western European, or another Latin code page if they would
contain symbols inside words. For the rest chardet chooses among the code pages and East Asian encodings that decode all
texts to plausible characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

LATIN = ("cp1252", "cp1250", "cp1254")
OTHER_SCRIPTS = ("cp1251", "koi8-r", "cp1253", "cp1255", "cp1256", "cp874")
EAST_ASIAN = ("cp932", "euc-jp", "gb18030", "big5", "cp949")
DEFAULT = LATIN[0]
ID3V1_BYTES = 30
"""Length of a text field in ID3v1, which cuts longer texts."""

_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_NON_ASCII = re.compile(rb"[\x80-\xff]")
_KANA = re.compile("[ぁ-ヿ]")
_AMBIGUOUS = re.compile("[þýðÞÝÐ]")
"""Icelandic in cp1252, but Turkish letters in cp1254."""

_PUNCTUATION = frozenset("’‘“”„–—…•·°®™©«»¡¿½¼¾\xa0×№♪★☆♥")
_NEVER_INSIDE_WORDS = frozenset("°®™©«»¡¿½¼¾„“”")


def decode_texts(texts: Sequence[bytes]) -> list[str]:
    """The texts in the one encoding that fits all of them; never raises."""
    encoding = detect_encoding(texts)
    return [_decoded(text, encoding) or text.decode(DEFAULT, "replace") for text in texts]


def detect_encoding(texts: Sequence[bytes]) -> str:
    """The name of the encoding of all texts together."""
    if all(_decoded(text, "utf-8") is not None for text in texts):
        return "utf-8"
    words = [word for text in texts for word in _WORD.findall(text) if _NON_ASCII.search(word)]
    mixed = [word for word in words if len(word) <= 2 or re.search(rb"[A-Za-z]", word)]
    if 2 * len(mixed) > len(words) and (latin := _plausible_encodings(texts, LATIN)):
        if latin[0] == DEFAULT and not any(_AMBIGUOUS.search(_decoded(text, DEFAULT) or "") for text in texts):
            return DEFAULT
        return _most_likely(texts, latin)
    candidates = _plausible_encodings(texts, (*OTHER_SCRIPTS, *EAST_ASIAN)) or _plausible_encodings(texts, LATIN)
    japanese = [
        name
        for name in candidates
        if name in ("cp932", "euc-jp") and any(_KANA.search(_decoded(text, name) or "") for text in texts)
    ]
    return _most_likely(texts, japanese or candidates or [DEFAULT])


def _most_likely(texts: Sequence[bytes], candidates: Sequence[str]) -> str:
    if len(candidates) == 1:
        return candidates[0]
    import chardet  # here: takes 0.1 s, and most files need none of it

    detected = chardet.detect(b"\n".join(texts), include_encodings=candidates, no_match_encoding=candidates[0])
    return detected["encoding"] or candidates[0]


def _plausible_encodings(texts: Sequence[bytes], names: Iterable[str]) -> list[str]:
    """Those encodings in which all texts consist of plausible characters."""
    plausible = []
    for name in names:
        decoded = [_decoded(text, name) for text in texts]
        if all(text is not None and _is_plausible(text) for text in decoded):
            plausible.append(name)
    return plausible


def _decoded(text: bytes, encoding: str) -> str | None:
    """The text; None if it is not in this encoding. An incomplete last character that ID3v1 cut off is dropped."""
    for cut in range(4 if len(text) == ID3V1_BYTES else 1):
        try:
            return text[: len(text) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_plausible(text: str) -> bool:
    """Whether no character is unlikely in a title: symbols, a capital after a small letter, symbols inside words."""
    for before, character, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if character.isascii():
            continue
        category = unicodedata.category(character)
        if category[0] in "LM":
            if character in "ªº" or (category == "Lu" and before.islower()):
                return False
        elif category not in ("Nd", "Nl"):
            is_cjk_punctuation = "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef"
            if character not in _PUNCTUATION and not is_cjk_punctuation:
                return False
            if character in _NEVER_INSIDE_WORDS and before.isalpha() and after.isalpha():
                return False
    return True
