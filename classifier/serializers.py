"""A song as JSON: the one object that the API, the command line and the export write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from classifier import ml_gateway
from classifier.models import Song, Status
from classifier.own_model_models import OWN_MODELS

if TYPE_CHECKING:
    from classifier.active_words import ActiveWords
    from classifier.ml_gateway import AnalysisResult

# Every key of a result, in its order, with its value while there is no result.
EMPTY_RESULT: dict[str, Any] = {
    "mood": None,
    "alternatives": [],
    "genres": {},
    "agreement": None,
    "scores": None,
    "models": None,
    "reasons": [],
    "explanations": {},
    "features": {},
    "segments": [],
}
OWN_URLS = ("models", "features")
SEGMENT = {"start_s": 0.0, "end_s": 0.0, "silent": False, "mood": None, "scores": None, "models": None}
"""The keys of a segment with their defaults: results of older versions have no `silent`."""


def song_json(
    song: Song, network: str = "both", with_segments: bool = True, words: ActiveWords | None = None
) -> dict[str, Any]:
    """`network` is one of `ml_gateway.NETWORKS`; one network alone is a view on the stored scores. With `words`, moods
    have the names and the rules of these, and `vocabulary` says which they are."""
    if song.status == Status.FAILED:
        return failure_json(song.file_name, song.error_code, song.error_message, song_id=str(song.id))
    return _song_fields(song, network, with_segments, words)


def song_resource(song: Song, network: str = "both", words: ActiveWords | None = None) -> dict[str, Any]:
    """The song of the API's version 1: the same keys whatever its status, without what has a URL of its own."""
    content = _song_fields(song, network, False, words)
    for name in OWN_URLS:
        del content[name]
    failed = song.status == Status.FAILED
    error = {"code": song.error_code, "message": song.error_message} if failed else None
    content.setdefault(OWN_MODELS, [])
    return {**content, "error": error, "deleted_at": iso_timestamp(song.deleted_at)}


def _song_fields(song: Song, network: str, with_segments: bool, words: ActiveWords | None) -> dict[str, Any]:
    analysis = song.analysis if song.status == Status.DONE else None
    result: Mapping[str, Any] = {}
    if analysis is not None:
        segments = {"segments": analysis.detail.segments} if with_segments else {}
        result = answer_view({**analysis.detail.answer, **segments}, network, analysis.model_version, words)
    return {
        "id": str(song.id),
        "status": song.status,
        "file_name": song.file_name,
        "title": song.title,
        "artist": song.artist,
        "album": song.album,
        "album_artist": song.album_artist,
        "year": song.year,
        "music_genre": song.music_genre,
        "duration_s": song.duration_s,
        "sha256": song.sha256,
        "model_version": analysis.model_version if analysis else None,
        **({"vocabulary": words.label} if words else {}),
        "created_at": iso_timestamp(song.created_at),
        "finished_at": iso_timestamp(song.finished_at),
        **_result_json(result, with_segments),
        "actual_mood": actual_mood(song, words),
        "verdict": song.verdict or None,
        "progress": {
            "stage": song.stage,
            "segments_done": song.segments_done,
            "segments_total": song.segments_total,
        },
        "warnings": song.warnings,
    }


def analysis_json(
    result: AnalysisResult,
    *,
    file_name: str,
    sha256: str,
    network: str,
    started_at: datetime,
    finished_at: datetime,
    words: ActiveWords | None = None,
) -> dict[str, Any]:
    """The same object for a file that was analysed without being stored."""
    segments = len(result.answer["segments"])
    return {
        "id": None,
        "status": Status.DONE.value,
        "file_name": file_name,
        "title": result.title or "",
        "artist": result.artist or "",
        "album": result.tags.album or "",
        "album_artist": result.tags.album_artist or "",
        "year": result.tags.year,
        "music_genre": result.tags.genre or "",
        "duration_s": result.duration_s,
        "sha256": sha256,
        "model_version": result.model_version,
        **({"vocabulary": words.label} if words else {}),
        "created_at": iso_timestamp(started_at),
        "finished_at": iso_timestamp(finished_at),
        **_result_json(answer_view(result.answer, network, result.model_version, words), with_segments=True),
        "actual_mood": None,
        "verdict": None,
        "progress": {"stage": "", "segments_done": segments, "segments_total": segments},
        "warnings": result.warnings,
    }


def failure_json(file_name: str, code: str, message: str, *, song_id: str | None = None) -> dict[str, Any]:
    return {
        "id": song_id,
        "status": Status.FAILED.value,
        "file_name": file_name,
        "error": {"code": code, "message": message},
    }


def actual_mood(song: Song, words: ActiveWords | None = None) -> dict[str, Any] | None:
    return stated_mood(song.actual_primary, song.actual_secondary, words)


def stated_mood(primary: str, secondary: str, words: ActiveWords | None = None) -> dict[str, Any] | None:
    """The moods that the user stated, named by the same rule as those of the models."""
    if not primary:
        return None
    if words is not None:
        primary, secondary = words.shown(primary), words.shown(secondary)
        secondary = "" if secondary == primary else secondary
    return {
        "name": (words.name if words else ml_gateway.composite_name)(primary, secondary),
        "primary": primary,
        "secondary": secondary or None,
        "joined_by": ml_gateway.joined_by(primary, secondary) if secondary else None,
    }


def result_json(
    answer: Mapping[str, Any],
    network: str,
    model_version: str,
    *,
    with_segments: bool = False,
    words: ActiveWords | None = None,
) -> dict[str, Any]:
    """A stored answer with every key of a result."""
    return _result_json(answer_view(answer, network, model_version, words), with_segments)


def iso_timestamp(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def answer_view(
    stored: Mapping[str, Any], network: str, model_version: str, words: ActiveWords | None = None
) -> Mapping[str, Any]:
    """A stored answer as one network alone gives it, and in these words."""
    answer = stored if network == "both" else ml_gateway.network_view(stored, network, model_version)
    if words is None or words.are_of_models:
        return answer
    return ml_gateway.house_view(answer, words.words, words.vocabulary, model_version, network)


def _result_json(result: Mapping[str, Any], with_segments: bool) -> dict[str, Any]:
    content = {key: result.get(key, empty) for key, empty in EMPTY_RESULT.items()}
    if result.get(OWN_MODELS):
        content[OWN_MODELS] = result[OWN_MODELS]
    if with_segments:
        content["segments"] = [
            {key: segment.get(key, default) for key, default in SEGMENT.items()} for segment in content["segments"]
        ]
    else:
        del content["segments"]
    return content
