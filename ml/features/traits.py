"""Traits: groups of the 57 features that describe one property of the sound. Imports no numeric library.

Single features mean little to most people, and several of them are nearly redundant, so that removing one of them
changes no score. Together they describe a trait, such as tempo, brightness or tone colour. The pace is a trait too,
though no network reads it: it is what people hear as slow or fast.
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
    """Features that describe one property of the sound.

    `low` and `high` compare a song with the library: "slower". `words` say the same in a sentence, low and high:
    "slow". Of the traits of one `kind`, which people hear as one thing, a sentence names at most one. Traits that are
    not `plain` are harder to hear, so that a sentence starts with them only if it has no other. A trait without words
    is never named.
    """

    name: str
    title: str
    features: tuple[str, ...]
    low: str
    high: str
    kind: str = ""
    words: tuple[str, str] | None = None
    plain: bool = True

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
        feature = self._first(own)
        return feature, self._compared(own[feature])

    def position(self, ranks: Mapping[str, float]) -> float:
        """Where a song is between the low (-1) and the high end (1) of the library.

        `ranks` as for `describe`; for the mode the share of the song that is in major. A tone colour is neither low
        nor high, so its position is 0.
        """
        if self.name == "tone_colour":
            return 0.0
        feature = "mode" if self.name == "key" else self._first({name: ranks[name] for name in self.features})
        return 2.0 * ranks[feature] - 1.0

    def _first(self, own: Mapping[str, float]) -> str:
        """The feature that represents the trait; of many, the one with the median rank."""
        return self.features[0] if len(own) < MANY else sorted(own, key=own.__getitem__)[len(own) // 2]

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
    Trait("tempo", "Tempo", ("tempo_bpm",), "slower", "faster", "speed", ("slow", "fast")),
    Trait("key", "Key", ("key", "mode"), "", "", "key", ("in a minor key", "in a major key")),
    # The first MFCC is the sum of all mel bands, as the mean of mel is.
    Trait(
        "loudness",
        "Loudness",
        ("rms_mean", "mel_mean", "mfcc1_mean"),
        "quieter",
        "louder",
        "loudness",
        ("quiet", "loud"),
    ),
    Trait(
        "dynamics",
        "Dynamics",
        ("rms_var", "mfcc1_var"),
        "more even in loudness",
        "more strongly accented",
        "attack",
        ("even in loudness", "strongly accented"),
        plain=False,
    ),
    Trait(
        "brightness",
        "Brightness",
        ("spectral_centroid_mean", "spectral_rolloff_mean", "mfcc2_mean"),
        "darker",
        "brighter",
        "timbre",
        ("dark in timbre", "bright in timbre"),
    ),
    Trait(
        "shimmer",
        "Changes of brightness",
        ("spectral_centroid_var", "spectral_rolloff_var", "mfcc2_var"),
        "steadier in timbre",
        "more varied in timbre",
        "changes",
        ("steady in timbre", "varied in timbre"),
        plain=False,
    ),
    Trait(
        "noisiness",
        "Noisiness",
        ("zero_crossing_rate_mean",),
        "smoother",
        "noisier",
        "timbre",
        ("smooth", "noisy"),
    ),
    Trait(
        "percussion",
        "Percussion",
        ("zero_crossing_rate_var",),
        "softer in attack",
        "more percussive",
        "attack",
        ("soft in attack", "percussive"),
    ),
    Trait(
        "contrast",
        "Contrast",
        ("mel_var",),
        "fuller in sound",
        "more open in texture",
        "texture",
        ("full in sound", "open in texture"),
    ),
    Trait(
        "notes",
        "Notes at once",
        ("chroma_mean", "chroma_var"),
        "clearer in its notes",
        "denser in its notes",
        "texture",
        ("clear in harmony", "dense"),
    ),
    Trait(
        "harmony",
        "Harmony",
        ("tonnetz_var", "tonnetz_mean"),
        "denser in harmony",
        "clearer in harmony",
        "texture",
        ("dense", "clear in harmony"),
    ),
    Trait(
        "balance",
        "Balance",
        ("mfcc3_mean",),
        "stronger in the middle register",
        "stronger in bass and treble",
    ),
    Trait("tone_colour", "Tone colour", _mfccs("mean", 4), "", ""),
    Trait(
        "tone_changes",
        "Changes of tone",
        _mfccs("var", 3),
        "steadier in tone",
        "more varied in tone",
        "changes",
        ("steady in tone", "varied in tone"),
        plain=False,
    ),
)
"""Every feature belongs to exactly one trait."""

PACE = Trait("pace", "Pace", ("onsets_per_s",), "slower in pace", "busier", "speed", ("slow-moving", "busy"))
"""How many notes and beats begin in a second; see `ml.features.pace`. No feature of the networks measures it."""

ALL_TRAITS: tuple[Trait, ...] = (*TRAITS, PACE)
"""All traits that may explain a mood."""
