"""Songs as objects in the shape of AcousticBrainz's documents, for tools that read those: one object per line.

Of its high-level models, those are there that have a counterpart: happy, sad, relaxed and aggressive are the mood terms
joyful, sad, calm and angry, and the five clusters are those of MIREX. `docs/exports.md` has the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from classifier import ml_gateway
from classifier.library.exports.song_records import SongRecord, song_records

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

TERMS = {"mood_happy": "joyful", "mood_sad": "sad", "mood_relaxed": "calm", "mood_aggressive": "angry"}
CLUSTERS = {name: f"Cluster{number}" for number, name in enumerate(ml_gateway.CLUSTER_WORDS, start=1)}


def acousticbrainz_objects(songs: SongQuerySet) -> Iterator[dict[str, Any]]:
    """Songs without a result are left out."""
    for record in song_records(songs):
        if record.analysis is not None:
            yield _document(record, record.analysis)


def _document(record: SongRecord, analysis: Mapping[str, Any]) -> dict[str, Any]:
    song, answer = record.song, analysis["answer"]
    features = answer.get("features", {})
    tags = {name: song[name] for name in ("title", "artist", "album")} | {"albumartist": song["album_artist"]}
    tags |= {"musicbrainz_trackid": record.musicbrainz_id}
    tags |= {"date": str(song["year"] or ""), "genre": song["music_genre"]}
    return {
        "metadata": {
            "tags": {"file_name": record.path or song["file_name"]}
            | {name: [text] for name, text in tags.items() if text},
            "audio_properties": {"length": song["duration_s"]},
            "version": {"highlevel": {"countermood": analysis["model_version"]}},
        },
        "highlevel": _high_level(answer["scores"]),
        "rhythm": {"bpm": features.get("tempo_bpm")},
        "tonal": _tonal(features),
    }


def _high_level(scores: Mapping[str, Any]) -> dict[str, Any]:
    models: dict[str, Any] = {}
    for name, term in TERMS.items():
        chance = scores.get("moods", {}).get(term)
        if chance is not None:
            word = name.removeprefix("mood_")
            models[name] = _model({word: chance, f"not_{word}": round(1 - chance, 6)})
    clusters = scores.get("clusters", {})
    if clusters:
        models["moods_mirex"] = _model({CLUSTERS[name]: share for name, share in clusters.items() if name in CLUSTERS})
    return models


def _model(chances: dict[str, float]) -> dict[str, Any]:
    value = max(chances, key=lambda name: chances[name])
    return {"value": value, "probability": chances[value], "all": chances}


def _tonal(features: Mapping[str, Any]) -> dict[str, Any]:
    if features.get("key") is None or features.get("mode") is None:
        return {}
    note, scale = ml_gateway.key_name(features["key"], features["mode"]).replace("♯", "#").split()
    return {"key_key": note, "key_scale": scale}
