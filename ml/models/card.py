"""A bundle's card: its networks, audio spec, rules of the name, calibration and metrics. Reading it loads no weights.

Cards of format 1 belong to models before mood-4, whose weights are no longer part of the program: only the rules of
such a card are used, for answers that those models have given.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ml.calibration import Calibration, Reference, corrupt, finite
from ml.errors import MoodError
from ml.models.score_vector import LABELS, OLDER_LABELS
from ml.moods.genres import GenreRules
from ml.moods.naming import NameRules, Naming
from ml.moods.older_genres import OlderGenreRules
from ml.moods.older_rules import OlderRules
from ml.spec import AudioSpec

FORMAT = 2
OLDER_FORMAT = 1
FILE = "card.json"
NETWORKS = ("cnn1d", "cnn2d")
VIEWS = ("both", *NETWORKS)
"""The two networks combined, or one of them alone. Each view has its own calibration."""


@dataclass(frozen=True)
class Card:
    """The card of the bundle in `directory`; `values` is its parsed JSON."""

    directory: Path
    values: dict[str, Any]

    @classmethod
    def read(cls, directory: Path) -> Card:
        """Reads and checks `card.json`. Raises MoodError: model_missing, model_corrupt, model_incompatible."""
        path = directory / FILE
        if not path.is_file():
            raise MoodError("model_missing", f"There is no model in {directory}; install its bundle there.")
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            card_format = values["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise MoodError("model_corrupt", f"{path} is not a model card; install the bundle again.") from error
        if card_format not in (OLDER_FORMAT, FORMAT):
            raise MoodError(
                "model_incompatible",
                f"The model in {directory} has card format {card_format}, but this program reads formats "
                f"{OLDER_FORMAT} and {FORMAT}; use a bundle of one of them.",
            )
        card = cls(directory, values)
        if tuple(card._part("labels")) != (OLDER_LABELS if card.names_emotions else LABELS):
            raise MoodError(
                "model_incompatible", "The model's labels differ from those of this program; use a bundle made for it."
            )
        if card.names_emotions:
            return card
        missing = card._missing_weights()
        if missing and len(missing) < len(NETWORKS):  # of an older model all are missing
            raise MoodError(
                "model_corrupt", f"The weights of {missing[0]} are missing in {directory}; install the bundle again."
            )
        return card

    @property
    def names_emotions(self) -> bool:
        """Whether this is a model before mood-4: its composite moods are made of emotions, and it cannot run."""
        return bool(self.values["format"] == OLDER_FORMAT)

    def require_weights(self) -> None:
        """Raises MoodError("model_incompatible") if the model cannot run."""
        if self.names_emotions or self._missing_weights():
            raise MoodError(
                "model_incompatible",
                f"{self.version} is an older model that can no longer analyse songs, because this program does not "
                f"include its weights; use a newer bundle.",
            )

    def _missing_weights(self) -> list[str]:
        return [name for name in NETWORKS if not (self.directory / self.network(name)["file"]).is_file()]

    def verify_weights(self, *names: str) -> None:
        """Compares the weights of these networks, or of both, with their checksums; loads no network.

        Raises MoodError("model_corrupt").
        """
        for name in names or NETWORKS:
            path = self.directory / self.network(name)["file"]
            if hashlib.sha256(path.read_bytes()).hexdigest() != self.network(name)["sha256"]:
                raise MoodError(
                    "model_corrupt", f"{path.name} does not match the checksum in its card; install the bundle again."
                )

    @property
    def version(self) -> str:
        return str(self._part("version"))

    @cached_property
    def spec(self) -> AudioSpec:
        return AudioSpec.from_card(self._part("spec"))

    def rules(self, view: str = "both") -> NameRules | OlderRules:
        """The rules that turn the scores of a view into a composite mood. Raises MoodError("model_corrupt")."""
        if self.names_emotions:
            return OlderRules(self.calibration(view), self.reference(view))
        return self._name_rules[view]

    @cached_property
    def genre_rules(self) -> GenreRules | OlderGenreRules:
        """The rules of the ten genres; those of older models are in the program and not in their card."""
        return OlderGenreRules() if self.names_emotions else GenreRules.from_card(self._part("genre_rules"))

    def calibration(self, view: str = "both") -> Calibration:
        return self._calibrations[view]

    def reference(self, view: str = "both") -> Reference:
        return self._references[view]

    @cached_property
    def _name_rules(self) -> dict[str, NameRules]:
        genre_rules = GenreRules.from_card(self._part("genre_rules"))
        return {
            view: NameRules(
                Naming.from_card({"near_synonyms": self._part("near_synonyms"), **self._part("naming", view)}),
                self.calibration(view),
                self.reference(view),
                genre_rules,
            )
            for view in VIEWS
        }

    @cached_property
    def _calibrations(self) -> dict[str, Calibration]:
        return {view: Calibration.from_card(self._part("calibration", view)) for view in VIEWS}

    @cached_property
    def _references(self) -> dict[str, Reference]:
        return {view: Reference.from_card(self._part("reference", view)) for view in VIEWS}

    @cached_property
    def feature_reference(self) -> Reference:
        """The distribution of each of the 57 features, and from mood-4 on of the onsets per second, over the training
        songs."""
        return Reference.from_card(self._part("feature_reference"))

    @cached_property
    def trait_directions(self) -> dict[str, dict[str, float]]:
        """By mood and trait: how the trait goes with the mood in the training data, a correlation, -1..1.

        Empty for cards that do not have them. Raises MoodError("model_corrupt").
        """
        directions = self.values.get("trait_directions", {})
        if not isinstance(directions, dict) or not all(isinstance(one, dict) for one in directions.values()):
            raise corrupt("The model's card has no usable directions of traits")
        return {
            mood: {trait: finite(value, f"{mood} {trait}") for trait, value in by_trait.items()}
            for mood, by_trait in directions.items()
        }

    def network(self, name: str) -> dict[str, Any]:
        """The card's entry of one network: file, sha256, parameters, scaler."""
        entry = self._part("networks", name)
        assert isinstance(entry, dict)
        return entry

    def _part(self, *path: str) -> Any:
        value: Any = self.values
        for name in path:
            if not isinstance(value, dict) or name not in value:
                raise MoodError("model_corrupt", f"The model's card has no {'.'.join(path)}; install the bundle again.")
            value = value[name]
        return value
