"""Agreement of the composite with the mood tags that editors gave to the clips of 4Q.

A tag names an emotion if it is a synonym of that emotion in `ml.moods`, or of a feeling that the Geneva Emotional Music
Scale groups under it (Zentner, Grandjean, Scherer 2008). A tag may name two emotions. Tags for a style, a time or a
person ("organic", "nocturnal", "witty") name none. The table was made from the tags alone, before any measurement, and
holds every tag of the collection: once, twice, or in UNMAPPED_TAGS.

The share of a song's tags that name an emotion stands for the share of listeners who feel it. It is scaled to the
emotion's prevalence: divided by its mean over all songs, times the mean share of listeners in `ml.moods`. Editors have
more than thirty tags for tension and fourteen for tenderness, and the collection is balanced over quadrants, so raw
counts say more about the vocabulary and the collection than about a song. Scaling raises emotions with few tags and
lowers those with many. It was chosen after the unscaled metrics had been seen; these are reported too, as "unscaled".

The rules for listeners then give the true pairs and the moods named most; ties count. Songs whose tags name fewer than
two emotions that can form a composite are left out, the same songs scaled or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ml.moods import EMOTION_NAMES, EMOTIONS, Pair, named_most, sides, true_pairs
from ml.moods.older_rules import near_synonyms
from ml.training.evaluation.composite_agreement import most_frequent_pairs
from ml.training.evaluation.metrics import Metrics, bootstrap_intervals

TAGS_BY_EMOTION: dict[str, str] = {
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
UNMAPPED_TAGS = (
    "agreeable, brassy, brittle, campy, cathartic, cerebral, circular, clinical, complex, crunchy, "
    "cynical/sarcastic, detached, druggy, earthy, eccentric, elaborate, elegant, erotic, fractured, greasy, "
    "gritty, hedonistic, hungry, indulgent, insular, irreverent, knotty, literate, lush, meandering, messy, "
    "naive, nocturnal, organic, outrageous, provocative, quirky, ramshackle, refined, rustic, self-conscious, "
    "sexual, sexy, sleazy, slick, snide, sophisticated, sparse, sprawling, street-smart, stylish, technical, "
    "theatrical, thuggish, trashy, uncompromising, witty, wry"
)
TAGS = {emotion: frozenset(tags.split(", ")) for emotion, tags in TAGS_BY_EMOTION.items()}


def tag_shares(tags: Sequence[Sequence[str]], scaled: bool = True) -> list[dict[str, float]]:
    """For each song the share of its tags that names each of the nine emotions, 0..1.

    `scaled`: on the listeners' scale, 0 or more; rarely above 1.
    """
    shares = np.array(
        [
            [sum(word in TAGS[emotion] for word in tags_of_song) / len(tags_of_song) for emotion in EMOTION_NAMES]
            for tags_of_song in tags
        ]
    )
    if scaled:
        usual = np.maximum(shares.mean(axis=0), 1e-9)
        shares = shares / usual * np.array([EMOTIONS[emotion].prevalence for emotion in EMOTION_NAMES])
    return [dict(zip(EMOTION_NAMES, map(float, row), strict=True)) for row in shares]


def names_a_composite(shares: Mapping[str, float]) -> bool:
    """Whether the tags name two emotions that can form a composite."""
    emotions = [emotion for emotion in EMOTION_NAMES if shares[emotion] > 0]
    return any(other not in near_synonyms(one) for one in emotions for other in emotions if other != one)


def tag_metrics(pairs: Sequence[Pair], shares: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Metrics of composites (first, second) against each song's tag shares, with intervals.

    exact: the tags give the same pair. first_side, one_side: the first side, or either side, is among the two emotions
    that most tags name.
    """
    hits = np.array([_matches(pair, truth) for pair, truth in zip(pairs, shares, strict=True)])

    def right(at: np.ndarray) -> Metrics:
        exact, first, either = hits[at].mean(axis=0)
        return {"exact": float(exact), "first_side": float(first), "one_side": float(either)}

    return bootstrap_intervals(right, len(hits))


def tag_agreement_report(
    views: Mapping[str, Sequence[Mapping[str, float]]], tags: Sequence[Sequence[str]], folds: np.ndarray
) -> dict[str, Any]:
    """Metrics of "both", and under "baselines" those of the other views and of the most frequent pair.

    `views` holds the emotions of each song by view, `tags` its tags. The most frequent pair is that of the other
    folds. "unscaled" holds the same metrics for unscaled shares. Empty where fewer than two folds have usable songs.
    """
    truth = tag_shares(tags)
    songs = np.array([i for i, shares in enumerate(truth) if names_a_composite(shares)], int)
    if len(np.unique(folds[songs])) < 2:
        return {}
    plain = tag_shares(tags, scaled=False)
    pairs = {view: [sides(predicted[i]) for i in songs] for view, predicted in views.items()}
    return {
        "songs": len(songs),
        **_metrics_and_baselines(pairs, [truth[i] for i in songs], folds[songs]),
        "unscaled": _metrics_and_baselines(pairs, [plain[i] for i in songs], folds[songs]),
    }


def _metrics_and_baselines(
    pairs: Mapping[str, Sequence[Pair]], truth: Sequence[Mapping[str, float]], folds: np.ndarray
) -> dict[str, Any]:
    """The metrics of "both", and under "baselines" those of the most frequent pair and of the other views."""
    metrics = {view: tag_metrics(predicted, truth) for view, predicted in pairs.items()}
    frequent = tag_metrics(most_frequent_pairs(truth, folds), truth)
    return {**metrics.pop("both"), "baselines": {"most_frequent": frequent, **metrics}}


def _matches(pair: Pair, truth: Mapping[str, float]) -> tuple[bool, bool, bool]:
    most = named_most(truth)
    return frozenset(pair) in true_pairs(truth), pair[0] in most, any(side in most for side in pair)
