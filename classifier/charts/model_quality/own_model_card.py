"""What an own model is: the facts of its card, for pages and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from classifier.charts.metric_text import Metric
from classifier.charts.number_text import percent


@dataclass(frozen=True)
class MoodFigures:
    name: str
    songs: int
    precision: str
    recall: str


@dataclass(frozen=True)
class OwnModelCard:
    network: str
    trained_on: str
    tested_on: str
    created: str
    moods: list[MoodFigures]
    several_moods: bool
    accuracy: Metric
    baseline: str
    is_better: bool
    """Whether the interval of its accuracy lies above that of always naming the most frequent mood."""
    calibration: str
    warning: str
    licence: str

    @property
    def facts(self) -> list[tuple[str, str]]:
        """In the order in which they are shown."""
        accuracy = gettext("%(accuracy)s, 95 %% interval %(interval)s; always the most frequent mood: %(baseline)s")
        values = {"accuracy": self.accuracy.text, "interval": self.accuracy.interval, "baseline": self.baseline}
        return [
            (gettext("Network"), self.network),
            (gettext("Trained on"), self.trained_on),
            (gettext("Tested on"), self.tested_on),
            (gettext("Most probable mood right"), accuracy % values),
            (gettext("Calibration error"), self.calibration),
            (gettext("Date"), self.created),
            (gettext("Rights"), self.licence),
        ]


def own_model_card(card: Mapping[str, Any]) -> OwnModelCard:
    network, data, figures = card["network"], card["data"], card["figures"]
    accuracy = Metric.from_card(figures["accuracy"])
    assert accuracy is not None
    calibration = {name: f"{figures[name]:.2f}" for name in ("calibration_error", "calibration_expected")}
    return OwnModelCard(
        network=gettext("%(title)s (%(architecture)s), %(parameters)d weights") % network,
        trained_on=gettext("%(songs)d songs by %(artists)d artists, %(left_out)d left out") % data,
        tested_on=gettext("%(songs)d songs by %(artists)d artists that it was not trained on") % figures,
        created=card["created"],
        moods=[
            MoodFigures(name, row["songs"], f"{percent(row['precision'])} %", f"{percent(row['recall'])} %")
            for name, row in figures["by_mood"].items()
        ],
        several_moods=card["several_moods"],
        accuracy=accuracy,
        baseline=f"{percent(figures['most_frequent'])} %",
        is_better=figures["accuracy"]["low"] > figures["most_frequent"],
        calibration=gettext("%(calibration_error)s; perfectly calibrated: %(calibration_expected)s") % calibration,
        warning=_warning(data["artists_unknown"]),
        licence=card["licence"],
    )


def _warning(unknown: int) -> str:
    if not unknown:
        return ""
    text = ngettext(
        "The artist of %(count)d song is unknown: the figures may be too good.",
        "The artists of %(count)d songs are unknown: the figures may be too good.",
        unknown,
    )
    return text % {"count": unknown}
