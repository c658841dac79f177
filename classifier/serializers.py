"""A song as JSON: the one object that the API, the command line and the export write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from classifier import ml_gateway
from classifier.models import Song, Status

if TYPE_CHECKING:
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
SEGMENT = {"start_s": 0.0, "end_s": 0.0, "silent": False, "mood": None, "scores": None, "models": None}
"""The keys of a segment with their defaults: results of older versions have no `silent`."""


def song_json(song: Song, network: str = "both", with_segments: bool = True) -> dict[str, Any]:
    """`network` is one of `ml_gateway.NETWORKS`; one network alone is a view on the stored scores."""
    if song.status == Status.FAILED:
        return failure_json(song.file_name, song.error_code, song.error_message, song_id=str(song.id))
    analysis = song.analysis if song.status == Status.DONE else None
    result: Mapping[str, Any] = {}
    if analysis is not None:
        segments = {"segments": analysis.detail.segments} if with_segments else {}
        result = _view({**analysis.detail.answer, **segments}, network, analysis.model_version)
    return {
        "id": str(song.id),
        "status": song.status,
        "file_name": song.file_name,
        "title": song.title,
        "artist": song.artist,
        "duration_s": song.duration_s,
        "sha256": song.sha256,
        "model_version": analysis.model_version if analysis else None,
        "created_at": iso_timestamp(song.created_at),
        "finished_at": iso_timestamp(song.finished_at),
        **_result_json(result, with_segments),
        "actual_mood": actual_mood(song),
        "verdict": song.verdict or None,
        "progress": {
            "stage": song.stage,
            "segments_done": song.segments_done,
            "segments_total": song.segments_total,
        },
        "warnings": song.warnings,
    }


def analysis_json(
    result: AnalysisResult, *, file_name: str, sha256: str, network: str, started_at: datetime, finished_at: datetime
) -> dict[str, Any]:
    """The same object for a file that was analysed without being stored."""
    segments = len(result.answer["segments"])
    return {
        "id": None,
        "status": Status.DONE.value,
        "file_name": file_name,
        "title": result.title or "",
        "artist": result.artist or "",
        "duration_s": result.duration_s,
        "sha256": sha256,
        "model_version": result.model_version,
        "created_at": iso_timestamp(started_at),
        "finished_at": iso_timestamp(finished_at),
        **_result_json(_view(result.answer, network, result.model_version), with_segments=True),
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


def actual_mood(song: Song) -> dict[str, Any] | None:
    """The moods that the user stated, named by the same rule as those of the models."""
    primary, secondary = song.actual_primary, song.actual_secondary
    if not primary:
        return None
    return {
        "name": ml_gateway.composite_name(primary, secondary),
        "primary": primary,
        "secondary": secondary or None,
        "joined_by": ml_gateway.joined_by(primary, secondary) if secondary else None,
    }


def iso_timestamp(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _view(stored: Mapping[str, Any], network: str, model_version: str) -> Mapping[str, Any]:
    return stored if network == "both" else ml_gateway.network_view(stored, network, model_version)


def _result_json(result: Mapping[str, Any], with_segments: bool) -> dict[str, Any]:
    content = {key: result.get(key, empty) for key, empty in EMPTY_RESULT.items()}
    if with_segments:
        content["segments"] = [
            {key: segment.get(key, default) for key, default in SEGMENT.items()} for segment in content["segments"]
        ]
    else:
        del content["segments"]
    return content
