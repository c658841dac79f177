"""Market Morning: a small brass band with fiddles over a dancing off-beat, in a major key."""

from ml.demo.drums import clap, cymbal, drum, hat, kick, shaker, snare
from ml.demo.instruments import bass, bell, brass, marimba, strings
from ml.demo.pitches import chord, line
from ml.demo.stage import Stage, Stereo

TEMPO_BPM = 138.0
BARS = ("C4 E4 G4", "G3 B3 D4", "A3 C4 E4", "F3 A3 C4")
ROOTS = ("C2", "G2", "A2", "F2")
TUNE = """
    E5 .5, G5 .5, A5 .5, G5 .5, E5 1, C5 1 | D5 .5, E5 .5, D5 .5, B4 .5, G4 2
    | C5 .5, C5 .5, E5 .5, C5 .5, A5 1, G5 1 | F5 .5, E5 .5, F5 .5, G5 .5, A5 1, - 1
    | E5 .5, G5 .5, A5 .5, G5 .5, C6 1, G5 1 | B5 .5, A5 .5, G5 .5, D5 .5, G5 2
    | A5 .5, G5 .5, E5 .5, C5 .5, E5 1, A5 1 | G5 .5, F5 .5, D5 .5, B4 .5, C5 1.5, - .5
"""
ANSWER = "- 3, G5 .5, C6 .5 | - 3, B5 .5, D6 .5 | - 3, C6 .5, E6 .5 | A5 .5, C6 .5, F6 1, - 2"
FIDDLES = (0, 1, 2, 1, 2, 0, 1, 2)
"""Indices into the notes of the chord."""

LENGTH = 26
"""Bars: a two-bar intro, then the tune three times."""


def play() -> Stereo:
    stage = Stage(TEMPO_BPM, (4 * LENGTH + 2) * 60 / TEMPO_BPM)
    for bar in range(LENGTH):
        _off_beat(stage, bar)
        _walk(stage, bar)
        _beat(stage, bar)
    for start, second in ((2, False), (10, True), (18, True)):
        _tune(stage, start, second)
    for midi in chord("C4 E4 G4 C5 E5"):
        stage.play(brass(midi, 0.3, 1.0), 4 * LENGTH, 0.25, room=0.3)
    stage.play(kick(), 4 * LENGTH, 0.7, room=0.1)
    return stage.mixed(echo_s=0.8, warmth_hz=8000, drive=2.2, fade_s=0.4)


def _tune(stage: Stage, start: int, second: bool) -> None:
    """From the second time on, a marimba doubles the tune and bells answer it."""
    for note in line(TUNE):
        beat, length = 4 * start + note.beat, stage.seconds(note.length)
        stage.play(brass(note.midi, 0.8 * length, 0.9), beat, 0.4, place=-0.1, room=0.2)
        if second:
            stage.play(brass(note.midi - 12, 0.7 * length, 0.7), beat, 0.16, place=0.25, room=0.2)
            stage.play(marimba(note.midi, length), beat, 0.3, place=-0.5, room=0.25)
    for half in (0, 4) if second else ():
        for note in line(ANSWER):
            ring = bell(note.midi, stage.seconds(note.length))
            stage.play(ring, 4 * (start + half) + note.beat, 0.12, place=0.6, room=0.4)


def _off_beat(stage: Stage, bar: int) -> None:
    notes = [midi + 12 for midi in chord(BARS[(bar - 2) % 4])]
    for step in range(16) if bar >= 2 else ():
        midi = notes[FIDDLES[step % 8]]
        stage.play(strings(midi + 12, 0.1, 0.9, 0.01), 4 * bar + step / 4, 0.2, place=0.5, room=0.15)
    for at in (1, 1.5, 3, 3.5) if bar >= 2 else ():
        for midi in notes:
            stage.play(brass(midi, 0.14, 0.9), 4 * bar + at, 0.17, place=0.2, room=0.2)


def _walk(stage: Stage, bar: int) -> None:
    root = chord(ROOTS[(bar - 2) % 4])[0]
    for at, midi in ((0, root), (1, root + 7), (2, root + 12), (3, root + 7)):
        stage.play(bass(midi, 0.28, 0.6), 4 * bar + at, 0.45, room=0.05)


def _beat(stage: Stage, bar: int) -> None:
    for half in (0, 2):
        stage.play(kick(), 4 * bar + half, 0.5, room=0.05)
    for beat in (0, 1.5, 2, 3):
        stage.play(drum(60, 0.2), 4 * bar + beat, 1.0, room=0.2)
    for offbeat in (1, 3):
        stage.play(snare(), 4 * bar + offbeat, 0.5, place=-0.1, room=0.2)
        if bar >= 10:
            stage.play(clap(), 4 * bar + offbeat, 0.35, place=0.1, room=0.3)
    for quarter in range(4):
        stage.play(cymbal(0.3), 4 * bar + quarter, 0.15, place=0.3, room=0.1)
    for step in range(8):
        stage.play(hat(), 4 * bar + step / 2, 0.2, place=0.4, room=0.1)
        stage.play(shaker(), 4 * bar + step / 2 + 0.25, 0.15, place=-0.5, room=0.1)
