"""Note names such as "A4" (440 Hz), "F#3" and "Bb2", and melodies with their lengths in beats."""

from __future__ import annotations

import re
from dataclasses import dataclass

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NOTE = re.compile(r"([A-G])([#b]?)(\d)")


@dataclass(frozen=True)
class Note:
    beat: float
    """Start, in beats from the beginning of the melody."""

    length: float
    """Beats."""

    midi: int


def midi(name: str) -> int:
    """The MIDI number of a note: C4 is 60."""
    match = NOTE.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is not a note; write one such as A4, F#3 or Bb2")
    letter, accidental, octave = match.groups()
    return STEPS[letter] + {"#": 1, "b": -1, "": 0}[accidental] + 12 * (int(octave) + 1)


def hz(number: float) -> float:
    """The frequency of a MIDI number."""
    return 440.0 * float(2.0 ** ((number - 69) / 12))


def chord(names: str) -> list[int]:
    """ "D3 F#3 A3" as MIDI numbers."""
    return [midi(name) for name in names.split()]


def line(text: str) -> list[Note]:
    """Notes one after another, each followed by its length in beats: "D5 1.5, E5 .5, - 2"; "-" is a rest."""
    notes: list[Note] = []
    beat = 0.0
    for part in text.replace("|", ",").split(","):
        if not part.strip():
            continue
        name, length = part.split()
        if name != "-":
            notes.append(Note(beat, float(length), midi(name)))
        beat += float(length)
    return notes
