"""A bundle's card: what the models are, what they were fed, how good they are. Reading one loads no weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ml.calibration import Calibration, Reference
from ml.errors import MoodError
from ml.models.score_vector import LABELS
from ml.spec import AudioSpec

FORMAT = 1
FILE = "card.json"
NETWORKS = ("cnn1d", "cnn2d")
VIEWS = ("both", *NETWORKS)
"""Who answers: the two networks combined, or one of them looked at alone. Each has its own calibration."""


@dataclass(frozen=True)
class Card:
    """The card of the bundle in `directory`, as read."""

    directory: Path
    values: dict[str, Any]

    @classmethod
    def read(cls, directory: Path) -> Card:
        """Raises MoodError: model_missing, model_corrupt, model_incompatible."""
        place = directory / FILE
        if not place.is_file():
            raise MoodError("model_missing", f"There is no model in {directory}; install its bundle there.")
        try:
            values = json.loads(place.read_text(encoding="utf-8"))
            found = values["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise MoodError("model_corrupt", f"{place} is no model card; install the bundle again.") from error
        if found != FORMAT:
            raise MoodError(
                "model_incompatible",
                f"The model in {directory} has card format {found}; this program reads {FORMAT}: use such a bundle.",
            )
        card = cls(directory, values)
        if tuple(card._part("labels")) != LABELS:
            raise MoodError(
                "model_incompatible", "The model's labels are not this program's; use a bundle made for it."
            )
        for name in NETWORKS:
            if not (directory / card.network(name)["file"]).is_file():
                raise MoodError("model_corrupt", f"{directory} lacks the weights of {name}; install the bundle again.")
        return card

    @property
    def version(self) -> str:
        return str(self._part("version"))

    @cached_property
    def spec(self) -> AudioSpec:
        return AudioSpec.from_card(self._part("spec"))

    def calibration(self, view: str = "both") -> Calibration:
        return self._calibrations[view]

    def reference(self, view: str = "both") -> Reference:
        return self._references[view]

    @cached_property
    def _calibrations(self) -> dict[str, Calibration]:
        return {view: Calibration.from_card(self._part("calibration", view)) for view in VIEWS}

    @cached_property
    def _references(self) -> dict[str, Reference]:
        return {view: Reference.from_card(self._part("reference", view)) for view in VIEWS}

    @cached_property
    def feature_reference(self) -> Reference:
        """How each of the 57 features is spread over the songs that the model was trained on."""
        return Reference.from_card(self._part("feature_reference"))

    def network(self, name: str) -> dict[str, Any]:
        """What the card says of one network: file, sha256, parameters, scaler."""
        found = self._part("networks", name)
        assert isinstance(found, dict)
        return found

    def _part(self, *path: str) -> Any:
        found: Any = self.values
        for name in path:
            if not isinstance(found, dict) or name not in found:
                raise MoodError("model_corrupt", f"The model's card lacks {'.'.join(path)}; install the bundle again.")
            found = found[name]
        return found
