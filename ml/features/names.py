"""The 57 features of a frame: their order, names, units and meaning. Light: no numeric library is imported."""

from __future__ import annotations

from dataclasses import dataclass

KEYS = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


@dataclass(frozen=True)
class Feature:
    """One number about a frame.

    `log` says that its values spread over powers of ten, so that the networks see its logarithm.
    `low` and `high` are the words for a song that stands at one end of a reference library.
    """

    name: str
    unit: str
    text: str
    log: bool = False
    low: str = ""
    high: str = ""


_TONAL = (
    Feature("key", "0..11, 0 is C", "Key note: the best of 24 Krumhansl-Kessler profiles over 15 s"),
    Feature("mode", "1 major, 0 minor", "Mode of that key", low="minor", high="major"),
    Feature("tempo_bpm", "beats/min", "Tempo of the onsets over 12 s", low="slower", high="faster"),
)

_SPECTRAL = (
    Feature("rms_mean", "full scale", "Loudness: root mean square of the samples", True, "quieter", "louder"),
    Feature("rms_var", "full scale²", "How much the loudness moves", True, "steadier", "more dynamic"),
    Feature("chroma_mean", "0..1", "How many notes sound at once", False, "purer in pitch", "denser in pitch"),
    Feature("chroma_var", "0..0.25", "Contrast between notes", False, "blurrier in pitch", "clearer in pitch"),
    Feature("spectral_centroid_mean", "Hz", "Brightness: centre of the spectrum", True, "darker", "brighter"),
    Feature(
        "spectral_centroid_var", "Hz²", "How much the brightness moves", True, "more even in timbre", "more restless"
    ),
    Feature(
        "spectral_rolloff_mean", "Hz", "Below it lie 85 % of the spectrum", True, "softer on top", "sharper on top"
    ),
    Feature(
        "spectral_rolloff_var", "Hz²", "How much the roll-off moves", True, "more even on top", "more varied on top"
    ),
    Feature("zero_crossing_rate_mean", "per sample", "Noisiness: sign changes", True, "smoother", "noisier"),
    Feature(
        "zero_crossing_rate_var",
        "per sample²",
        "How much the noise moves",
        True,
        "more evenly noisy",
        "more percussive",
    ),
    Feature("tonnetz_mean", "-1..1", "Balance of fifths and thirds", False, "flatter in harmony", "sharper in harmony"),
    Feature("tonnetz_var", "0..1", "Strength of fifths and thirds", True, "looser in harmony", "firmer in harmony"),
    Feature("mel_mean", "dB", "Level over all mel bands", False, "thinner in sound", "fuller in sound"),
    Feature("mel_var", "dB²", "Contrast over mel bands and time", True, "more level in sound", "richer in contrast"),
)


def _mfcc(number: int) -> tuple[Feature, Feature]:
    name = f"timbre (MFCC {number})"
    shape = "overall level" if number == 1 else f"cosine {number - 1} of the mel spectrum's shape"
    return (
        Feature(f"mfcc{number}_mean", "dB", f"Timbre: {shape}", False, f"lower in {name}", f"higher in {name}"),
        Feature(f"mfcc{number}_var", "dB²", "How much that moves", True, f"steadier in {name}", f"livelier in {name}"),
    )


FEATURES: tuple[Feature, ...] = (*_TONAL, *_SPECTRAL, *(f for n in range(1, 21) for f in _mfcc(n)))
NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
KEY, MODE, TEMPO = 0, 1, 2
"""Columns of the three features that look at more than their own frame."""


def key_name(key: float, mode: float) -> str:
    """`key_name(9, 0)` is "A minor"."""
    return f"{KEYS[int(key) % 12]} {'major' if mode >= 0.5 else 'minor'}"
