"""The 57 features of a frame: their order, names, units and meaning. Imports no numeric library."""

from __future__ import annotations

from dataclasses import dataclass

KEYS = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


@dataclass(frozen=True)
class Feature:
    """One number about a frame.

    `log`: its values span powers of ten, so that the networks read its logarithm.
    """

    name: str
    unit: str
    text: str
    log: bool = False


_TONAL = (
    Feature("key", "0..11, 0 is C", "Key note: the best of 24 Krumhansl-Kessler profiles over 15 s"),
    Feature("mode", "1 major, 0 minor", "Mode of that key"),
    Feature("tempo_bpm", "beats/min", "Tempo of the onsets over 12 s"),
)

_SPECTRAL = (
    Feature("rms_mean", "full scale", "Loudness: root mean square of the samples", True),
    Feature("rms_var", "full scale²", "How much the loudness moves", True),
    Feature("chroma_mean", "0..1", "How many notes sound at once"),
    Feature("chroma_var", "0..0.25", "Contrast between notes"),
    Feature("spectral_centroid_mean", "Hz", "Brightness: centre of the spectrum", True),
    Feature("spectral_centroid_var", "Hz²", "How much the brightness moves", True),
    Feature("spectral_rolloff_mean", "Hz", "Below it lie 85 % of the spectrum", True),
    Feature("spectral_rolloff_var", "Hz²", "How much the roll-off moves", True),
    Feature("zero_crossing_rate_mean", "per sample", "Noisiness: sign changes", True),
    Feature("zero_crossing_rate_var", "per sample²", "How much the noise moves", True),
    Feature("tonnetz_mean", "-1..1", "Balance of fifths and thirds"),
    Feature("tonnetz_var", "0..1", "Strength of fifths and thirds", True),
    Feature("mel_mean", "dB", "Level over all mel bands"),
    Feature("mel_var", "dB²", "Contrast over mel bands and time", True),
)


def _mfcc(number: int) -> tuple[Feature, Feature]:
    shape = "overall level" if number == 1 else f"cosine {number - 1} of the mel spectrum's shape"
    return (
        Feature(f"mfcc{number}_mean", "dB", f"Timbre: {shape}"),
        Feature(f"mfcc{number}_var", "dB²", "How much that moves", True),
    )


FEATURES: tuple[Feature, ...] = (*_TONAL, *_SPECTRAL, *(f for n in range(1, 21) for f in _mfcc(n)))
NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
KEY, MODE, TEMPO = 0, 1, 2
"""Columns of the three features that use context beyond their own frame."""


def key_name(key: float, mode: float) -> str:
    """`key_name(9, 0)` is "A minor"."""
    return f"{KEYS[int(key) % 12]} {'major' if mode >= 0.5 else 'minor'}"
