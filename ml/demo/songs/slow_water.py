"""Slow Water: a soft, slow piano over long chords."""

from ml.demo.instruments import bass, pad, piano
from ml.demo.pitches import chord, line
from ml.demo.stage import Stage, Stereo

TEMPO_BPM = 56.0
BARS = ("D3 F#3 A3 C#4", "G2 D3 F#3 B3", "B2 F#3 A3 D4", "G2 D3 A3 B3", "D3 F#3 A3 E4", "G2 B3 D4 F#4", "A2 E3 B3 C#4")
WAVE = (0, 1, 2, 3, 2, 1, 2, 3)
"""The arpeggio: indices into the notes of the chord."""

TUNE = """
    - 4 | F#5 3, E5 1 | D5 2, A4 2 | B4 4 | - 1, A4 1, D5 1, F#5 1 | E5 2, D5 2 | C#5 4
    | D5 4 | - 2, F#5 1, E5 1 | D5 4
"""


def play() -> Stereo:
    stage = Stage(TEMPO_BPM, 4 * 11 * 60 / TEMPO_BPM)
    for bar in range(10):
        notes = chord(BARS[bar % len(BARS)] if bar < 9 else BARS[0])
        for midi in notes:
            stage.play(pad(midi + 12, stage.seconds(4)), 4 * bar, 0.045, place=(midi % 5 - 2) / 4, room=0.9)
        stage.play(bass(notes[0] - 12, stage.seconds(4), 0.15), 4 * bar, 0.22, room=0.1)
        for step, which in enumerate(WAVE[: 8 if bar < 9 else 1]):
            soft = 0.22 if step % 4 == 0 else 0.16
            stage.play(
                piano(notes[which] + 12, stage.seconds(1.5), 0.12),
                4 * bar + step / 2,
                soft,
                place=(which - 1.5) / 4,
                room=0.5,
            )
    for note in line(TUNE):
        stage.play(piano(note.midi, stage.seconds(note.length), 0.28), note.beat, 0.3, place=0.15, room=0.6)
    return stage.mixed(echo_s=2.8, warmth_hz=4200, drive=0.8, fade_s=4.5, peak=0.6)
