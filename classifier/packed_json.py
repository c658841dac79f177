"""JSON values in few bytes: how the results of analyses are stored.

A list of similar objects, such as the segments of a song, becomes columns: numbers as integers of one to four bytes,
names as numbers of a short list. All of it is compressed. Reading gives back exactly the same value, with the same
order of keys; a value for which that does not hold is stored as compressed JSON. Without NumPy, since the web process
reads results.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import repeat
from typing import Any

import orjson

from classifier.packed_json_dictionary import DICTIONARY

JSON, TABLES = b"\x01", b"\x02"
"""The first byte: what is compressed behind it. A value in another form gets another number."""

MAX_TABLES = 8
MAX_DECIMALS = 9
SCORE_DECIMALS = 4
LEVEL = 9
WIDTHS = {"B": 1, "H": 2, "I": 4}
"""Bytes of the integers of a column, by their type code of `array`."""


def pack(value: Any) -> bytes:
    """The value has to be as JSON readers return it: objects have texts for keys, and there are no tuples."""
    content = orjson.dumps(value)
    tables = _pack_tables(value) if isinstance(value, list) and value else None
    if tables is not None and orjson.dumps(_unpack_tables(tables)) == content:
        return TABLES + _compressed(tables)
    return JSON + _compressed(content)


def unpack(packed: bytes) -> Any:
    """Raises ValueError if this version does not know the form."""
    form, content = packed[:1], packed[1:]
    if form == TABLES:
        return _unpack_tables(_decompressed(content))
    if form == JSON:
        return orjson.loads(_decompressed(content))
    raise ValueError(f"A stored result has the form {form!r}, which this version of Countermood cannot read.")


def _compressed(content: bytes) -> bytes:
    compressor = zlib.compressobj(LEVEL, zdict=DICTIONARY)
    return compressor.compress(content) + compressor.flush()


def _decompressed(content: bytes) -> bytes:
    return zlib.decompressobj(zdict=DICTIONARY).decompress(content)


def _pack_tables(rows: list[Any]) -> bytes | None:
    """Rows with the same keys form a table. None if there are too many of them."""
    order: list[int] = []
    shapes: dict[Any, int] = {}
    tables: list[tuple[Any, list[list[Any]]]] = []
    for row in rows:
        leaves: list[Any] = []
        shape = _take_leaves(row, leaves)
        number = shapes.setdefault(shape, len(tables))
        if number == len(tables):
            if number == MAX_TABLES:
                return None
            tables.append((_template(row, iter(range(len(leaves)))), []))
        tables[number][1].append(leaves)
        order.append(number)
    integers: dict[str, list[int]] = {code: [] for code in WIDTHS}
    header = {
        "order": order if len(tables) > 1 else [],
        "tables": [
            {
                "rows": len(table),
                "template": template,
                "columns": [_pack_column(column, integers) for column in zip(*table, strict=True)],
            }
            for template, table in tables
        ],
    }
    text = orjson.dumps(header)
    return struct.pack("<I", len(text)) + text + b"".join(_planes(code, integers[code]) for code in WIDTHS)


def _take_leaves(value: Any, leaves: list[Any]) -> Any:
    """Appends the values inside objects, and returns the objects' keys, in each other as the objects are."""
    if isinstance(value, dict) and value:
        return tuple((key, _take_leaves(child, leaves)) for key, child in value.items())
    leaves.append(value)
    return None


def _template(value: Any, numbers: Iterator[int]) -> Any:
    """The objects of a row, with the number of a column in place of each value."""
    if isinstance(value, dict) and value:
        return {key: _template(child, numbers) for key, child in value.items()}
    return next(numbers)


def _pack_column(values: Sequence[Any], integers: dict[str, list[int]]) -> list[Any]:
    """How the column is stored: ["number", decimals or null for integers, offset, type], ["name", names], or
    ["json", values]."""
    kinds = set(map(type, values))
    if kinds == {float} or kinds == {int}:
        decimals = None if kinds == {int} else _decimals(values)
        if decimals != -1:
            whole = list(values) if decimals is None else [round(value * 10**decimals) for value in values]
            offset = 0 if min(whole) >= 0 and max(whole) < 1 << 16 else min(whole)
            code = next((code for code, size in WIDTHS.items() if max(whole) - offset < 1 << 8 * size), None)
            if code is not None and abs(offset) < 1 << 53:
                integers[code] += [value - offset for value in whole]
                return ["number", decimals, offset, code]
    elif kinds <= {str, bool, type(None)}:
        names = list(dict.fromkeys(values))
        if len(names) <= 256:
            numbers = {name: number for number, name in enumerate(names)}
            integers["B"] += [numbers[value] for value in values]
            return ["name", names]
    return ["json", list(values)]


def _decimals(values: Sequence[float]) -> int:
    """The decimal places that all values have at most; -1 if they have more than can be stored exactly."""
    for decimals in range(MAX_DECIMALS + 1):
        scale = 10**decimals
        if all(abs(value) * scale < 1 << 53 and round(value * scale) / scale == value for value in values):
            return decimals
    return -1


def _planes(code: str, numbers: list[int]) -> bytes:
    """The integers, little-endian; all lowest bytes first, then all next ones, which compresses better."""
    column = array(code, numbers)
    if sys.byteorder == "big":
        column.byteswap()
    content, size = column.tobytes(), WIDTHS[code]
    return struct.pack("<I", len(numbers)) + b"".join(content[plane::size] for plane in range(size))


def _unpack_tables(content: bytes) -> list[Any]:
    (length,) = struct.unpack_from("<I", content)
    header = orjson.loads(content[4 : 4 + length])
    at = 4 + length
    integers = {}
    for code, size in WIDTHS.items():
        (count,) = struct.unpack_from("<I", content, at)
        at += 4
        mixed = bytearray(count * size)
        for plane in range(size):
            mixed[plane::size] = content[at : at + count]
            at += count
        integers[code] = array(code)
        integers[code].frombytes(mixed)
        if sys.byteorder == "big":
            integers[code].byteswap()
    used = dict.fromkeys(WIDTHS, 0)
    tables = [
        _rows(table["template"], [_unpack_column(column, table["rows"], integers, used) for column in table["columns"]])
        for table in header["tables"]
    ]
    if len(tables) == 1:
        return tables[0]
    rows = list(map(iter, tables))
    return [next(rows[number]) for number in header["order"]]


def _unpack_column(column: list[Any], rows: int, integers: dict[str, Any], used: dict[str, int]) -> list[Any]:
    kind, *how = column
    if kind == "json":
        return list(how[0])
    code = "B" if kind == "name" else how[2]
    first = used[code]
    used[code] = first + rows
    numbers = integers[code][first : first + rows]
    if kind == "name":
        return list(map(how[0].__getitem__, numbers))
    decimals, offset, _ = how
    if offset:
        numbers = [number + offset for number in numbers]
    if decimals is None:
        return list(numbers)
    if decimals == SCORE_DECIMALS and offset >= 0:
        try:
            return list(map(_scores().__getitem__, numbers))
        except IndexError:  # not all of them are from 0 to 1
            pass
    # A quotient of integers is the float that is nearest to the decimal number: the one that JSON readers return.
    scale = 10**decimals
    return [number / scale for number in numbers]


@cache
def _scores() -> list[float]:
    """0.0 to 1.0 in steps of the last decimal of scores, which are most of all values: faster than to divide each."""
    return [number / 10**SCORE_DECIMALS for number in range(10**SCORE_DECIMALS + 1)]


def _rows(template: Any, columns: list[list[Any]]) -> list[Any]:
    if isinstance(template, int):
        return columns[template]
    values = zip(*(_rows(child, columns) for child in template.values()), strict=True)
    return list(map(dict, map(zip, repeat(tuple(template)), values)))
