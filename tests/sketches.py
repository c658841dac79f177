"""Short pieces of many styles, made with the instruments of the demo songs, as a test library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.demo import drums
from ml.demo.encoding import write_flac
from ml.demo.instruments import bass, bell, brass, cello, choir, marimba, pad, piano, strings
from ml.demo.stage import Stage, Stereo

LENGTH_S = 16.0
ARTISTS = ("Paper Harbour", "The Sidings", "Elsa Lind", "Low Tide", "North Window")
FIRST = ("Amber", "Blue", "Distant", "Early", "Glass", "Hidden", "Late", "Lost", "Northern", "Quiet", "Small", "Winter")
SECOND = ("Avenue", "Bridge", "Garden", "Hours", "Letters", "Lights", "Rain", "Rooms", "Signals", "Stairs", "Tram")
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
PROGRESSIONS = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 3), (5, 3, 0, 4))


@dataclass(frozen=True)
class Bar:
    stage: Stage
    beat: int
    """The beat on which it begins."""
    notes: list[int]
    """Root, third and fifth, as MIDI numbers."""
    chance: np.random.Generator


def quiet(bar: Bar) -> None:
    """Sustained chords and a sparse melody."""
    stage, lead = bar.stage, bar.chance.choice(np.array([piano, bell, cello, marimba], dtype=object))
    for note in bar.notes:
        stage.play(pad(note + 12, stage.seconds(4)), bar.beat, 0.06, room=0.8)
        stage.play(piano(note, stage.seconds(4), 0.2), bar.beat, 0.25, place=-0.2, room=0.4)
    for beat in range(4):
        if bar.chance.random() < 0.6:
            note = int(bar.chance.choice(bar.notes)) + 12
            stage.play(lead(note, stage.seconds(0.9)), bar.beat + beat, 0.3, place=0.2, room=0.5)


def dancing(bar: Bar) -> None:
    """Brass on the off-beat, a walking bass, and a snare."""
    stage = bar.stage
    for at in (1, 1.5, 3, 3.5):
        for note in bar.notes:
            stage.play(brass(note + 12, 0.14, 0.9), bar.beat + at, 0.2, place=0.2, room=0.2)
    for beat in range(4):
        stage.play(bass(bar.notes[0] - 12 + (0, 7, 12, 7)[beat], 0.28, 0.6), bar.beat + beat, 0.45, room=0.05)
        note = int(bar.chance.choice(bar.notes)) + 24
        stage.play(brass(note, 0.7 * stage.seconds(1), 0.9), bar.beat + beat, 0.4, room=0.2)
        stage.play(marimba(note, 0.3), bar.beat + beat, 0.2, place=-0.5, room=0.2)
    for step in range(8):
        stage.play(drums.hat(), bar.beat + step / 2, 0.25, place=0.4, room=0.1)
    for at, sound, gain in ((0, drums.kick(), 0.6), (1, drums.snare(), 0.6), (2, drums.kick(), 0.6)):
        stage.play(sound, bar.beat + at, gain, room=0.15)
    stage.play(drums.snare(), bar.beat + 3, 0.6, room=0.2)


def marching(bar: Bar) -> None:
    """Short strokes of strings, low horns, and large drums."""
    stage = bar.stage
    for step in range(16):
        stage.play(strings(bar.notes[step % 3] + 12, 0.1, 0.9, 0.01), bar.beat + step / 4, 0.22, room=0.15)
    for note in bar.notes:
        stage.play(brass(note - 12, stage.seconds(3.6), 1.0), bar.beat, 0.35, place=-0.2, room=0.2)
        stage.play(choir(note + 12, stage.seconds(4)), bar.beat, 0.2, place=0.3, room=0.5)
    for at in (0, 1.5, 2, 3):
        stage.play(drums.drum(56, 0.2), bar.beat + at, float(bar.chance.uniform(0.8, 1.6)), room=0.2)
    for step in range(8):
        stage.play(drums.snare(), bar.beat + step / 2, 0.25, room=0.2)
    stage.play(drums.cymbal(0.5), bar.beat, 0.3, place=-0.4, room=0.2)


def lurking(bar: Bar) -> None:
    """A sustained dissonance, a pulse below it, and a ticking clock."""
    stage, low = bar.stage, bar.notes[0] - 17
    for step in (0, 1, 7, 18, 24):
        stage.play(strings(low + step, stage.seconds(4.5), 0.25, 1.0), bar.beat, 0.15, room=0.6)
    stage.play(drums.scrape(4.0, 300, 2500), bar.beat, 0.3, room=0.6)
    for step in range(8):
        stage.play(bass(low - 12 + int(bar.chance.choice((0, 0, 1, 6))), 0.2, 0.7), bar.beat + step / 2, 0.3, room=0.1)
        stage.play(drums.tick(), bar.beat + step / 2, 0.06, room=0.5)
    for at in (0, 2.5):
        stage.play(drums.drum(50, 0.2), bar.beat + at, 0.35, room=0.3)


STYLES: tuple[Callable[[Bar], None], ...] = (quiet, dancing, marching, quiet, lurking)
DRIVE = {quiet: 0.9, dancing: 2.0, marching: 2.4, lurking: 1.2}


def sketch(seed: int) -> Stereo:
    """A chord progression in one of the styles; the rest is random."""
    chance = np.random.default_rng(seed)
    style = STYLES[seed % len(STYLES)]
    # A third of them change the style in the middle.
    later = STYLES[chance.integers(len(STYLES))] if chance.random() < 0.35 else style
    stage = Stage(float(chance.uniform(56, 84) if style is quiet else chance.uniform(104, 156)), LENGTH_S)
    scale = MAJOR if chance.random() < 0.5 else MINOR
    tonic, progression = 48 + int(chance.integers(-4, 6)), PROGRESSIONS[chance.integers(len(PROGRESSIONS))]
    bars = int(LENGTH_S / stage.seconds(4)) + 1
    for bar in range(bars):
        notes = [_degree(tonic, scale, progression[bar % 4] + step) for step in (0, 2, 4)]
        (style if bar < bars / 2 else later)(Bar(stage, 4 * bar, notes, chance))
    return stage.mixed(drive=DRIVE[style], fade_s=1.0)


def write_sketch(folder: Path, seed: int) -> Path:
    title = f"{FIRST[seed % len(FIRST)]} {SECOND[seed % len(SECOND)]}"
    artist = ARTISTS[seed * 7 // 3 % len(ARTISTS)]
    return write_flac(folder / f"{title}.flac", sketch(seed), title=title, artist=artist)


def _degree(tonic: int, scale: tuple[int, ...], degree: int) -> int:
    octave, step = divmod(degree, 7)
    return tonic + 12 * octave + scale[step]
