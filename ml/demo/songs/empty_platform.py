"""Empty Platform: a cello alone above low chords, in a minor key, with long silences."""

from ml.demo.instruments import bass, cello, piano
from ml.demo.pitches import chord, line
from ml.demo.stage import Stage, Stereo

TEMPO_BPM = 52.0
BARS = ("G2 D3 G3 Bb3", "Eb2 Bb2 G3 Bb3", "C2 G2 Eb3 G3", "D2 A2 D3 F#3")
TUNE = """
    - 4 | - 1, D4 1, G4 1.5, A4 .5 | Bb4 2, A4 1, G4 1 | F#4 3, - 1
    | G4 1.5, D4 .5, Bb3 2 | C4 1, Eb4 1, D4 2 | C4 1, Bb3 1, A3 1, G3 1 | F#3 3, - 1
    | G3 4 | G3 2
"""


def play() -> Stereo:
    stage = Stage(TEMPO_BPM, 4 * 9.6 * 60 / TEMPO_BPM)
    for bar in range(9):
        notes = chord(BARS[bar % 4])
        for string, midi in enumerate(notes):
            stage.play(piano(midi, stage.seconds(4), 0.15), 4 * bar + 0.04 * string, 0.28, place=-0.2, room=0.5)
        stage.play(piano(notes[2], stage.seconds(2), 0.1), 4 * bar + 2, 0.2, place=-0.2, room=0.5)
        stage.play(piano(notes[1], stage.seconds(1), 0.1), 4 * bar + 3, 0.16, place=-0.2, room=0.5)
        stage.play(bass(notes[0] - 12 if notes[0] > 38 else notes[0], stage.seconds(4), 0.1), 4 * bar, 0.16, room=0.1)
    for note in line(TUNE):
        stage.play(cello(note.midi, stage.seconds(note.length), 0.25), note.beat, 0.42, place=0.15, room=0.6)
    return stage.mixed(echo_s=1.8, warmth_hz=3200, drive=0.9, fade_s=4.0, peak=0.6)
