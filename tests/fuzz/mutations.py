"""Damage to files and requests. The same random generator makes the same damage."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

MAX_BYTES = 2_000_000
HEAD_BYTES = 4096
"""Most damage goes here: parsers read lengths and types at the start."""

NUMBERS = tuple(
    value.to_bytes(size, order)
    for size in (1, 2, 4, 8)
    for value in sorted({0, 1, 2 ** (8 * size - 1) - 1, 2 ** (8 * size - 1), 2 ** (8 * size) - 1})
    for order in ("little", "big")
)
"""Lengths and offsets at the borders of their types."""

Mutation = Callable[[bytearray, Random, bytes], None]


def mutated(data: bytes, rng: Random, other: bytes) -> bytes:
    """A damaged copy; `other` is what pieces may come from."""
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8))):
        rng.choice(MUTATIONS)(result, rng, other)
    return bytes(result[:MAX_BYTES])


def _flip_bits(data: bytearray, rng: Random, other: bytes) -> None:
    for _ in range(rng.choice((1, 4, 16))):
        if data:
            data[_place(data, rng)] ^= 1 << rng.randrange(8)


def _overwrite_with_noise(data: bytearray, rng: Random, other: bytes) -> None:
    at = _place(data, rng)
    data[at : at + rng.choice((1, 4, 64, 1024))] = rng.randbytes(rng.choice((1, 4, 64, 1024)))


def _overwrite_with_number(data: bytearray, rng: Random, other: bytes) -> None:
    number = rng.choice(NUMBERS)
    at = _place(data, rng)
    data[at : at + len(number)] = number


def _remove(data: bytearray, rng: Random, other: bytes) -> None:
    at = _place(data, rng)
    del data[at : at + rng.choice((1, 2, 16, 256, 4096))]


def _repeat(data: bytearray, rng: Random, other: bytes) -> None:
    at = _place(data, rng)
    piece = data[at : at + rng.choice((1, 4, 32, 512))]
    data[at:at] = piece * rng.choice((1, 2, 50))


def _insert_from_other(data: bytearray, rng: Random, other: bytes) -> None:
    start = rng.randrange(len(other) + 1)
    piece = other[start : start + rng.choice((8, 128, 2048))]
    at = _place(data, rng)
    data[at : at + rng.choice((0, len(piece)))] = piece


def _truncate(data: bytearray, rng: Random, other: bytes) -> None:
    del data[_place(data, rng) :]


def _blank(data: bytearray, rng: Random, other: bytes) -> None:
    at = _place(data, rng)
    end = min(len(data), at + rng.choice((4, 64, 4096)))
    data[at:end] = rng.choice((b"\0", b"\xff", b"A", b'"', b"\n")) * (end - at)


def _place(data: bytearray, rng: Random) -> int:
    """A position, in two of three cases near the start."""
    length = len(data) if rng.random() < 0.34 else min(len(data), HEAD_BYTES)
    return rng.randrange(length) if length else 0


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bits,
    _overwrite_with_noise,
    _overwrite_with_number,
    _overwrite_with_number,
    _remove,
    _repeat,
    _insert_from_other,
    _truncate,
    _blank,
)
