"""How well the results of a library agree with the moods that somebody stated, by term, and how well two people agree.

Labels are the user's verdicts, or rows of a CSV. Every figure is of the results as they are shown: recalibrated ones
where a recalibration is switched on.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F, Q

from classifier import ml_gateway
from classifier.library.label_agreement import Agreement, judged_songs
from classifier.models import Person, Song
from classifier.sort_models import MOOD_COLUMNS

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

MOST_SONGS = 20_000
"""Those that were judged last."""
BATCH_SONGS = 500
COLUMNS = ("analysis_primary", "analysis_secondary", "analysis_confidence", "analysis_model_version")

Moods = tuple[str, ...]
Labels = Mapping[uuid.UUID, Moods]
"""One or two moods by song, the main mood first. None where somebody only rejects the name."""


@dataclass(frozen=True)
class Measurement:
    songs: int
    """Those with a label and a result."""
    only_rejected: int
    """Of them, those whose name is rejected and no mood is stated: their names count as wrong, and nothing else."""
    terms: Mapping[str, ml_gateway.measures.TermCounts]
    chance_bins: Sequence[ml_gateway.measures.ReliabilityBin]
    """Of the chances of all sixteen terms: whether the term is stated."""
    name_bins: Sequence[ml_gateway.measures.ReliabilityBin]
    """Of the confidence of the main mood: whether it is one of the stated ones."""
    main_moods: Mapping[tuple[str, str], int]
    """Songs by the main mood that is stated and the one in the name."""
    versions: Mapping[str, int]


@dataclass(frozen=True)
class PairAgreement:
    """Of two people, over the songs for which both state moods."""

    songs: int
    kappa: float | None
    """Of the main moods."""
    interval: tuple[float, float] | None
    shared: int
    """Songs with at least one mood in common."""
    terms: Mapping[str, TermKappa]


@dataclass(frozen=True)
class TermKappa:
    """Of whether each of two people states this term."""

    kappa: float | None
    both: int
    either: int


@dataclass
class _Counts:
    names: Counter[tuple[Moods, Moods]] = field(default_factory=Counter)
    chances: list[tuple[float, bool]] = field(default_factory=list)
    confidences: list[tuple[float, bool]] = field(default_factory=list)
    main_moods: Counter[tuple[str, str]] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    songs: int = 0
    only_rejected: int = 0


def own_labels(owner: Person) -> dict[uuid.UUID, Moods]:
    """The user's verdicts. A rejection of an earlier result says nothing of the current one and is left out."""
    rows = (
        judged_songs(owner)
        .exclude(Q(label_agreement=Agreement.OUTDATED))
        .values_list("id", "actual_primary", "actual_secondary")[:MOST_SONGS]
    )
    return {song_id: tuple(filter(None, moods)) for song_id, *moods in rows}


def measurement(owner: Person, labels: Labels) -> Measurement:
    """Songs without a result, and those of others, are left out."""
    counts = _Counts()
    for song_id, predictions, confidence, version, chances in _results(owner, list(labels)):
        stated = labels[song_id]
        counts.songs += 1
        counts.versions[version] += 1
        counts.names[predictions, stated] += 1
        counts.confidences.append((confidence, predictions[0] in stated))
        if not stated:
            counts.only_rejected += 1
            continue
        counts.main_moods[stated[0], predictions[0]] += 1
        counts.chances += [(chance, term in stated) for term, chance in chances.items() if chance is not None]
    measures = ml_gateway.measures
    return Measurement(
        songs=counts.songs,
        only_rejected=counts.only_rejected,
        terms=measures.term_counts(
            ((named, stated, songs) for (named, stated), songs in counts.names.items()), list(ml_gateway.MOODS)
        ),
        chance_bins=measures.reliability_bins(counts.chances),
        name_bins=measures.reliability_bins(counts.confidences),
        main_moods=counts.main_moods,
        versions=counts.versions,
    )


def pair_agreement(first: Labels, second: Labels) -> PairAgreement:
    measures = ml_gateway.measures
    both = [(first[song_id], second[song_id]) for song_id in first if first[song_id] and second.get(song_id)]
    main = [(one[0], other[0]) for one, other in both]
    kappa = measures.cohens_kappa(main)
    return PairAgreement(
        songs=len(both),
        kappa=kappa,
        interval=None if kappa is None else measures.kappa_interval(kappa, main),
        shared=sum(bool(set(one) & set(other)) for one, other in both),
        terms={term: _term_kappa(term, both) for term in ml_gateway.MOODS},
    )


def _term_kappa(term: str, both: Iterable[tuple[Moods, Moods]]) -> TermKappa:
    pairs = [(str(term in one), str(term in other)) for one, other in both]
    counts = Counter(pairs)
    in_both = counts["True", "True"]
    return TermKappa(ml_gateway.measures.cohens_kappa(pairs), in_both, len(pairs) - counts["False", "False"])


def _results(
    owner: Person, ids: Sequence[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, Moods, float, str, dict[str, float | None]]]:
    for start in range(0, len(ids), BATCH_SONGS):
        songs: SongQuerySet = Song.objects.for_owner(owner).with_current_analysis().analysed().order_by()
        rows = songs.filter(id__in=ids[start : start + BATCH_SONGS]).values_list(
            "id", *map(F, COLUMNS), *MOOD_COLUMNS.values()
        )
        for song_id, primary, secondary, confidence, version, *chances in rows:
            moods = tuple(filter(None, (primary, secondary)))
            yield song_id, moods, confidence, version, dict(zip(MOOD_COLUMNS, chances, strict=True))
