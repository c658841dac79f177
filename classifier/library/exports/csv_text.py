"""Rows as CSV that no spreadsheet runs: cells that might be formulas are quoted, and taken back by `without_quote`."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from classifier.serializers import iso_timestamp

# Excel reads a file as UTF-8 only if it begins with this; other programs ignore it.
BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet runs a cell that begins with one of these as a formula; some do for full-width and minus signs as well.
FORMULA_SIGNS = frozenset("=+-@\N{MINUS SIGN}")
# Some drop these at the start of a cell, and then see what follows.
DROPPED_STARTS = ("\t", "\r", "\n")
# Letters and symbols without a glyph. Controls, spaces, marks and format characters are known by their category.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
QUOTE = "'"
# Most cells: a function call for each would take longer than to write them.
WRITTEN_AS_IS = frozenset({float, int, type(None)})


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Times are in UTC; a missing value is an empty cell."""
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(columns)
    for row in rows:
        yield writer.writerow(
            [value if type(value) in WRITTEN_AS_IS else cell(value) for value in map(row.get, columns)]
        )


def cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return iso_timestamp(value)
    if isinstance(value, str) and _may_be_formula(value):
        return f"{QUOTE}{value}"
    return value


def without_quote(text: str) -> str:
    """The text whose cell this is."""
    return text[1:] if text.startswith(QUOTE) and _may_be_formula(text[1:]) else text


def _may_be_formula(text: str) -> bool:
    """Whether a spreadsheet might run a cell with this text as a formula, even after invisible characters."""
    if text[:1].isascii() and text[:1].isalnum():
        return False
    if text.startswith(DROPPED_STARTS):
        return True
    first = next((char for char in text if not _is_invisible(char)), "")
    return unicodedata.normalize("NFKC", first)[:1] in FORMULA_SIGNS


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char)[0] in "CZM" or char in BLANK


class _Echo:
    """A file that returns what is written to it."""

    def write(self, text: str) -> str:
        return text
