"""Traits: groups of the 57 features that describe one property of the sound. Imports no numeric library.

Single features mean little to most people, and several of them are nearly redundant, so that removing one of them
changes no score. Together they describe a trait, such as tempo, brightness or tone colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml.features.names import NAMES, key_name

AVERAGE_RANKS = (0.4, 0.6)
"""Ranks in the library between which a song is neither low nor high."""

COMMON, UNUSUAL = 0.44, 0.54
"""Limits of the mean distance of the tone colour features from the library's median, 0..1: about a third of the
training songs is below the first, and about a third above the second."""

MANY = 4
"""A trait with at least this many features has no first one: its median rank is described."""


@dataclass(frozen=True)
class Trait:
    """Features that describe one property. `low` and `high` are the words for the two ends of the library."""

    name: str
    title: str
    features: tuple[str, ...]
    low: str
    high: str

    @property
    def columns(self) -> list[int]:
        """Column indices of its features among the 57."""
        return [NAMES.index(feature) for feature in self.features]

    def describe(self, values: Mapping[str, float], ranks: Mapping[str, float]) -> tuple[str, str]:
        """The feature that represents the trait, and a description: ("tempo_bpm", "slower than 80 % of songs").

        `values`: the song's features. `ranks`: the share of the library below each value, 0..1.
        """
        if self.name == "key":
            return "mode", f"in {key_name(values['key'], values['mode'])}"
        own = {feature: ranks[feature] for feature in self.features}
        if self.name == "tone_colour":
            return _tone_colour(own)
        feature = self.features[0] if len(own) < MANY else sorted(own, key=own.__getitem__)[len(own) // 2]
        return feature, self._compared(own[feature])

    def _compared(self, rank: float) -> str:
        if AVERAGE_RANKS[0] <= rank <= AVERAGE_RANKS[1]:
            return f"ordinary in {self.title.lower()}"
        beyond = min(round(100 * max(rank, 1 - rank)), 99)  # 100 % would be a claim about all music
        return f"{self.high if rank > 0.5 else self.low} than {beyond} % of songs"


def _tone_colour(ranks: Mapping[str, float]) -> tuple[str, str]:
    """A spectral shape is neither low nor high, so the description says how common it is. Its most unusual feature
    represents it."""
    distances = {feature: abs(2 * rank - 1) for feature, rank in ranks.items()}
    mean = sum(distances.values()) / len(distances)
    word = "more unusual" if mean > UNUSUAL else "more common" if mean < COMMON else ""
    text = f"{word} in tone colour than most songs" if word else "ordinary in tone colour"
    return max(distances, key=distances.__getitem__), text


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
"""Every feature belongs to exactly one trait."""
