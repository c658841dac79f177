"""What a model cannot do, in sentences that are read from its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.moods import MOODS

RARE_RECALL = 0.15
"""A term that fewer than this share of its songs get is named as rarely said."""
LEAST_PRECISION = 0.4
"""A term that people used less often than this where it is given is named as often wrong."""
FEW = 10
"""A term of fewer songs is not judged."""


def limitations(clips: int, names: Mapping[str, Any], metrics: Mapping[str, Any]) -> list[str]:
    """The limitations of a model trained on `clips` clips; `names` and `metrics` are these parts of its card."""
    valence, arousal = (metrics["both"]["4qaed"][f"r2_{axis}"]["value"] for axis in ("valence", "arousal"))
    weaker_axis = f"Valence is predicted less accurately than arousal (R² {valence:.2f} and {arousal:.2f})."
    return [
        f"Trained on {clips:,} labelled clips of up to a minute, mostly Western pop, rock, jazz, electronic and "
        "classical music.",
        *name_limitations(names),
        *([weaker_axis] if valence < arousal else []),
        "The nine emotions are those that listeners of Emotify, mostly young Europeans, felt in four genres.",
        "Lyrics are not understood; only the sound is analysed.",
    ]


def name_limitations(names: Mapping[str, Any]) -> list[str]:
    """Sentences from the figures of both networks on the songs of 4Q, whose editors gave many words to each.

    They name every term that is never given, rarely given or often wrong, and state how often the main mood is not
    among the editors' words, contradicts them, or is not certain.
    """
    measured = names["both"]["4qaed"]
    figures = {name: figure["value"] for name, figure in measured["figures"].items()}
    judged = {term: values for term, values in measured["terms"].items() if values["songs"] >= FEW}
    given = {term: values for term, values in judged.items() if values["given"]}
    rare = _below(RARE_RECALL, "recall", given)
    wrong = _below(LEAST_PRECISION, "precision", given)
    sentences = [
        f"The main mood of {_percent(1 - figures['first'])} of the songs is not among the words of their editors, and "
        f"of {_percent(1 - figures['one'])} neither mood is. Editors did not write down every word that fits.",
        f"The main mood of {_percent(figures['contrary_first'])} of the songs is pleasant where editors describe an "
        "unpleasant song, or the reverse.",
    ]
    if len(given) < len(judged):
        never = ", ".join(MOODS[term].adjective for term in judged if term not in given)
        sentences.append(f"Never given: {never}.")
    if rare:
        sentences.append(f"Rarely given to songs that editors describe so: {_listed(rare)}.")
    if wrong:
        sentences.append(f"Rarely an editor’s word where it is given: {_listed(wrong)}.")
    sentences.append(f"No mood is certain for {_percent(measured['mixed']['value'])} of the songs (“Mixed”).")
    return sentences


def _below(limit: float, figure: str, terms: Mapping[str, Any]) -> dict[str, float]:
    """The terms with a figure below the limit, the smallest first."""
    shares = {term: float(values[figure]["value"]) for term, values in terms.items()}
    return {term: shares[term] for term in sorted(shares, key=lambda term: shares[term]) if shares[term] < limit}


def _listed(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{MOODS[term].adjective} ({_percent(share)})" for term, share in shares.items())


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
