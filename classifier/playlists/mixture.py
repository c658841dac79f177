"""The order of a mixture of moods, as a database expression, and the distance of a song from it."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import ExpressionWrapper, F, FloatField, Value

from classifier.sort_models import MOOD_COLUMNS

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet


def by_mixture(songs: SongQuerySet, wanted: Mapping[str, float], unwanted: Mapping[str, float]) -> SongQuerySet:
    """By the chance that people use a word of all wanted terms and of no unwanted one, taking them as independent:
    the product of the chances, each to the power of its weight. `product` is that to the power of two, since weights
    are halves and databases multiply faster than they take powers."""
    factors: list[Any] = []
    for term, weight in wanted.items():
        factors += [F(MOOD_COLUMNS[term])] * round(2 * weight)
    for term, weight in unwanted.items():
        factors += [Value(1.0) - F(MOOD_COLUMNS[term])] * round(2 * weight)
    product = ExpressionWrapper(reduce(operator.mul, factors), FloatField())
    return songs.alias(product=product).filter(product__isnull=False).order_by("-product", "id")


def mixture_distance(chances: Mapping[str, float], wanted: Mapping[str, float], unwanted: Mapping[str, float]) -> float:
    """1 minus the weighted geometric mean of the chances (of an unwanted term, of its absence): 0 to 1."""
    product, total = 1.0, 0.0
    for term, weight in wanted.items():
        product *= chances[term] ** weight
        total += weight
    for term, weight in unwanted.items():
        product *= (1 - chances[term]) ** weight
        total += weight
    return 1 - product ** (1 / total)
