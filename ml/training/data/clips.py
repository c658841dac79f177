"""Clips with their labels and folds, read from folders with a labels.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from pathlib import Path

from ml.errors import MoodError
from ml.moods import EMOTION_NAMES, EMOTIONS, MOOD_NAMES, QUADRANTS

MUSIC_SETS = ("4qaed", "mirex", "emotify")
"""Collections with labels that the product predicts."""
RATED, UNLABELLED, AUGMENTED = "grekow", "unlabelled", "augmented"
"""Collections that only help training: ratings on a scale of their own, music without labels, and augmented copies of
clips (see `ml.training.data.augmented_copies`). All three are optional."""
ALWAYS = -1
"""The fold of clips that are in no fold: every network may train on them."""
TERMS_FILE = "mood_terms.csv"
SHARE_OF_ALL = 0.5
"""Half of the listeners naming an emotion counts as a certain label of its term."""


@dataclass(frozen=True)
class Clip:
    """A recording with its labels. Label schemes that its collection lacks are None."""

    collection: str
    file: str
    fold: int
    artist: str
    genre: str
    quadrant: int | None = None
    cluster: int | None = None
    valence_arousal: tuple[float, float] | None = None
    emotions: tuple[float, ...] | None = None
    listeners: int = 0
    words: tuple[str, ...] = field(default_factory=tuple)
    ratings: tuple[float, float] | None = None
    """Valence and arousal on the -10..10 scale of the rated collection, divided by 5."""
    terms: tuple[str, ...] = ()
    """The mood terms that people used for it: those of its words, or the emotions that most listeners named."""
    term_targets: tuple[float, ...] | None = None
    """How much of a label each of the sixteen terms has, 0..1."""
    copy_of: int | None = None
    """The index of the clip that this one is an augmented copy of."""

    @property
    def name(self) -> str:
        return f"{self.collection}/{self.file}"


@dataclass(frozen=True)
class TermTable:
    """Which words of people belong to each mood term, and which emotion. A table beside the collections."""

    words: dict[str, frozenset[str]]

    @classmethod
    def read(cls, data: Path) -> TermTable:
        """Raises MoodError: data_missing, or data_invalid if its terms are not those of `ml.moods`."""
        rows = _rows(data / TERMS_FILE)
        words = {row["term"]: frozenset(row["words"].split(";")) for row in rows}
        if tuple(words) != MOOD_NAMES:
            raise MoodError("data_invalid", f"{data / TERMS_FILE} must have the terms {', '.join(MOOD_NAMES)}.")
        return cls(words)

    def of_words(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The terms that have one of these words."""
        said = {word.strip() for word in words}
        return tuple(term for term in MOOD_NAMES if said & self.words[term])

    @staticmethod
    def of_shares(shares: tuple[float, ...]) -> tuple[str, ...]:
        """The terms of the two emotions that most listeners named, with all that tie; never one at 0."""
        least = sorted(shares)[-2]
        named = {
            EMOTIONS[key].term for key, share in zip(EMOTION_NAMES, shares, strict=True) if share >= least and share > 0
        }
        return tuple(term for term in MOOD_NAMES if term in named)


def read_clips(data: Path, collections: tuple[str, ...] = MUSIC_SETS) -> list[Clip]:
    """All clips of the named collections, in the order of their label files.

    Raises MoodError("data_missing").
    """
    table = TermTable.read(data) if (data / TERMS_FILE).is_file() else None
    clips: list[Clip] = []
    for collection in collections:
        if collection == AUGMENTED:
            clips += _copies(data, clips)
        elif collection == UNLABELLED:
            clips += [
                Clip(collection, row["file"], ALWAYS, artist="", genre=row["genre"])
                for row in _rows(data / collection / "clips.csv")
            ]
        else:
            clips += [_clip(collection, row, table) for row in _rows(data / collection / "labels.csv")]
    return clips


def available_collections(data: Path) -> tuple[str, ...]:
    """The music collections, and those of the optional ones that are in the folder."""
    optional = {RATED: "labels.csv", UNLABELLED: "clips.csv", AUGMENTED: "clips.csv"}
    return (*MUSIC_SETS, *(name for name, file in optional.items() if (data / name / file).is_file()))


def _rows(place: Path) -> list[dict[str, str]]:
    if not place.is_file():
        raise MoodError(
            "data_missing", f"{place} does not exist. --data names the folder with {'/, '.join(MUSIC_SETS)}/."
        )
    with place.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _copies(data: Path, clips: list[Clip]) -> list[Clip]:
    """The augmented copies, with the labels and the fold of the clips they were made from."""
    originals = {clip.name: (index, clip) for index, clip in enumerate(clips)}
    copies = []
    for row in _rows(data / AUGMENTED / "clips.csv"):
        if row["source"] in originals:
            index, clip = originals[row["source"]]
            copies.append(replace(clip, collection=AUGMENTED, file=row["file"], copy_of=index))
    return copies


def _clip(collection: str, row: dict[str, str], table: TermTable | None) -> Clip:
    shares = tuple(float(row[name]) for name in EMOTION_NAMES) if "listeners" in row else None
    words = tuple((row.get("moods") or row.get("mood") or "").split(";"))
    affect = (float(row["valence"]), float(row["arousal"])) if "valence" in row else None
    terms, targets = _terms(words, shares, table)
    return Clip(
        collection=collection,
        file=row["file"],
        fold=int(row["fold"]),
        artist=row.get("artist_key", ""),
        genre=row.get("genres") or row.get("genre") or "",
        quadrant=QUADRANTS.index(row["quadrant"]) if "quadrant" in row and collection != RATED else None,
        cluster=int(row["cluster"]) - 1 if "cluster" in row else None,
        valence_arousal=None if collection == RATED else affect,
        emotions=shares,
        listeners=int(row["listeners"]) if shares else 0,
        words=words,
        ratings=(affect[0] / 5, affect[1] / 5) if collection == RATED and affect else None,
        terms=terms,
        term_targets=targets,
    )


def _terms(
    words: tuple[str, ...], shares: tuple[float, ...] | None, table: TermTable | None
) -> tuple[tuple[str, ...], tuple[float, ...] | None]:
    if shares:
        by_term = {EMOTIONS[key].term: share for key, share in zip(EMOTION_NAMES, shares, strict=True)}
        targets = tuple(min(1.0, by_term.get(term, 0.0) / SHARE_OF_ALL) for term in MOOD_NAMES)
        return TermTable.of_shares(shares), targets
    if table is None or words == ("",):
        return (), None
    terms = table.of_words(words)
    return terms, tuple(float(term in terms) for term in MOOD_NAMES)
