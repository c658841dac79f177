"""The ten composite mood genres with their rules: which conditions hold for a song, and where the song lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.primitives import percent_of

STRONGEST = "feeling"
"""The rules' name for the share of the strongest emotion."""
LEAST_MEMBERSHIP = 0.5
"""From here on, a fuzzy condition counts as met."""


@dataclass(frozen=True)
class GenreCondition:
    text: str
    is_met: bool
    song_text: str


@dataclass(frozen=True)
class GenreRule:
    genre: ml_gateway.Genre
    percent: int
    width: str
    is_chosen: bool
    conditions: list[GenreCondition]
    """Empty if the model is no longer installed, and for Other, which has none."""


def genre_rules(answer: Mapping[str, Any], ranks: Mapping[str, float]) -> list[GenreRule]:
    """The strongest genre first."""
    shares = [(ml_gateway.GENRES[name], share) for name, share in answer["genres"].items() if name in ml_gateway.GENRES]
    return [
        GenreRule(
            genre=genre,
            percent=round(100 * share),
            width=percent_of(share),
            is_chosen=genre.name == answer["mood"]["genre"],
            conditions=[
                GenreCondition(
                    text=condition.text[:1].upper() + condition.text[1:],
                    is_met=condition.membership(ranks[condition.score]) >= LEAST_MEMBERSHIP,
                    song_text=_rank_text(ranks[condition.score]),
                )
                for condition in genre.conditions
                if condition.score in ranks
            ],
        )
        for genre, share in sorted(shares, key=lambda pair: -pair[1])
    ]


def library_ranks(scores: Mapping[str, Any], network: str, model_version: str) -> dict[str, float]:
    """Percentile ranks (0..1) of a song's scores in the reference library; empty if the model is not installed."""
    flat = {
        **scores["emotions"],
        **scores["quadrants"],
        **scores["clusters"],
        "valence": scores["valence"],
        "arousal": scores["arousal"],
        STRONGEST: max(scores["emotions"].values()),
    }
    try:
        reference = ml_gateway.card(model_version).reference(network)
        return {name: reference.rank(name, value) for name, value in flat.items()}
    except ml_gateway.MoodError:
        return {}


def _rank_text(rank: float) -> str:
    """Never "higher than 100 %": the reference library is finite, music is not."""
    if rank >= 0.5:
        return f"higher than {min(round(100 * rank), 99)} %"
    return f"lower than {min(round(100 * (1 - rank)), 99)} %"
