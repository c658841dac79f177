"""The rules of the ten genres that a new bundle gets, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ml.moods.sides import SCALE, SideDemand

OTHER = "Other"

FADE = 0.4
"""Past a condition's border, membership falls to 0 over this share (0..1) of the library."""


@dataclass(frozen=True)
class GenreEntry:
    title: str
    description: str
    conditions: tuple[tuple[str, Literal["high", "low"], int], ...] = ()
    """Level, side, percent of the reference library; see `ml.moods.genres.Condition` and `ml.moods.levels.LEVELS`."""
    demands: tuple[SideDemand, ...] = ()


# Parts of the plane, as ranges of valence or arousal. The boundaries lie where the sixteen places leave gaps.
UNPLEASANT, NOT_UNPLEASANT = (SCALE[0], 4.0), (4.0, SCALE[1])
PLEASANT, DELIGHTFUL, NOT_DELIGHTFUL = (6.0, SCALE[1]), (6.5, SCALE[1]), (SCALE[0], 6.5)
QUIET, LIVELY, NOT_ROUSING = (SCALE[0], 4.5), (5.0, SCALE[1]), (SCALE[0], 5.5)

# The borders were chosen so that every genre occurs on real music, Other stays the exception, and few songs lie so
# close to a border that another encoding of the same recording gets another genre. ml/training measures all three.
GENRE_TABLE: dict[str, GenreEntry] = {
    "NegativeButHopeful": GenreEntry(
        "Negative but Hopeful",
        "an unpleasant mood in its name, yet with tenderness or fond memory",
        (("pleasantness", "low", 65), ("warmth", "high", 55)),
        (SideDemand("one", valence=UNPLEASANT), SideDemand("one", valence=NOT_UNPLEASANT)),
    ),
    "RelaxButEnergetic": GenreEntry(
        "Relaxed but Energetic",
        "at ease and on the move at once, with nothing that strains",
        (("rest", "high", 70), ("drive", "high", 50), ("distress", "low", 65)),
        (
            SideDemand("both", valence=NOT_UNPLEASANT),
            SideDemand("one", arousal=LIVELY),
            SideDemand("one", arousal=NOT_ROUSING),
        ),
    ),
    "TotallyPositive": GenreEntry(
        "Totally Positive",
        "pleasant throughout, with joy or play in it",
        (("pleasantness", "high", 45), ("cheer", "high", 70)),
        (SideDemand("first", valence=PLEASANT), SideDemand("both", valence=NOT_UNPLEASANT)),
    ),
    "TotallyNegative": GenreEntry(
        "Totally Negative",
        "unpleasant throughout: anger, tension, darkness or sadness",
        (("pleasantness", "low", 40), ("distress", "high", 45)),
        (SideDemand("first", valence=UNPLEASANT), SideDemand("second", valence=NOT_DELIGHTFUL)),
    ),
    "PositiveButVoid": GenreEntry(
        "Positive but Void",
        "pleasant, yet without force, and few mood words fit it",
        (("pleasantness", "high", 60), ("fullness", "low", 55), ("force", "low", 60)),
        (SideDemand("first", arousal=NOT_ROUSING), SideDemand("both", valence=NOT_UNPLEASANT)),
    ),
    "CalmButEpic": GenreEntry(
        "Calm but Epic",
        "calm, yet solemn or powerful, more grand than fond",
        (("rest", "high", 45), ("grandeur", "high", 50), ("warmth", "low", 65)),
        (
            SideDemand("one", arousal=QUIET),
            SideDemand("none", valence=UNPLEASANT, arousal=LIVELY),
            SideDemand("none", valence=DELIGHTFUL, arousal=LIVELY),
        ),
    ),
    "InsecureButInessential": GenreEntry(
        "Insecure but Inessential",
        "a faint unease without force, and few mood words fit it",
        (("unease", "high", 65), ("force", "low", 50), ("fullness", "low", 35)),
        (SideDemand("first", arousal=NOT_ROUSING), SideDemand("one", valence=UNPLEASANT)),
    ),
    "ConcernedButLight": GenreEntry(
        "Concerned but Light",
        "troubled, yet taken with play and without gravity",
        (("pleasantness", "low", 55), ("playfulness", "high", 35), ("gravity", "low", 55)),
        (
            SideDemand("one", valence=UNPLEASANT),
            SideDemand("one", valence=NOT_UNPLEASANT),
            SideDemand("one", arousal=LIVELY),
        ),
    ),
    "CalmButWarm": GenreEntry(
        "Calm but Warm",
        "calm and affectionate, or calm and looking back fondly",
        (("rest", "high", 55), ("warmth", "high", 40), ("pleasantness", "high", 65)),
        (SideDemand("both", valence=NOT_UNPLEASANT), SideDemand("one", arousal=QUIET)),
    ),
    OTHER: GenreEntry(OTHER, "a mixture that none of the rules describes"),
}
