"""Checks the objects of an archive: a song, and its results in the shape that pages and API read.

What is wrong raises ProductError (`archive_malformed`), which says where.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import NAME_FIELDS, Status, Verdict
from classifier.own_model_models import MAX_USED, OWN_MODELS
from classifier.querysets import MOOD_FIELDS
from classifier.recalibration.application import result_restored
from classifier.services.song_verdict import stated_moods
from classifier.uploads.file_names import display_name

HASH = re.compile(r"[0-9a-f]{64}")
CODE = re.compile(r"[a-z_]{1,64}")
OWN_VERSION = re.compile(r"[0-9a-f]{1,16}")
MAX_RESULTS, MAX_SEGMENTS, MAX_TEXT, MAX_ENTRIES, MAX_DEPTH = 20, 4000, 2000, 200, 6
SIDES = {*ml_gateway.MOODS, *ml_gateway.EMOTIONS}
GROUPS: dict[str, Collection[str]] = {
    "moods": ml_gateway.MOODS,
    "emotions": ml_gateway.EMOTIONS,
    "quadrants": ml_gateway.QUADRANT_WORDS,
    "clusters": ml_gateway.CLUSTER_WORDS,
}
RECALIBRATION_FIGURES = ("log_loss", "calibration_error", "first_right", "one_right", "named")
FEATURES = {feature.name for feature in ml_gateway.FEATURES}


@dataclass(frozen=True)
class CheckedResult:
    model_version: str
    is_current: bool
    created_at: datetime
    answer: dict[str, Any]
    segments: list[Any]
    waveform: list[int]


@dataclass(frozen=True)
class CheckedSong:
    old_id: str
    columns: dict[str, Any]
    """Of the row, without those that say where it lies and how far its analysis is."""
    status: str
    cover: str
    results: list[CheckedResult]


def checked_song(value: Any, *, now: datetime) -> CheckedSong:
    song = _object(value, "song")
    old_id = _text(song.get("id"), 36)
    results = [_result(one, now) for one in _list(song.get("results"), MAX_RESULTS, "results")]
    if sum(one.is_current for one in results) > 1 or len({one.model_version for one in results}) != len(results):
        raise malformed("The song has two current results")
    names = {name: _text(song.get(name) or "", 255) for name in NAME_FIELDS if name != "year"}
    columns: dict[str, Any] = {
        "file_name": display_name(_text(song.get("file_name"), 255)),
        "sha256": _matching(song.get("sha256"), HASH),
        "audio_hash": _matching(song.get("audio_hash"), HASH),
        "size_bytes": int(_number(song.get("size_bytes"), 0, 1 << 50)),
        "duration_s": None if song.get("duration_s") is None else float(_number(song["duration_s"], 0, 1e6)),
        **names,
        "year": None if song.get("year") is None else int(_number(song["year"], 1, 9999)),
        "tags": _plain(_object(song.get("tags") or {}, "tags")),
        "warnings": [_warning(one) for one in _list(song.get("warnings"), 50, "warnings")],
        "error_code": _matching(song.get("error_code"), CODE),
        "error_message": _text(song.get("error_message") or "", MAX_TEXT),
        **_verdict(song, now),
        "created_at": checked_time(song.get("created_at"), now) or now,
        "deleted_at": checked_time(song.get("deleted_at"), now),
        "edited_at": checked_time(song.get("edited_at"), now),
        "finished_at": checked_time(song.get("finished_at"), now),
    }
    status = _text(song.get("status"), 16)
    if status not in Status.values or (status == Status.FAILED and not columns["error_code"]):
        raise malformed("The status of the song is unknown, or has no error code")
    return CheckedSong(old_id, columns, status, _matching(song.get("cover"), HASH), results)


def _verdict(song: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    verdict = song.get("verdict") or Verdict.NONE
    if verdict not in Verdict.values:
        raise malformed(f"The verdict is “{str(verdict)[:40]}”")
    primary, secondary = (_text(song.get(f"actual_{side}") or "", 32) for side in ("primary", "secondary"))
    if verdict in (Verdict.NONE, Verdict.DISAGREED):
        primary = secondary = ""
    else:
        try:
            primary, secondary = stated_moods(primary, secondary)
        except ProductError as error:
            raise malformed(error.message.rstrip(".")) from None
    time = (checked_time(song.get("verdict_at"), now) or now) if verdict else None
    return {"verdict": verdict, "verdict_at": time, "actual_primary": primary, "actual_secondary": secondary}


def _result(value: Any, now: datetime) -> CheckedResult:
    result = _object(value, "result")
    version = _text(result.get("model_version"), 64)
    if not ml_gateway.VERSION.fullmatch(ml_gateway.base_version(version)):
        raise malformed("The name of the model is invalid")
    try:
        # What the model itself says: a recalibration is applied again where it is switched on here.
        version, answer = result_restored(version, _object(result.get("answer"), "answer"))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise malformed("What a result was recalibrated from is incomplete") from None
    _mood(answer.get("mood"))
    _scores(answer.get("scores"))
    models = _object(answer.get("models"), "models")
    for network in ("cnn1d", "cnn2d"):
        _scores(models.get(network))
    for name in _object(answer.get("features"), "features").keys() - FEATURES:
        raise malformed(f"“{name[:40]}” is not a feature")
    for number in answer["features"].values():
        _number(number, -1e12, 1e12)
    for genre, share in _object(answer.get("genres"), "genres").items():
        if genre not in ml_gateway.GENRES:
            raise malformed(f"“{genre[:40]}” is not a mood genre")
        _number(share, 0, 1)
    _number(answer.get("agreement"), 0, 1)
    for reason in _list(answer.get("reasons"), MAX_ENTRIES, "reasons"):
        _text(_object(reason, "reason").get("text"), MAX_TEXT)
    for alternative in _list(answer.get("alternatives"), MAX_ENTRIES, "alternatives"):
        _text(_object(alternative, "alternative").get("name"), 128)
        _number(alternative.get("confidence"), 0, 1)
    for own in _list(answer.get(OWN_MODELS), MAX_USED, "answers of own models"):
        _own_answer(own)
    segments = _list(result.get("segments"), MAX_SEGMENTS, "segments")
    for segment in segments:
        _segment(segment)
    waveform = [int(_number(one, 0, 100)) for one in _list(result.get("waveform"), 20_000, "waveform")]
    created_at = checked_time(result.get("created_at"), now) or now
    return CheckedResult(
        version, result.get("is_current") is True, created_at, _plain(answer), _plain(segments, MAX_SEGMENTS), waveform
    )


def _own_answer(value: Any) -> None:
    own = _object(value, "answer of an own model")
    if not (_matching(own.get("name"), ml_gateway.OWN_MODEL_NAME) and _matching(own.get("version"), OWN_VERSION)):
        raise malformed("The name of an own model is invalid")
    chances = _object(own.get("chances"), "chances")
    for name, chance in chances.items():
        _text(name, 100)
        _number(chance, 0, 1)
    if any(mood not in chances for mood in _list(own.get("moods"), MAX_ENTRIES, "moods")):
        raise malformed("A mood of an own model has no chance")


def _segment(value: Any) -> None:
    segment = _object(value, "segment")
    start_s = _number(segment.get("start_s"), 0, 1e6)
    _number(segment.get("end_s"), start_s, 1e6)
    if segment.get("silent"):
        return
    _mood(segment.get("mood"))
    _scores(segment.get("scores"))
    for scores in _object(segment.get("models"), "models").values():
        _scores(scores)


def _mood(value: Any) -> None:
    mood = _object(value, "mood")
    if mood.keys() < set(MOOD_FIELDS) or not {mood["primary"], mood["secondary"]} <= SIDES:
        raise malformed("A mood is incomplete or unknown")
    if mood["joined_by"] not in ("and", "but") or not isinstance(mood["certain"], bool):
        raise malformed("A mood is malformed")
    _text(mood["name"], 128)
    _text(mood["genre"], 64)
    for name in ("confidence", "secondary_confidence"):
        _number(mood[name], 0, 1)


def _scores(value: Any) -> None:
    scores = _object(value, "scores")
    for group, names in GROUPS.items():
        if group == "moods" and group not in scores:
            continue  # models before mood-4
        shares = _object(scores.get(group), group)
        if shares.keys() != set(names):
            raise malformed(f"The scores of {group} are incomplete")
        for share in shares.values():
            _number(share, 0, 1)
    for name in ("valence", "arousal"):
        _number(scores.get(name), 1, 9)


def _warning(value: Any) -> dict[str, str]:
    warning = _object(value, "warning")
    return {
        "code": _matching(warning.get("code"), CODE),
        "message": _text(warning.get("message"), MAX_TEXT),
    }


def _plain(value: Any, entries: int = MAX_ENTRIES, depth: int = MAX_DEPTH) -> Any:
    """The same value, if it is small and has no number that JSON does not know."""
    if depth < 0:
        raise malformed("A value is nested too deeply")
    if isinstance(value, dict):
        if len(value) > entries:
            raise malformed("An object has too many entries")
        return {_text(name, 100): _plain(child, depth=depth - 1) for name, child in value.items()}
    if isinstance(value, list):
        if len(value) > entries:
            raise malformed("A list has too many entries")
        return [_plain(child, depth=depth - 1) for child in value]
    if isinstance(value, str):
        return _text(value, MAX_TEXT)
    if isinstance(value, int | float) and not math.isfinite(value):
        raise malformed("A number is not finite")
    return value


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise malformed(f"The {what} is not an object")
    return value


def _list(value: Any, most: int, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise malformed(f"The {what} are not a list of at most {most:,}")
    return value


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise malformed(f"A text is missing, or longer than {most} characters")
    return value


def _number(value: Any, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise malformed(f"A number is not from {least:g} to {most:g}")
    return value


def _matching(value: Any, pattern: re.Pattern[str]) -> str:
    if not value:
        return ""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise malformed("A code or a checksum is malformed")
    return value


def checked_figures(value: Any) -> dict[str, Any]:
    """Those of a recalibration, as the page shows them."""
    figures: dict[str, Any] = _plain(_object(value, "figures of a recalibration"))
    try:
        for part in ("before", "after"):
            for name in RECALIBRATION_FIGURES:
                _number(figures[part][name], -1e6, 1e6)
        for gain in figures["gain"].values():
            for end in ("value", "low", "high"):
                _number(gain[end], -1e6, 1e6)
        for term, one in figures["terms"].items():
            if term not in ml_gateway.MOODS:
                raise malformed("A recalibration names an unknown mood")
            for name in ("songs", "before", "after"):
                _number(one[name], 0, 1e6)
        _number(figures["guess"]["log_loss"], 0, 1e6)
        for name in ("songs", "folds"):
            _number(figures[name], 0, 1e6)
        figures["by_artist"], figures["reasons"] = bool(figures["by_artist"]), list(map(str, figures["reasons"]))
    except (KeyError, TypeError, AttributeError):
        raise malformed("The figures of a recalibration are incomplete") from None
    return figures


def checked_time(value: Any, now: datetime) -> datetime | None:
    """Never in the future."""
    if value is None:
        return None
    try:
        time = parse_datetime(_text(value, 40))
    except ValueError:
        time = None
    if time is None or not 1990 <= time.year <= now.year + 1:
        raise malformed("A time is malformed")
    return min(time if timezone.is_aware(time) else timezone.make_aware(time), now)


def malformed(what: str) -> ProductError:
    return ProductError("archive_malformed", gettext("%(what)s: the archive was changed or damaged.") % {"what": what})
