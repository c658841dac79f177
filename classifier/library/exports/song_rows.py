"""Songs as rows of a table: names, place, moods with confidence, all scores, the 57 features, the user's verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from classifier import ml_gateway
from classifier.library.exports.song_records import SONG_COLUMNS, SongRecord, song_records
from classifier.models import OwnModel
from classifier.own_model_models import OWN_MODELS
from classifier.querysets import MOOD_FIELDS, SCORE_FIELDS
from classifier.serializers import stated_mood

if TYPE_CHECKING:
    from classifier.active_words import ActiveWords
    from classifier.querysets import SongQuerySet

ANALYSIS_COLUMNS = ("mood", *MOOD_FIELDS[1:], "agreement", *SCORE_FIELDS)
VERDICT_COLUMNS = ("verdict", "verdict_at", "actual_mood", "actual_primary", "actual_secondary")
# The sixteen terms, then the nine emotions; their names differ.
SONG_SCORE_COLUMNS = {"moods": tuple(ml_gateway.MOODS), "emotions": tuple(ml_gateway.EMOTIONS)}
SHARE_COLUMNS = {
    "quadrants": {name: f"quadrant_{name.lower()}" for name in ml_gateway.QUADRANT_WORDS},
    "clusters": {name: f"cluster_{name}" for name in ml_gateway.CLUSTER_WORDS},
}
GENRE_COLUMNS = {name: f"genre_{name}" for name in ml_gateway.GENRES}
PLACE_COLUMNS = ("path", "audio_hash", "musicbrainz_trackid")
FEATURE_COLUMNS = tuple(feature.name for feature in ml_gateway.FEATURES)
COLUMNS = (
    *SONG_COLUMNS,
    *ANALYSIS_COLUMNS,
    *(name for names in SONG_SCORE_COLUMNS.values() for name in names),
    "model_version",
    *VERDICT_COLUMNS,
    "sha256",
    *PLACE_COLUMNS,
    *(column for columns in SHARE_COLUMNS.values() for column in columns.values()),
    *GENRE_COLUMNS.values(),
    *FEATURE_COLUMNS,
)


VOCABULARY = "vocabulary"
"""A column that says which words a table has, if they are not those of the model."""
NO_RESULT: Mapping[str, Any] = dict.fromkeys(COLUMNS)


def own_model_columns() -> tuple[str, ...]:
    """A column for each mood of each own model that is added now."""
    return tuple(own_column(model.name, mood) for model in OwnModel.objects.all() for mood in model.moods)


def own_column(name: str, mood: str) -> str:
    """The names of models have small letters and digits only, so that this is no formula in a spreadsheet."""
    return f"{name}: {mood}"


def song_rows(
    songs: SongQuerySet, own_columns: Collection[str] = (), words: ActiveWords | None = None
) -> Iterator[dict[str, Any]]:
    return (song_row(record, own_columns, words) for record in song_records(songs, words=words))


def song_row(record: SongRecord, own_columns: Collection[str] = (), words: ActiveWords | None = None) -> dict[str, Any]:
    """In the order of COLUMNS. A missing value is None or an empty text. What the user stated stays a term, so that the
    table can be imported; only its name is in `words`."""
    song, analysis = record.song, record.analysis
    row = {**NO_RESULT, **{name: song[name] for name in SONG_COLUMNS}}
    row["id"] = str(song["id"])
    row["path"] = record.path
    row["musicbrainz_trackid"] = record.musicbrainz_id
    for name in ("sha256", "audio_hash", "verdict", "verdict_at", "actual_primary", "actual_secondary"):
        row[name] = song[name]
    actual = stated_mood(song["actual_primary"], song["actual_secondary"], words)
    if words is not None:
        row[VOCABULARY] = words.label
    row["actual_mood"] = actual["name"] if actual else ""
    if analysis is None:
        return row
    answer: dict[str, Any] = analysis["answer"]
    for name in ANALYSIS_COLUMNS[1:]:
        row[name] = analysis[name]
    row["mood"], row["model_version"] = analysis["name"], analysis["model_version"]
    add_scores(row, answer["scores"])
    genres, features = answer.get("genres", {}), answer.get("features", {})
    for name, column in GENRE_COLUMNS.items():
        row[column] = genres.get(name)
    for name in FEATURE_COLUMNS:
        row[name] = features.get(name)
    for one in answer.get(OWN_MODELS, ()):
        for mood, chance in one["chances"].items():
            if (column := own_column(one["name"], mood)) in own_columns:
                row[column] = chance
    return row


def add_scores(row: dict[str, Any], scores: Mapping[str, Any]) -> None:
    """Into their columns. Models before mood-4 gave none of the sixteen terms."""
    for group, names in SONG_SCORE_COLUMNS.items():
        values = scores.get(group, {})
        for name in names:
            row[name] = values.get(name)
    for group, columns in SHARE_COLUMNS.items():
        values = scores.get(group, {})
        for name, column in columns.items():
            row[column] = values.get(name)
