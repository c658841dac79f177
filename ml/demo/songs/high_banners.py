"""High Banners: a quiet choir at first, then large drums, low brass and strings."""

from ml.demo.drums import cymbal, drum, scrape, snare
from ml.demo.instruments import bass, brass, choir, strings
from ml.demo.pitches import chord, line
from ml.demo.stage import Stage, Stereo

TEMPO_BPM = 144.0
BARS = ("D4 F4 A4", "Bb3 D4 F4", "F3 A3 C4", "C4 E4 G4")
ROOTS = ("D2", "Bb1", "F2", "C2")
THEME = """
    D4 1.5, A3 .5, D4 1, F4 1 | F4 1, D4 .5, C4 .5, Bb3 2 | C4 1.5, A3 .5, C4 1, F4 1 | E4 3, C4 1
    | D4 1.5, A3 .5, A4 2 | F4 1, G4 .5, A4 .5, Bb4 2 | A4 1.5, G4 .5, F4 1, C4 1 | E4 2, G4 2
"""
STROKES = (0, 2, 1, 2)
DISTANT = 4
LENGTH = 28
"""Bars, the quiet ones included."""


def play() -> Stereo:
    stage = Stage(TEMPO_BPM, (4 * LENGTH + 7) * 60 / TEMPO_BPM)
    for bar in range(LENGTH):
        notes, near = chord(BARS[bar % 4]), bar >= DISTANT
        for midi in notes:
            stage.play(choir(midi + 12, stage.seconds(4)), 4 * bar, 0.32 if near else 0.14, place=0.2, room=0.6)
        if near:
            _horns(stage, bar, notes)
            _bows(stage, bar, notes)
            _drums(stage, bar)
        else:
            stage.play(drum(50, 0.7), 4 * bar, 0.4, room=0.9)
    stage.play(scrape(stage.seconds(4), 400, 6000), 4 * DISTANT - 4, 0.7, room=0.4)
    for start in range(DISTANT + 4, LENGTH, 8):
        _theme(stage, start, high=start > DISTANT + 4)
    for midi in chord("D2 A2 D3 A3 D4 F4 A4 D5"):
        stage.play(brass(midi, stage.seconds(4), 0.9), 4 * LENGTH, 0.3, room=0.5)
        stage.play(choir(midi + 12, stage.seconds(4)), 4 * LENGTH, 0.14, room=0.7)
    stage.play(drum(44, 0.8), 4 * LENGTH, 1.6, room=0.6)
    stage.play(cymbal(1.2), 4 * LENGTH, 0.5, room=0.4)
    return stage.mixed(echo_s=1.3, warmth_hz=8000, drive=2.2, fade_s=1.2)


def _theme(stage: Stage, start: int, high: bool) -> None:
    for note in line(THEME):
        beat, length = 4 * start + note.beat, 0.9 * stage.seconds(note.length)
        if beat < 4 * LENGTH:
            stage.play(brass(note.midi, length, 1.0), beat, 0.34, place=0.1, room=0.2)
            if high:
                stage.play(brass(note.midi + 12, length, 0.8), beat, 0.16, place=-0.15, room=0.3)


def _horns(stage: Stage, bar: int, notes: list[int]) -> None:
    for midi in notes:
        stage.play(brass(midi - 12, stage.seconds(3.6), 1.0), 4 * bar, 0.4, place=-0.2, room=0.25)
    root = chord(ROOTS[bar % 4])[0]
    for at in (0, 2):
        stage.play(bass(root, stage.seconds(2), 0.8), 4 * bar + at, 0.4, room=0.05)


def _bows(stage: Stage, bar: int, notes: list[int]) -> None:
    """Short strokes, sixteen to a bar."""
    for step in range(16):
        midi = notes[STROKES[step % 4]]
        stage.play(strings(midi + 12, 0.1, 0.9, 0.01), 4 * bar + step / 4, 0.15, place=-0.45, room=0.15)
        stage.play(strings(midi, 0.1, 0.9, 0.01), 4 * bar + step / 4, 0.15, place=0.45, room=0.15)


def _drums(stage: Stage, bar: int) -> None:
    for at in (0, 1.5, 2, 3):
        stage.play(drum(60 if at else 54, 0.22), 4 * bar + at, 1.6, place=(at - 1.5) / 6, room=0.2)
    if bar % 4 == 3:
        for step in range(4):
            stage.play(drum(92 - 8 * step, 0.2), 4 * bar + 3 + step / 4, 1.1, place=step / 3 - 0.5, room=0.2)
    for step in range(8):
        stage.play(snare(), 4 * bar + step / 2, 0.1 if step % 2 else 0.2, place=0.15, room=0.3)
    for at in range(4):
        stage.play(cymbal(0.4), 4 * bar + at, 0.22, place=-0.4, room=0.15)
