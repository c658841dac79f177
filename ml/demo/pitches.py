"""Notes as musicians write them: "A4" is 440 Hz, "F#3", "Bb2"; and lines of notes with their lengths in beats."""

from __future__ import annotations

import re
from dataclasses import dataclass

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NOTE = re.compile(r"([A-G])([#b]?)(\d)")


@dataclass(frozen=True)
class Note:
    beat: float
    """Beats since the line began."""

    length: float
    """Beats."""

    midi: int


def midi(name: str) -> int:
    """The MIDI number of a note: C4 is 60."""
    letter, accidental, octave = NOTE.fullmatch(name).groups()
    return STEPS[letter] + {"#": 1, "b": -1, "": 0}[accidental] + 12 * (int(octave) + 1)


def hz(number: float) -> float:
    return 440.0 * 2.0 ** ((number - 69) / 12)


def chord(names: str) -> list[int]:
    """ "D3 F#3 A3" as MIDI numbers."""
    return [midi(name) for name in names.split()]


def line(text: str) -> list[Note]:
    """Notes one after another, each followed by its length in beats: "D5 1.5, E5 .5, - 2"; "-" is a rest."""
    notes, beat = [], 0.0
    for part in text.replace("|", ",").split(","):
        if not part.strip():
            continue
        name, length = part.split()
        if name != "-":
            notes.append(Note(beat, float(length), midi(name)))
        beat += float(length)
    return notes
