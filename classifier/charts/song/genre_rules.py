"""The ten composite mood genres with their rules: which conditions hold for a song, and where the song lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.active_words import genre_in_words
from classifier.charts.mood_names import Side
from classifier.charts.primitives import percent_of
from classifier.stored_texts import in_page_language, is_translated

STRONGEST = "feeling"
"""The rules' name for the share of the strongest emotion."""
LEAST_MEMBERSHIP = 0.5
"""From here on, a fuzzy condition counts as met."""


@dataclass(frozen=True)
class GenreCondition:
    text: str
    is_met: bool
    song_text: str
    """Where the song lies, or its name."""


@dataclass(frozen=True)
class GenreRule:
    genre: ml_gateway.AnyGenre
    percent: int
    width: str
    is_chosen: bool
    conditions: list[GenreCondition]
    """Empty if the model is no longer installed, and for Other, which has none."""

    @property
    def text(self) -> str:
        return rule_text(self.genre)


def chosen_genre(answer: Mapping[str, Any]) -> ml_gateway.AnyGenre | None:
    """The mood genre of a song, in the active words."""
    genre = ml_gateway.genres(answer["model_version"]).get(answer["mood"]["genre"])
    return genre_in_words(genre) if genre else None


def genre_rules(answer: Mapping[str, Any], ranks: Mapping[str, float]) -> list[GenreRule]:
    """The strongest genre first, with the rules of the model that gave the answer."""
    genres = ml_gateway.genres(answer["model_version"])
    shares = [(genres[name], share) for name, share in answer["genres"].items() if name in genres]
    return [
        GenreRule(
            genre=genre_in_words(genre),
            percent=round(100 * share),
            width=percent_of(share),
            is_chosen=genre.name == answer["mood"]["genre"],
            conditions=_conditions(genre, answer["mood"], ranks),
        )
        for genre, share in sorted(shares, key=lambda pair: -pair[1])
    ]


def rule_text(genre: ml_gateway.AnyGenre) -> str:
    """The rule of a genre as sentences in the language of the page."""
    if not is_translated():
        return genre.rule
    if not genre.conditions:
        return in_page_language(genre.rule)
    conditions = "; ".join(_condition_text(condition) for condition in genre.conditions)
    compared = gettext("Compared with the reference library: %(conditions)s.") % {"conditions": conditions}
    return f"{compared} {in_page_language(genre.name_rule)}".strip()


def library_ranks(scores: Mapping[str, Any], network: str, model_version: str) -> dict[str, float]:
    """Percentile ranks (0..1) in the reference library: of a song's scores, and of the levels that the rules compare.

    Empty if the model is not installed.
    """
    flat = {
        **scores.get("moods", {}),
        **scores["emotions"],
        **scores["quadrants"],
        **scores["clusters"],
        "valence": scores["valence"],
        "arousal": scores["arousal"],
        STRONGEST: max(scores["emotions"].values()),
    }
    try:
        card = ml_gateway.card(model_version)
        reference = card.reference(network)
        ranks = {name: reference.rank(name, value) for name, value in flat.items() if name in reference.quantiles}
        return ranks | card.genre_rules.ranks(scores, reference)
    except ml_gateway.MoodError:
        return {}


def _conditions(
    genre: ml_gateway.AnyGenre, mood: Mapping[str, Any], ranks: Mapping[str, float]
) -> list[GenreCondition]:
    conditions = [
        GenreCondition(
            text=_capitalised(_condition_text(condition)),
            is_met=condition.membership(ranks[condition.score]) >= LEAST_MEMBERSHIP,
            song_text=_rank_text(ranks[condition.score]),
        )
        for condition in genre.conditions
        if condition.score in ranks
    ]
    if conditions and genre.name_rule:
        sides = [mood[side] for side in ("primary", "secondary") if mood[side]]
        conditions.append(
            GenreCondition(in_page_language(genre.name_rule).rstrip("."), genre.fits(sides), mood["name"])
        )
    return conditions


def _condition_text(condition: Any) -> str:
    """Older rules compare emotions, which have words of their own."""
    text = in_page_language(condition.text)
    if condition.score in ml_gateway.EMOTIONS:
        side = Side(condition.score)
        text = text.replace(ml_gateway.EMOTIONS[condition.score].noun, side.noun, 1)
    return text


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rank_text(rank: float) -> str:
    """Never "higher than 100 %": the reference library is finite, music is not."""
    if rank >= 0.5:
        return gettext("higher than %(value)s %%") % {"value": min(round(100 * rank), 99)}
    return gettext("lower than %(value)s %%") % {"value": min(round(100 * (1 - rank)), 99)}
