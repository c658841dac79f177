"""A fictitious model card with every metric that a card can have."""

from __future__ import annotations

from typing import Any

from ml.moods import CLUSTERS, EMOTION_NAMES, EMOTION_OF_TERM, GENRES, MOODS, QUADRANTS

VERSION = "mood-9"
TOO_RARE = "elegant"
NEVER_GIVEN = "gritty"


def metric(value: float, reach: float = 0.035) -> dict[str, float]:
    return {"value": value, "low": round(value - reach, 4), "high": round(value + reach, 4)}


def evaluated_card() -> dict[str, Any]:
    return {
        "format": 2,
        "version": VERSION,
        "created": "2026-11-30",
        "networks": {"cnn1d": {"parameters": 647637}, "cnn2d": {"parameters": 1310821}},
        "training": {"clips": {"4qaed": 720, "mirex": 722, "emotify": 320}, "licence": "For research, at home."},
        "limitations": ["Words of a song are not understood."],
        "names": {"both": _names(0.0), "cnn1d": _names(-0.05), "cnn2d": _names(-0.02)},
        "name_examples": {term: [_example(term, True), _example(term, False)] for term in MOODS},
        "calibration": {"both": {"threshold": 0.546}},
        "metrics": {"both": _metrics(0.0), "cnn1d": _metrics(-0.05), "cnn2d": _metrics(-0.02)},
        "confusion": {
            "both": {
                "4qaed": {
                    "labels": list(QUADRANTS),
                    "counts": [[138, 20, 4, 18], [16, 150, 12, 2], [8, 10, 112, 50], [22, 2, 41, 115]],
                },
                "mirex": {
                    "labels": list(CLUSTERS),
                    "counts": [
                        [64, 30, 18, 8, 30],
                        [26, 78, 22, 14, 6],
                        [10, 18, 150, 20, 6],
                        [10, 30, 26, 38, 4],
                        [20, 4, 6, 4, 80],
                    ],
                },
            }
        },
        "reliability": {
            "both": {
                "4qaed": _bins([0.34, 0.45, 0.55, 0.65, 0.75, 0.85, 0.94], [0.37, 0.52, 0.61, 0.74, 0.79, 0.9, 0.97]),
                "expected": {"4qaed": 0.031},
            }
        },
        "baselines": {
            "plain_svm": {
                "4qaed": {"accuracy": metric(0.63), "macro_f1": metric(0.62), "r2_valence": metric(0.23)},
                "mirex": {"macro_f1": metric(0.39)},
                "emotify": {"mean_r": metric(0.49)},
                "names": {"4qaed": {"first": metric(0.48), "one": metric(0.68)}},
            },
            "chance": {"names": {"4qaed": {"first": 0.186, "one": 0.34, "both": 0.03, "contrary_first": 0.38}}},
            "most_frequent": {
                "names": {"4qaed": {"first": metric(0.26), "one": metric(0.45), "both": metric(0.07)}},
                "4qaed": {"accuracy": metric(0.25)},
                "mirex": {"accuracy": metric(0.24)},
            },
        },
        "by_genre": {
            "4qaed": {
                "Pop/Rock": {"count": 310, "accuracy": metric(0.73, 0.05), "macro_f1": 0.7},
                "Jazz": {"count": 64, "accuracy": metric(0.7, 0.11), "macro_f1": 0.62},
                "Electronic": {"count": 88, "accuracy": metric(0.66, 0.1), "macro_f1": 0.6},
                "International": {"count": 41, "accuracy": metric(0.51, 0.15), "macro_f1": 0.44},
            },
            "emotify": {"classical": {"count": 80, "mean_r": 0.41}, "rock": {"count": 80, "mean_r": 0.57}},
        },
        "significance": [
            _difference("4qaed.macro_f1", "both", "cnn2d", 0.031, 0.008, 0.055),
            _difference("4qaed.first", "both", "cnn1d", 0.05, 0.01, 0.09),
            _difference("mirex.macro_f1", "cnn1d", "plain_svm", 0.012, -0.009, 0.034),
        ],
        "genres": _genres(),
    }


def _metrics(shift: float) -> dict[str, Any]:
    return {
        "4qaed": {
            "accuracy": metric(0.714 + shift),
            "macro_f1": metric(0.713 + shift),
            "three_class_accuracy": metric(0.78 + shift),
            "calibration_error": metric(0.042),
            "r2_valence": metric(0.39 + shift),
            "r2_arousal": metric(0.575 + shift),
        },
        "mirex": {"accuracy": metric(0.49 + shift), "macro_f1": metric(0.47 + shift)},
        "emotify": {
            "mean_r": metric(0.575 + shift),
            **{f"r_{name}": metric(0.3 + 0.04 * i) for i, name in enumerate(EMOTION_NAMES)},
        },
    }


def _names(shift: float) -> dict[str, Any]:
    editors = {
        "songs": 707,
        "figures": {
            "first": metric(0.627 + shift),
            "second": metric(0.46 + shift),
            "one": metric(0.804 + shift),
            "both": metric(0.283 + shift),
            "macro_recall": metric(0.391 + shift),
            "macro_precision": metric(0.502 + shift),
            "contrary_first": metric(0.163 - shift),
            "contrary_any": metric(0.311 - shift),
        },
        "pairs": 88,
        "spread": 47.3,
        "mixed": metric(0.192),
        "terms": {term: _term(i) for i, term in enumerate(MOODS)} | {TOO_RARE: _rare(3), NEVER_GIVEN: _rare(0)},
        "confusions": {term: _confusion(i) for i, term in enumerate(MOODS)},
        "calibration_error": {"first": 0.038, "second": 0.02, "first_expected": 0.047, "second_expected": 0.051},
        "reliability": {
            "first": _bins([0.47, 0.56, 0.65, 0.74, 0.82], [0.41, 0.55, 0.69, 0.71, 0.88]),
            "second": _bins([0.25, 0.35, 0.44, 0.55], [0.29, 0.31, 0.47, 0.52]),
        },
        "coverage": [
            {"coverage": (i + 1) / 10, "confidence": round(0.86 - 0.04 * i, 3), "accuracy": right}
            for i, right in enumerate((0.91, 0.88, 0.84, 0.82, 0.8, 0.77, 0.75, 0.73, 0.71, 0.68))
        ],
    }
    listeners = {"songs": 320, "figures": {"first": metric(0.69 + shift), "one": metric(0.9), "both": metric(0.36)}}
    return {
        "4qaed": editors,
        "mirex": {
            "songs": 676,
            "figures": {"first": metric(0.37 + shift), "one": metric(0.57), "both": metric(0, 0)},
        },
        "emotify": listeners,
        "emotify_all_terms": listeners
        | {
            "terms": {term: _term(i) for i, term in enumerate(MOODS) if term in EMOTION_OF_TERM},
            "calibration_error": {"first": 0.05, "first_expected": 0.044},
            "reliability": {"first": _bins([0.5, 0.7, 0.9], [0.55, 0.68, 0.9])},
        },
    }


def _bins(chances: list[float], right: list[float]) -> list[dict[str, float]]:
    return [
        {"low": int(10 * c) / 10, "high": (int(10 * c) + 1) / 10, "count": 30 + 17 * i, "chance": c, "right": share}
        for i, (c, share) in enumerate(zip(chances, right, strict=True))
    ]


def _term(i: int) -> dict[str, Any]:
    precision, recall = 0.35 + 0.03 * i, 0.6 - 0.02 * i
    return {
        "songs": 100 + i,
        "given": 50 + i,
        "recall": {"value": recall, "low": recall - 0.1, "high": recall + 0.1},
        "precision": {"value": precision, "low": precision - 0.12, "high": precision + 0.1},
    }


def _rare(given: int) -> dict[str, Any]:
    none = {"value": None, "low": None, "high": None}
    return {
        "songs": 86,
        "given": given,
        "recall": {"value": given and 0.0116, "low": 0.0, "high": 0.06},
        "precision": {"value": 1 / 3, "low": 0.06, "high": 0.79} if given else none,
    }


def _confusion(i: int) -> dict[str, Any]:
    terms = list(MOODS)
    return {
        "missed": 40,
        "instead": {terms[i - 1]: 22, terms[i - 2]: 9},
        "wrong": 30,
        "people": {terms[i - 3]: 12},
    }


def _example(term: str, right: bool) -> dict[str, Any]:
    people = [term, "calm"] if right else ["angry"]
    name = f"{MOODS[term].adjective} and Solemn"
    return {"collection": "4qaed", "file": f"MT-{term}-{right}.opus", "name": name, "people": people, "right": right}


def _difference(name: str, a: str, b: str, difference: float, low: float, high: float) -> dict[str, Any]:
    return {"figure": name, "a": a, "b": b, "difference": difference, "low": low, "high": high, "artists": 551}


def _genres() -> dict[str, Any]:
    names = list(GENRES)
    shares = {name: round((i + 1) / 55, 4) for i, name in enumerate(names)}
    return {
        "songs": {"all": 1762, "4qaed": 720, "mirex": 722, "emotify": 320},
        "shares": dict.fromkeys(("all", "4qaed", "mirex", "emotify"), shares),
        "rivals": dict.fromkeys(names[:-1], names[-1]),
        "confused_with": {name: {names[-1]: 0.45, names[i - 1]: 0.2} for i, name in enumerate(names[:-1])},
        "examples": {
            name: [{"collection": "4qaed", "file": "MT1.opus", "labels": "Q3; wistful, bitter", "share": 0.8}]
            for name in names
        },
    }
