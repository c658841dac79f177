"""The composite against the mood words that editors gave to the clips of 4Q.

The rule: a word names an emotion where it is a synonym of that emotion as `ml.moods` describes it, or of the feelings
that the Geneva Emotional Music Scale gathers under it (Zentner, Grandjean, Scherer 2008). A word may name two. A word
for a style, a time or a person ("organic", "nocturnal", "witty") names none. The table was made from the words alone,
before anything was measured by it, and holds every word of the collection once or twice, or among UNMAPPED.

The share of a song's words that name an emotion stands for the share of listeners who feel it. It is scaled to the
emotion's prevalence: divided by its mean over all songs, and multiplied by the mean share of listeners that `ml.moods`
gives, so that each emotion is on average as common among words as among listeners. Why: editors have more than thirty
words for tension and fourteen for tenderness, and the collection was put together with as many songs of every quadrant;
how often an emotion is named says more of both than of a song. What it does: it raises emotions that words seldom name
and lowers those that they often name, and with them the pairs that count as true. It was chosen after the figures
without it had been seen; so these are reported beside it, as "unscaled".

Then the same rules as for listeners give the true pairs and the moods named most; all that tie count. Songs whose words
name fewer than two emotions that can stand together are left out; they are the same songs, scaled or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ml.moods import EMOTIONS, MOODS, Pair, named_most, sides, true_pairs
from ml.training.evaluation.composite_agreement import frequent_pairs
from ml.training.evaluation.metrics import Figures, with_intervals

WORDS: dict[str, str] = {
    "amazement": (
        "ethereal, mystical, dreamy, spacey, trippy, sparkling, thrilling, hypnotic, atmospheric, enigmatic, "
        "epic, euphoric"
    ),
    "solemnity": (
        "spiritual, reverent, somber, serious, stately, austere, meditative, reflective, thoughtful, searching, "
        "majestic, restrained, earnest, dramatic"
    ),
    "tenderness": (
        "gentle, delicate, romantic, sweet, intimate, warm, tender, sentimental, sensual, soft/quiet, innocent, "
        "precious, sugary, pure"
    ),
    "nostalgia": (
        "nostalgic, wistful, bittersweet, sentimental, autumnal, dreamy, yearning, melancholy, reflective, "
        "pastoral, poignant"
    ),
    "calmness": (
        "calm/peaceful, soothing, relaxed, laid-back/mellow, gentle, soft/quiet, smooth, lazy, pastoral, "
        "meditative, carefree, flowing, light, restrained, reserved, summery"
    ),
    "power": (
        "powerful, strong, mighty, majestic, epic, confident, rousing, gutsy, fiery, passionate, bravado, "
        "swaggering, striding, marching, energetic, explosive, uplifting, dramatic, intense"
    ),
    "joyful_activation": (
        "joyous, happy, cheerful, fun, lively, playful, exciting, exuberant, energetic, celebratory, gleeful, "
        "giddy, rollicking, effervescent, jovial, boisterous, amiable/good-natured, humorous, silly, carefree, "
        "bright, positive, optimistic, summery, rambunctious, swinging, freewheeling, euphoric, rowdy, "
        "springlike, whimsical, spicy, pulsing"
    ),
    "tension": (
        "angry, hostile, harsh, fierce, nervous/jittery, tense/anxious, volatile, ominous, menacing, outraged, "
        "eerie, urgent, unsettling, paranoid, malevolent, aggressive, angst-ridden, confrontational, threatening, "
        "belligerent, spooky, suffocating, visceral, manic, rebellious, reckless, intense, anguished/distraught, "
        "explosive, acerbic, difficult, brash, raucous, sardonic"
    ),
    "sadness": (
        "sad, gloomy, bleak, anguished/distraught, melancholy, weary, lonely, plaintive, bitter, somber, "
        "poignant, wintry, brooding, nihilistic, bittersweet, negative, cold, autumnal"
    ),
}
UNMAPPED = (
    "agreeable, brassy, brittle, campy, cathartic, cerebral, circular, clinical, complex, crunchy, "
    "cynical/sarcastic, detached, druggy, earthy, eccentric, elaborate, elegant, erotic, fractured, greasy, "
    "gritty, hedonistic, hungry, indulgent, insular, irreverent, knotty, literate, lush, meandering, messy, "
    "naive, nocturnal, organic, outrageous, provocative, quirky, ramshackle, refined, rustic, self-conscious, "
    "sexual, sexy, sleazy, slick, snide, sophisticated, sparse, sprawling, street-smart, stylish, technical, "
    "theatrical, thuggish, trashy, uncompromising, witty, wry"
)
NAMED = {emotion: frozenset(words.split(", ")) for emotion, words in WORDS.items()}


def shares_of(words: Sequence[Sequence[str]], scaled: bool = True) -> list[dict[str, float]]:
    """For each song's words the nine emotions: the shares of them that name each, 0..1.

    `scaled`: on the listeners' scale, at least 0, in rare songs above 1.
    """
    shares = np.array(
        [[sum(word in NAMED[emotion] for word in said) / len(said) for emotion in EMOTIONS] for said in words]
    )
    if scaled:
        usual = np.maximum(shares.mean(axis=0), 1e-9)
        shares = shares / usual * np.array([MOODS[emotion].prevalence for emotion in EMOTIONS])
    return [dict(zip(EMOTIONS, map(float, row), strict=True)) for row in shares]


def judged(shares: Mapping[str, float]) -> bool:
    """Whether two emotions are named that can stand together in a composite."""
    named = [emotion for emotion in EMOTIONS if shares[emotion] > 0]
    return any(other not in MOODS[one].near_synonyms for one in named for other in named if other != one)


def word_figures(pairs: Sequence[Pair], shares: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """exact, first_side, one_side of composites (first, second) beside each song's word shares, with intervals.

    exact: the pair is one that the words give. first_side, one_side: the first side, either side, is among the two
    emotions that most words name.
    """
    hits = np.array([_hits(pair, truth) for pair, truth in zip(pairs, shares, strict=True)])

    def right(at: np.ndarray) -> Figures:
        exact, first, either = hits[at].mean(axis=0)
        return {"exact": float(exact), "first_side": float(first), "one_side": float(either)}

    return with_intervals(right, len(hits))


def words_report(
    views: Mapping[str, Sequence[Mapping[str, float]]], words: Sequence[Sequence[str]], folds: np.ndarray
) -> dict[str, Any]:
    """`views` holds each song's emotions by hearer, "both" and any baselines; `words` what editors said of it.

    The most frequent pair is that of the other folds' songs. "unscaled" holds the same figures by the words' own
    shares. Empty where fewer than two folds have songs to judge by, as where editors used other words.
    """
    truth = shares_of(words)
    kept = np.array([i for i, shares in enumerate(truth) if judged(shares)], int)
    if len(np.unique(folds[kept])) < 2:
        return {}
    plain = shares_of(words, scaled=False)
    pairs = {view: [sides(heard[i]) for i in kept] for view, heard in views.items()}
    return {
        "songs": len(kept),
        **_beside(pairs, [truth[i] for i in kept], folds[kept]),
        "unscaled": _beside(pairs, [plain[i] for i in kept], folds[kept]),
    }


def _beside(
    pairs: Mapping[str, Sequence[Pair]], truth: Sequence[Mapping[str, float]], folds: np.ndarray
) -> dict[str, Any]:
    """The figures of "both", and under "baselines" those of the most frequent pair and of the other hearers."""
    found = {view: word_figures(said, truth) for view, said in pairs.items()}
    frequent = word_figures(frequent_pairs(truth, folds), truth)
    return {**found.pop("both"), "baselines": {"most_frequent": frequent, **found}}


def _hits(pair: Pair, truth: Mapping[str, float]) -> tuple[bool, bool, bool]:
    most = named_most(truth)
    return frozenset(pair) in true_pairs(truth), pair[0] in most, any(side in most for side in pair)
