"""The composite against the mood words that editors gave to the clips of 4Q.

The rule: a word names an emotion where it is a synonym of that emotion as `ml.moods` describes it, or of the feelings
that the Geneva Emotional Music Scale gathers under it (Zentner, Grandjean, Scherer 2008). A word may name two. A word
for a style, a time or a person ("organic", "nocturnal", "witty") names none. The table was made from the words alone,
before anything was measured by it, and holds every word of the collection once or twice, or among UNMAPPED.

The share of a song's words that name an emotion, brought to the listeners' scale, stands for the share of listeners who
feel it: editors have thirty words for tension and fourteen for tenderness, so that each emotion's shares are scaled to
be, on average over all songs, what `ml.moods` says of listeners. Then the same rules as for listeners give the true
pairs and the moods named most; all that tie count. Songs whose words name fewer than two emotions that can stand
together are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ml.moods import EMOTIONS, MOODS, Pair, named_most, sides, true_pairs
from ml.training.composites import frequent_pairs
from ml.training.metrics import Figures, with_intervals

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


def shares_of(words: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """For each song's words the nine emotions on the listeners' scale: at least 0, in rare songs above 1."""
    named = np.array(
        [[sum(word in NAMED[emotion] for word in said) / len(said) for emotion in EMOTIONS] for said in words]
    )
    usual = np.maximum(named.mean(axis=0), 1e-9)
    scaled = named / usual * np.array([MOODS[emotion].prevalence for emotion in EMOTIONS])
    return [dict(zip(EMOTIONS, map(float, row), strict=True)) for row in scaled]


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

    The most frequent pair is that of the other folds' songs. Empty where fewer than two folds have songs to judge by,
    as where editors used other words.
    """
    truth = shares_of(words)
    kept = np.array([i for i, shares in enumerate(truth) if judged(shares)])
    if len(np.unique(folds[kept.astype(int)])) < 2:
        return {}
    known = [truth[i] for i in kept]
    found = {view: word_figures([sides(heard[i]) for i in kept], known) for view, heard in views.items()}
    frequent = frequent_pairs(known, folds[kept])
    return {
        "songs": len(kept),
        **found.pop("both"),
        "baselines": {"most_frequent": word_figures(frequent, known), **found},
    }


def _hits(pair: Pair, truth: Mapping[str, float]) -> tuple[bool, bool, bool]:
    most = named_most(truth)
    return frozenset(pair) in true_pairs(truth), pair[0] in most, any(side in most for side in pair)
