"""Wires: dissonant strings, an uneven pulse and a ticking clock."""

from ml.demo.drums import drum, scrape, tick
from ml.demo.instruments import bass, brass, strings
from ml.demo.pitches import chord, midi
from ml.demo.stage import Stage, Stereo

TEMPO_BPM = 120.0
DRONE = "E2 F2 B2 Bb3 E4"
PULSE = ("E1", "E1", "F1", "E1", "E1", "Bb1", "E1", "F1")
FIGURE = ("E3", "F3", "E3", "Bb3", "E3", "F3", "D#3", "E3")
CRIES = ("F4 B4", "F#4 C5", "G4 C#5", "G#4 D5")
LENGTH = 22
"""Bars."""


def play() -> Stereo:
    stage = Stage(TEMPO_BPM, (4 * LENGTH + 4) * 60 / TEMPO_BPM)
    for bar in range(LENGTH):
        _drone(stage, bar)
        if bar >= 2:
            _pulse(stage, bar)
        if bar >= 6:
            _figure(stage, bar)
        if bar >= 8 and bar % 2 == 0:
            _cry(stage, bar)
    for note in chord("E2 F2 E3 Bb3 F4 B4"):
        stage.play(strings(note, 0.9, 0.8, 0.01), 4 * LENGTH, 0.3, room=0.7)
    stage.play(drum(46), 4 * LENGTH, 0.8, room=0.7)
    return stage.mixed(echo_s=1.8, warmth_hz=5000, drive=1.2, fade_s=0.8, peak=0.75)


def _drone(stage: Stage, bar: int) -> None:
    for note in chord(DRONE):
        stage.play(strings(note, stage.seconds(4.5), 0.25, 1.0), 4 * bar, 0.15, place=(note % 3 - 1) / 3, room=0.6)
    stage.play(scrape(stage.seconds(4), 300, 2500), 4 * bar, 0.3, place=0.5 - bar % 2, room=0.6)
    for step in range(8):
        stage.play(tick(), 4 * bar + step / 2, 0.06, place=0.6 if step % 2 else -0.6, room=0.5)


def _pulse(stage: Stage, bar: int) -> None:
    for step, name in enumerate(PULSE):
        stage.play(bass(midi(name), 0.2, 0.7), 4 * bar + step / 2, 0.35, room=0.1)
    for at in (0, 2.5) if bar % 4 != 3 else (0, 1.5, 2.5, 3, 3.5):
        stage.play(drum(50, 0.2), 4 * bar + at, 0.4, place=-0.1, room=0.3)


def _figure(stage: Stage, bar: int) -> None:
    """Short bow strokes that get louder."""
    near = min(1.0, (bar - 5) / 10)
    for step, name in enumerate(FIGURE):
        stage.play(strings(midi(name), 0.11, 0.5, 0.012), 4 * bar + step / 2, 0.25 * near, place=-0.4, room=0.3)
        if bar >= 14:
            beat = 4 * bar + step / 2 + 0.25
            stage.play(strings(midi(name) + 12, 0.09, 0.6, 0.012), beat, 0.18 * near, place=0.4, room=0.3)


def _cry(stage: Stage, bar: int) -> None:
    """A dissonant tremolo that gets louder."""
    for note in chord(CRIES[bar // 2 % 4]):
        for step in range(16):
            grown = 0.02 + 0.1 * step / 16
            stage.play(strings(note, 0.09, 0.6, 0.02), 4 * bar + step / 4, grown, place=(note % 3 - 1) / 2, room=0.6)
    if bar >= 12:
        stage.play(brass(28 + bar // 2 % 2, 1.2, 0.6), 4 * bar, 0.35, room=0.5)
