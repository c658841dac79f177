"""A song as the one JSON object that the API, the command line and the pages give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Song, Status

if TYPE_CHECKING:
    from ml.inference.analysis import AnalysisResult as Heard

# Every key of an answer, in its order, with what it holds as long as nothing is known.
NO_ANSWER: dict[str, Any] = {
    "mood": None,
    "alternatives": [],
    "genres": {},
    "agreement": None,
    "scores": None,
    "models": None,
    "reasons": [],
    "features": {},
    "segments": [],
}
SEGMENT = ("start_s", "end_s", "mood", "scores", "models")


def song_json(song: Song, network: str = "both", with_segments: bool = True) -> dict[str, Any]:
    """`network` is one of door.NETWORKS: a look at one network alone is a view on the same scores."""
    if song.status == Status.FAILED:
        return failure_json(song.file_name, song.error_code, song.error_message, song_id=str(song.id))
    analysis = song.analysis if song.status == Status.DONE else None
    found: Mapping[str, Any] = {}
    if analysis is not None:
        segments = {"segments": analysis.detail.segments} if with_segments else {}
        found = _seen({**analysis.detail.answer, **segments}, network, analysis.model_version)
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
        **_answer(found, with_segments),
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
    heard: Heard, *, file_name: str, sha256: str, network: str, started_at: datetime, finished_at: datetime
) -> dict[str, Any]:
    """The same object for a file that was heard without being stored."""
    segments = len(heard.answer["segments"])
    return {
        "id": None,
        "status": Status.DONE.value,
        "file_name": file_name,
        "title": heard.title or "",
        "artist": heard.artist or "",
        "duration_s": heard.duration_s,
        "sha256": sha256,
        "model_version": heard.model_version,
        "created_at": iso_timestamp(started_at),
        "finished_at": iso_timestamp(finished_at),
        **_answer(_seen(heard.answer, network, heard.model_version), with_segments=True),
        "actual_mood": None,
        "verdict": None,
        "progress": {"stage": "", "segments_done": segments, "segments_total": segments},
        "warnings": heard.warnings,
    }


def failure_json(file_name: str, code: str, message: str, *, song_id: str | None = None) -> dict[str, Any]:
    return {
        "id": song_id,
        "status": Status.FAILED.value,
        "file_name": file_name,
        "error": {"code": code, "message": message},
    }


def actual_mood(song: Song) -> dict[str, Any] | None:
    """What the person said, named by the same rule as what was heard."""
    primary, secondary = song.actual_primary, song.actual_secondary
    if not primary:
        return None
    return {
        "name": ml_gateway.composite_name(primary, secondary),
        "primary": primary,
        "secondary": secondary or None,
        "joined_by": ml_gateway.joined_by(primary, secondary) if secondary else None,
    }


def parse_network(name: str | None) -> str:
    """The value of `?model=`, refused by name if it is none."""
    if not name:
        return "both"
    if name not in ml_gateway.NETWORKS:
        raise ProductError(
            "model_unknown",
            f"model is “{name[:40]}”, and {', '.join(ml_gateway.NETWORKS)} are allowed: choose one of them.",
        )
    return name


def iso_timestamp(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _seen(answer: Mapping[str, Any], network: str, model_version: str) -> Mapping[str, Any]:
    return answer if network == "both" else ml_gateway.network_view(answer, network, model_version)


def _answer(found: Mapping[str, Any], with_segments: bool) -> dict[str, Any]:
    answer = {key: found.get(key, nothing) for key, nothing in NO_ANSWER.items()}
    if with_segments:
        answer["segments"] = [{key: segment[key] for key in SEGMENT} for segment in answer["segments"]]
    else:
        del answer["segments"]
    return answer
