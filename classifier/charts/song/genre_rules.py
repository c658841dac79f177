"""The ten composite mood genres with their rules: which conditions hold for a song, and where it stands itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway

STRONGEST = "feeling"
"""The rules' name for the share of the strongest emotion."""
HOLDS = 0.5


@dataclass(frozen=True)
class ConditionView:
    text: str
    met: bool
    here: str


@dataclass(frozen=True)
class GenreView:
    genre: ml_gateway.Genre
    percent: int
    width: str
    chosen: bool
    conditions: list[ConditionView]
    """Empty where the model that heard the song is no longer installed, and for Other, which has none."""


def genre_views(answer: Mapping[str, Any], ranks: Mapping[str, float]) -> list[GenreView]:
    """The strongest first."""
    found = [(ml_gateway.GENRES[name], share) for name, share in answer["genres"].items() if name in ml_gateway.GENRES]
    return [
        GenreView(
            genre=genre,
            percent=round(100 * share),
            width=f"{100 * share:.1f}%",
            chosen=genre.name == answer["mood"]["genre"],
            conditions=[
                ConditionView(
                    text=condition.text[:1].upper() + condition.text[1:],
                    met=condition.membership(ranks[condition.score]) >= HOLDS,
                    here=_here(ranks[condition.score]),
                )
                for condition in genre.conditions
                if condition.score in ranks
            ],
        )
        for genre, share in sorted(found, key=lambda pair: -pair[1])
    ]


def ranks_of(scores: Mapping[str, Any], network: str, model_version: str) -> dict[str, float]:
    """Where a song's scores stand in the reference library, 0..1; nothing where the model is no longer installed."""
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


def _here(rank: float) -> str:
    """A library has an end, music has none: never above all of it."""
    if rank >= 0.5:
        return f"higher than {min(round(100 * rank), 99)} %"
    return f"lower than {min(round(100 * (1 - rank)), 99)} %"
