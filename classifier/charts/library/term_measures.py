"""Precision, recall and F1 by term, calibration and kappa, as the page "Measured on your music" shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext, ngettext

from classifier import ml_gateway
from classifier.charts.metric_text import Metric, wilson_interval
from classifier.charts.model_quality.reliability_diagram import ReliabilityDiagram, reliability_diagram
from classifier.charts.mood_names import Side
from classifier.library.measurement import Measurement, PairAgreement
from classifier.localized import grouped


@dataclass(frozen=True)
class TermRow:
    side: Side
    named: int
    stated: int
    precision: Metric | None
    recall: Metric | None
    f1: Metric | None


@dataclass(frozen=True)
class KappaRow:
    side: Side
    both: int
    either: int
    kappa: str


def term_rows(measured: Measurement) -> list[TermRow]:
    """Terms that occur in names or labels, the most frequent first."""
    rows = [
        TermRow(
            side=Side(term),
            named=counts.named,
            stated=counts.stated,
            precision=_share(counts.hits, counts.named),
            recall=_share(counts.hits, counts.stated),
            f1=_f1(counts),
        )
        for term, counts in measured.terms.items()
        if counts.named or counts.stated
    ]
    return sorted(rows, key=lambda row: (-row.stated, -row.named))


def calibration_diagrams(measured: Measurement) -> list[ReliabilityDiagram]:
    sources = (
        (gettext("Chances of all sixteen moods"), measured.chance_bins),
        (gettext("Confidence of the main mood"), measured.name_bins),
    )
    diagrams = []
    for title, bins in sources:
        error = ml_gateway.measures.calibration_error(bins)
        if error is not None:
            text = gettext("On average, what is claimed and what is stated differ by %(points)s points.")
            points = grouped(100 * error, 1)
            diagrams.append(reliability_diagram(title, [asdict(one) for one in bins], text % {"points": points}))
    return diagrams


def kappa_rows(agreement: PairAgreement) -> list[KappaRow]:
    """Terms that at least one of the two people states."""
    rows = [
        KappaRow(Side(term), one.both, one.either, kappa_text(one.kappa))
        for term, one in agreement.terms.items()
        if one.either
    ]
    return sorted(rows, key=lambda row: -row.either)


def kappa_text(kappa: float | None) -> str:
    return gettext("not defined") if kappa is None else grouped(kappa, 2).replace("-", "−")


def version_text(versions: Mapping[str, int]) -> str:
    """ "mood-5", or "mood-5 (90 songs), mood-4 (2 songs)"."""
    if len(versions) == 1:
        return next(iter(versions))
    ordered: Sequence[tuple[str, int]] = sorted(versions.items(), key=lambda one: -one[1])
    return ", ".join(
        ngettext("%(version)s (%(songs)s song)", "%(version)s (%(songs)s songs)", songs)
        % {"version": version, "songs": songs}
        for version, songs in ordered
    )


def _share(hits: int, count: int) -> Metric | None:
    return Metric(hits / count, *wilson_interval(hits / count, count)) if count else None


def _f1(counts: ml_gateway.measures.TermCounts) -> Metric | None:
    """With an interval: F1 grows with the share of hits among the songs that are named or stated, so that the ends of
    the interval of that share give those of F1."""
    union = counts.hits + counts.only_named + counts.only_stated
    if counts.f1 is None or not union:
        return None
    low, high = (2 * end / (1 + end) for end in wilson_interval(counts.hits / union, union))
    return Metric(counts.f1, low, high)
