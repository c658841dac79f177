"""Reads a CSV of corrections: one of the own exports, or any table with columns of these names."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import IO

from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.library.exports.csv_text import without_quote
from classifier.localized import grouped

MAX_ROWS = 100_000
MAX_CELL = 1000
"""Characters of a cell that are read: paths are the longest ones."""

IDENTIFIERS = ("id", "sha256", "audio_hash", "path", "title")
"""At least one of these columns has to be there, and one of STATED."""
STATED = ("verdict", "actual_primary", "actual_mood")
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class CorrectionRow:
    """A row of the file; a cell that is missing is empty. `line` counts as a spreadsheet does: the first row has 2."""

    line: int
    id: str = ""
    sha256: str = ""
    audio_hash: str = ""
    path: str = ""
    file_name: str = ""
    title: str = ""
    artist: str = ""
    verdict: str = ""
    verdict_at: str = ""
    actual_primary: str = ""
    actual_secondary: str = ""
    actual_mood: str = ""

    def as_json(self) -> dict[str, str | int]:
        """Without empty cells."""
        return {name: value for name, value in asdict(self).items() if value != ""}


COLUMNS = tuple(field.name for field in fields(CorrectionRow) if field.name != "line")


def corrections_read(stream: IO[bytes]) -> list[CorrectionRow]:
    """All rows that state something. Raises ProductError."""
    text = io.TextIOWrapper(stream, _encoding(stream), newline="")
    try:
        return list(_rows(text))
    except (UnicodeError, csv.Error):
        raise ProductError(
            "corrections_unreadable",
            gettext("The file is not a CSV in UTF-8 or UTF-16: save the table as “CSV UTF-8” and send it again."),
        ) from None
    finally:
        text.detach()


def _rows(text: io.TextIOWrapper) -> Iterator[CorrectionRow]:
    header = text.readline(MAX_CELL * 20)
    delimiter = max(DELIMITERS, key=header.count)
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
    if not set(names) & set(IDENTIFIERS) or not set(names) & set(STATED):
        raise ProductError(
            "corrections_columns",
            gettext(
                "The first row has to name at least one of the columns %(identifiers)s, and one of %(stated)s: "
                "export the history as CSV to see an example."
            )
            % {"identifiers": ", ".join(IDENTIFIERS), "stated": ", ".join(STATED)},
        )
    known = [(number, name) for number, name in enumerate(names) if name in COLUMNS]
    for number, cells in enumerate(csv.reader(text, delimiter=delimiter), start=2):
        if number - 1 > MAX_ROWS:
            raise ProductError(
                "corrections_too_many",
                gettext("The file has more than %(most)s rows: send it in several parts.")
                % {"most": grouped(MAX_ROWS)},
            )
        values = {name: without_quote(cells[place])[:MAX_CELL].strip() for place, name in known if place < len(cells)}
        if any(values.get(name) for name in STATED):
            yield CorrectionRow(line=number, **values)


def _encoding(stream: IO[bytes]) -> str:
    start = stream.read(2)
    stream.seek(0)
    return "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
