"""A finished run on disk: a network trained on your own data, with everything needed to use and evaluate it.

network.keras, scaler.json: the network and the scaler of its inputs. epochs.csv: training log. card.json: description
and metrics. songs.csv: every song with its part, and its chances if it was tested. songs.npz: data for the plots.
problems.csv: songs that were left out.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from ml.errors import MoodError
from ml.spec import AudioSpec
from ml.training.older_networks import Architecture, architecture
from ml.training.own.labelled_songs import Problem, Song

if TYPE_CHECKING:
    import keras

    from ml.models.standardisation import Scaler

FORMAT, VERSION = "own", 1
CARD, SONGS, FEATURES, PROBLEMS = "card.json", "songs.csv", "songs.npz", "problems.csv"


@dataclass(frozen=True)
class Run:
    """A finished run in a folder."""

    folder: Path
    card: dict[str, Any]

    @classmethod
    def open(cls, folder: Path) -> Run:
        """Raises MoodError: run_missing, run_corrupt."""
        place = folder / CARD
        if not place.is_file():
            raise MoodError("run_missing", f"{folder} has no finished run. ml.training.train --data makes one.")
        try:
            card = json.loads(place.read_text(encoding="utf-8"))
        except ValueError as error:
            raise MoodError("run_corrupt", f"{place} is not valid JSON. Train again.") from error
        if not isinstance(card, dict) or card.get("format") != FORMAT or card.get("version") != VERSION:
            raise MoodError(
                "run_corrupt",
                f"{place} is not a card of version {VERSION}, which this program reads. Train again.",
            )
        return cls(folder, card)

    @property
    def moods(self) -> tuple[str, ...]:
        return tuple(self.card["moods"])

    @property
    def multi_label(self) -> bool:
        return bool(self.card["several_moods"])

    @property
    def vote(self) -> str:
        return str(self.card["vote"])

    @cached_property
    def spec(self) -> AudioSpec:
        """Raises MoodError("model_incompatible") if this program uses another audio spec."""
        return AudioSpec.from_card(self.card["spec"])

    @cached_property
    def architecture(self) -> Architecture:
        return architecture(self.card["architecture"]["name"]).with_shape(tuple(self.card["architecture"]["shape"]))

    @cached_property
    def network(self) -> keras.Model:
        import keras

        return keras.models.load_model(self.folder / "network.keras", compile=False)

    @cached_property
    def scaler(self) -> Scaler:
        from ml.models.standardisation import Scaler

        return Scaler.load(self.folder / "scaler.json")

    def stored_features(self) -> tuple[list[tuple[str, ...]], np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Moods, features (songs, 57) and durations in seconds of all songs, and some spectrograms by mood.

        Raises MoodError("run_corrupt").
        """
        try:
            with (self.folder / SONGS).open(newline="", encoding="utf-8") as handle:
                moods = [tuple(row["moods"].split("|")) for row in csv.DictReader(handle)]
            with np.load(self.folder / FEATURES) as stored:
                spectrograms = {mood: stored[f"mel{number}"] for number, mood in enumerate(self.moods)}
                return moods, stored["medians"], stored["durations_s"], spectrograms
        except (OSError, KeyError, ValueError, BadZipFile) as error:
            problem = f"{SONGS} and {FEATURES} of {self.folder} are missing or damaged"
            raise MoodError("run_corrupt", f"{problem}. Restore them, or train again.") from error


def write_songs(
    place: Path,
    songs: Sequence[Song],
    parts: Sequence[str],
    chances: np.ndarray,
    moods: tuple[str, ...],
    durations_s: np.ndarray,
) -> None:
    """Writes songs.csv. `chances` float32 (songs, moods), NaN for songs that were not tested."""
    with place.open("w", newline="", encoding="utf-8") as handle:
        table = csv.writer(handle)
        table.writerow(
            ["place", "file", "moods", "artist", "artist_from", "part", "duration_s", *(f"chance: {m}" for m in moods)]
        )
        for song, part, row, duration in zip(songs, parts, chances, durations_s, strict=True):
            values = ["" if np.isnan(chance) else f"{chance:.5f}" for chance in row]
            facts = [song.place, song.path.name, "|".join(song.moods), song.artist, song.artist_from, part]
            table.writerow([*facts, f"{duration:.1f}", *values])


def write_problems(place: Path, problems: Iterable[Problem]) -> None:
    with place.open("w", newline="", encoding="utf-8") as handle:
        table = csv.writer(handle)
        table.writerow(["place", "code", "problem"])
        table.writerows((problem.place, problem.code, problem.message) for problem in problems)
