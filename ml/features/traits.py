"""What a person can hear of the 57 features: groups of those that tell of the same thing. Light.

Single features mean little to most people, and several of them say nearly the same, so that taking one away takes
nothing away. Together they make a trait of the sound: its tempo, its brightness, its tone colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml.features.names import NAMES, key_name

ORDINARY = (0.4, 0.6)
"""Ranks in the library between which a song is neither one nor the other."""

COMMON, UNUSUAL = 0.44, 0.54
"""How far the features of a tone colour lie from the library's middle, 0..1 on the mean: of the songs that the models
learned from, about a third lie nearer than the one, and about a third farther than the other."""

MANY = 4
"""From so many features on that tell of the same, none is first."""


@dataclass(frozen=True)
class Trait:
    """Features that make up one thing to be heard. `low` and `high` are the words for either end of a library."""

    name: str
    title: str
    features: tuple[str, ...]
    low: str
    high: str

    @property
    def columns(self) -> list[int]:
        """Where its features stand among the 57."""
        return [NAMES.index(feature) for feature in self.features]

    def told(self, values: Mapping[str, float], ranks: Mapping[str, float]) -> tuple[str, str]:
        """The feature that speaks for the trait in a song, and the words: ("tempo_bpm", "slower than 80 % of songs").

        `values` are the song's features; `ranks`, the share of a library that lies below each, 0..1.
        """
        if self.name == "key":
            return "mode", f"in {key_name(values['key'], values['mode'])}"
        own = {feature: ranks[feature] for feature in self.features}
        if self.name == "tone_colour":
            return _tone_colour(own)
        speaker = self.features[0] if len(own) < MANY else sorted(own, key=own.__getitem__)[len(own) // 2]
        return speaker, self._compared(own[speaker])

    def _compared(self, rank: float) -> str:
        if ORDINARY[0] <= rank <= ORDINARY[1]:
            return f"ordinary in {self.title.lower()}"
        beyond = min(round(100 * max(rank, 1 - rank)), 99)  # a library has an end, music has none
        return f"{self.high if rank > 0.5 else self.low} than {beyond} % of songs"


def _tone_colour(ranks: Mapping[str, float]) -> tuple[str, str]:
    """A spectrum's shape has no more and no less, so what is told is how common it is; its oddest feature speaks."""
    far = {feature: abs(2 * rank - 1) for feature, rank in ranks.items()}
    mean = sum(far.values()) / len(far)
    word = "more unusual" if mean > UNUSUAL else "more common" if mean < COMMON else ""
    text = f"{word} in tone colour than most songs" if word else "ordinary in tone colour"
    return max(far, key=far.__getitem__), text


def _mfccs(statistic: str, first: int, last: int = 20) -> tuple[str, ...]:
    return tuple(f"mfcc{number}_{statistic}" for number in range(first, last + 1))


TRAITS: tuple[Trait, ...] = (
    Trait("tempo", "Tempo", ("tempo_bpm",), "slower", "faster"),
    Trait("key", "Key", ("key", "mode"), "", ""),
    # The first MFCC is the sum of all mel bands, as the mean of mel is.
    Trait("loudness", "Loudness", ("rms_mean", "mel_mean", "mfcc1_mean"), "quieter", "louder"),
    Trait("dynamics", "Dynamics", ("rms_var", "mfcc1_var"), "steadier in loudness", "more changing in loudness"),
    Trait(
        "brightness",
        "Brightness",
        ("spectral_centroid_mean", "spectral_rolloff_mean", "mfcc2_mean"),
        "darker",
        "brighter",
    ),
    Trait(
        "shimmer",
        "Changes of brightness",
        ("spectral_centroid_var", "spectral_rolloff_var", "mfcc2_var"),
        "steadier in brightness",
        "more changing in brightness",
    ),
    Trait("noisiness", "Noisiness", ("zero_crossing_rate_mean",), "smoother", "noisier"),
    Trait("percussion", "Percussion", ("zero_crossing_rate_var",), "less percussive", "more percussive"),
    Trait("contrast", "Contrast", ("mel_var",), "more even in sound", "richer in contrast"),
    Trait("notes", "Notes at once", ("chroma_mean", "chroma_var"), "clearer in its notes", "denser in its notes"),
    Trait("harmony", "Harmony", ("tonnetz_var", "tonnetz_mean"), "looser in harmony", "firmer in harmony"),
    Trait("balance", "Balance", ("mfcc3_mean",), "stronger in the middle register", "stronger in bass and treble"),
    Trait("tone_colour", "Tone colour", _mfccs("mean", 4), "", ""),
    Trait("tone_changes", "Changes of tone", _mfccs("var", 3), "steadier in tone", "livelier in tone"),
)
"""Every feature is in exactly one of them."""
