"""The mood words: every name, its place in the valence-arousal plane, and how two names join.

Sources: the sixteen mood terms group the words of AllMusic's editors (Panda, Malheiro, Paiva 2018; Panda et al. 2013)
and the nine emotions of Zentner, Grandjean, Scherer 2008 (GEMS), as asked of listeners by Aljanaki, Wiering, Veltkamp
2016 (Emotify); the quadrants, Russell 1980; the clusters, Hu, Downie 2007 (MIREX).
"""

from __future__ import annotations

from dataclasses import dataclass

APART = 3.0
"""Two sides at least this far apart in valence or in arousal are joined by "but". It is three eighths of the scale."""


@dataclass(frozen=True)
class Word:
    """A word for a mood, with its place in the plane: `valence` and `arousal` on the 1..9 scale, 5 is neutral."""

    key: str
    adjective: str
    noun: str
    description: str
    valence: float
    arousal: float
    prevalence: float

    def apart(self, other: Word) -> tuple[float, float]:
        """The distances to another word in valence and in arousal."""
        return abs(self.valence - other.valence), abs(self.arousal - other.arousal)


@dataclass(frozen=True)
class Mood(Word):
    """One of the sixteen mood terms, the words of which composite moods are made.

    `prevalence` is the share (0..1) of songs to which editors gave a word of the term.
    """


@dataclass(frozen=True)
class Emotion(Word):
    """One of the nine emotions that listeners name. Models before mood-4 made composite moods of them.

    `prevalence` is the mean share of listeners, 0..1; `term` is the key of the mood term that stands for the emotion.
    The adjective and the place serve the composite moods of those older models.
    """

    term: str


# A place is the mean of the norms of Warriner, Kuperman, Brysbaert 2013 over the words of the term, weighted by how
# often editors use them. Prevalence is counted in the 720 songs of 4QAED.
MOODS: dict[str, Mood] = {mood.key: mood for mood in (
    Mood("joyful", "Joyful", "joy", "happy, cheerful, fun", 7.78, 5.80, 0.226),
    Mood("energetic", "Energetic", "energy", "lively, exciting, rousing", 6.27, 6.06, 0.228),
    Mood("playful", "Playful", "playfulness", "humorous, whimsical, quirky", 6.94, 5.20, 0.143),
    Mood("powerful", "Powerful", "power", "strong, epic, dramatic", 6.32, 5.68, 0.217),
    Mood("sensual", "Sensual", "sensuality", "sexy, seductive", 6.93, 6.66, 0.153),
    Mood("angry", "Angry", "anger", "hostile, harsh, rebellious", 3.28, 5.62, 0.217),
    Mood("tense", "Tense", "tension", "anxious, nervous, unsettling", 3.12, 5.31, 0.171),
    Mood("dark", "Dark", "darkness", "ominous, bleak, brooding", 3.81, 4.15, 0.228),
    Mood("sad", "Sad", "sadness", "gloomy, lonely, melancholy", 3.00, 3.87, 0.260),
    Mood("nostalgic", "Nostalgic", "nostalgia", "wistful, bittersweet, looking back", 5.53, 3.97, 0.104),
    Mood("tender", "Tender", "tenderness", "gentle, warm, intimate", 7.14, 3.94, 0.186),
    Mood("calm", "Calm", "calmness", "peaceful, relaxed, quiet", 6.99, 2.20, 0.172),
    Mood("dreamy", "Dreamy", "dreaminess", "ethereal, atmospheric, hypnotic", 6.27, 4.22, 0.161),
    Mood("solemn", "Solemn", "solemnity", "serious, spiritual, restrained", 5.69, 3.90, 0.182),
    Mood("elegant", "Elegant", "elegance", "refined, sophisticated, smooth", 6.25, 4.12, 0.119),
    Mood("gritty", "Gritty", "grit", "rough, earthy, messy", 3.91, 4.35, 0.203),
)}  # fmt: skip
MOOD_NAMES = tuple(MOODS)

# The places are our own judgement. They start from the norms of Warriner 2013 and the circumplex of Russell 1980, and
# are moved towards what the words mean for music. Prevalence is the mean share over Emotify's recordings.
EMOTIONS: dict[str, Emotion] = {emotion.key: emotion for emotion in (
    Emotion("amazement", "Wondrous", "wonder", "a feeling of wonder and awe", 7.2, 5.5, 0.134, "dreamy"),
    Emotion("solemnity", "Solemn", "solemnity", "grave, elevated, inspired", 4.7, 4.1, 0.198, "solemn"),
    Emotion("tenderness", "Tender", "tenderness", "affection, softness, love", 6.9, 3.4, 0.178, "tender"),
    Emotion("nostalgia", "Nostalgic", "nostalgia", "dreamy, wistful, looking back", 5.2, 3.7, 0.253, "nostalgic"),
    Emotion("calmness", "Calm", "calmness", "serene, relaxed, at rest", 6.6, 2.2, 0.297, "calm"),
    Emotion("power", "Powerful", "power", "strong, heroic, triumphant", 6.2, 7.0, 0.193, "powerful"),
    Emotion("joyful_activation", "Joyful", "joy", "bouncy, animated, wanting to dance", 7.8, 6.3, 0.269, "joyful"),
    Emotion("tension", "Tense", "tension", "nervous, restless, irritated", 3.5, 6.5, 0.233, "tense"),
    Emotion("sadness", "Sad", "sadness", "sorrowful, downcast", 2.8, 3.6, 0.186, "sad"),
)}  # fmt: skip
EMOTION_NAMES = tuple(EMOTIONS)
EMOTION_OF_TERM: dict[str, str] = {emotion.term: key for key, emotion in EMOTIONS.items()}
"""The emotion that a mood term stands for, for the nine terms that have one."""

_WORDS: dict[str, Word] = {**MOODS, **EMOTIONS}

QUADRANT_WORDS = {"Q1": "happy, excited", "Q2": "angry, tense", "Q3": "sad, downcast", "Q4": "relaxed, calm"}
QUADRANTS = tuple(QUADRANT_WORDS)
CLUSTER_WORDS = {
    "c1": "passionate, rousing, confident",
    "c2": "cheerful, fun, sweet",
    "c3": "poignant, wistful, brooding",
    "c4": "humorous, quirky, witty",
    "c5": "aggressive, fiery, intense",
}
CLUSTERS = tuple(CLUSTER_WORDS)
SCORE_NAMES = (*EMOTION_NAMES, *QUADRANTS, *CLUSTERS, "valence", "arousal")
FEELING = "feeling"
"""A derived score: the share of the strongest emotion. A low value means that few listeners feel any one emotion."""
REFERENCE_NAMES = (*SCORE_NAMES, FEELING)


def term_of(key: str) -> str:
    """The mood term of an emotion ("sad" for "sadness"); a term is its own. Raises KeyError for any other word."""
    return key if key in MOODS else EMOTIONS[key].term


def adjective(key: str) -> str:
    """The adjective of a term or an emotion, as a composite mood has it: "Sad"."""
    return _WORDS[key].adjective


def joined_by(primary: str, secondary: str) -> str:
    """ "but" if the two moods are far apart in valence or in arousal, else "and". Takes terms or emotions."""
    distance = max(_WORDS[primary].apart(_WORDS[secondary]))
    return "but" if round(distance, 2) >= APART else "and"


def composite_name(primary: str, secondary: str = "") -> str:
    """ "Calm but Powerful"; the name of one mood if there is no second one."""
    if not secondary:
        return adjective(primary)
    return f"{adjective(primary)} {joined_by(primary, secondary)} {adjective(secondary)}"


def mixed_name(*candidates: str) -> str:
    """ "Mixed: Calm or Tense", the name of an uncertain result."""
    return "Mixed: " + " or ".join(map(adjective, candidates))
