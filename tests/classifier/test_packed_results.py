"""Results are stored in few bytes, and come back exactly as they were."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import TextField
from django.test import Client
from django.urls import reverse

from classifier.fields import OrderedJSONField
from classifier.models import AnalysisDetail, Person, Song
from classifier.packed_json import pack, unpack
from classifier.packed_json_dictionary import DICTIONARY
from tests.classifier.fake_analysis import answer, older_answer
from tests.shelf import shelve

MAX_BYTES = 15_000
"""Of one result of a song of four minutes, by the issue."""


def varied(value: Any, chance: random.Random) -> Any:
    """The same object with another random score for each one."""
    if isinstance(value, dict):
        return {key: varied(child, chance) for key, child in value.items()}
    if isinstance(value, list):
        return [varied(child, chance) for child in value]
    return round(chance.random(), 4) if isinstance(value, float) else value


def four_minutes() -> dict[str, Any]:
    """As incompressible as no real result: neighbouring segments have nothing in common."""
    chance = random.Random(0)
    result = answer(segments=47)
    for number, segment in enumerate(result["segments"]):
        segment |= varied({key: segment[key] for key in ("mood", "scores", "models")}, chance)
        segment["scores"]["valence"] = round(1 + 8 * chance.random(), 4)
        segment["start_s"], segment["end_s"] = 5.0 * number, 5.0 * number + 10
    result["segments"][-1]["end_s"] = 239.986
    return result


def stored_bytes(detail: AnalysisDetail) -> int:
    with connection.cursor() as cursor:
        total = 0
        for column in ("answer", "segments", "waveform"):
            cursor.execute(f"SELECT {column} FROM classifier_analysisdetail WHERE analysis_id = %s", [detail.pk])
            value = cursor.fetchone()[0]
            total += len(value if isinstance(value, bytes) else value.encode())
    return total


@pytest.mark.parametrize(
    "value",
    [
        four_minutes()["segments"],
        older_answer()["segments"],
        four_minutes(),
        [],
        {},
        None,
        [0, 40, 100, 60],
        [{"a": 1, "b": {"c": 0.5}}, {"b": {"c": 0.25}, "a": 2}, {"a": 3, "b": {"c": -0.0}}],
        [{"a": 0.1 + 0.2}, {"a": 1e-9}, {"a": 1e300}],
        [{"a": -0.1}, {"a": 0.3}],
        [{"a": 1}, {"a": 1.0}, {"a": True}, {"a": None}, {"a": "1"}],
        [{"a": {}}, {"a": []}, {"a": {"b": [1]}}],
        [{"a": -5}, {"a": 1 << 40}, {"a": 7}],
        [{str(number): number} for number in range(20)],
        [{"a": "é\u2028😀"}, {"a": "x"}],
        [[1, 2], [3]],
    ],
)
def test_every_value_comes_back_exactly_and_in_order(value: Any) -> None:
    assert json.dumps(unpack(pack(value))) == json.dumps(value)


def test_silent_segments_keep_their_places() -> None:
    segments = four_minutes()["segments"]
    for number in (0, 7, 46):
        segments[number] |= {"silent": True, "mood": None, "scores": None, "models": None}
    packed = pack(segments)
    assert unpack(packed) == segments
    assert len(packed) < 12_000


def test_objects_of_a_result_are_not_shared() -> None:
    first, second = unpack(pack([{"a": {"b": 1}, "c": []}, {"a": {"b": 1}, "c": []}]))
    first["a"]["b"] = 2
    first["c"].append(1)
    assert second == {"a": {"b": 1}, "c": []}


def test_the_dictionary_never_changes() -> None:
    """Stored results could not be read any more."""
    assert hashlib.sha256(DICTIONARY).hexdigest() == "a01ef3dac65ce4d36077dc6abb4de51634e0ea0c00b43c229d58f83907fde7b7"
    assert unpack(bytes.fromhex("0178f9b26febe1ab461dd030ad0500371405c2")) == {"agreement": 0.5}


def test_a_form_of_a_later_version_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="this version of Countermood cannot read"):
        unpack(b"\x09later")


def test_a_song_of_four_minutes_takes_at_most_15_kb(anna: Person) -> None:
    detail = AnalysisDetail.objects.get(analysis__song=shelve(anna))
    result = four_minutes()
    segments = result.pop("segments")
    detail.answer, detail.segments, detail.waveform = result, segments, [number * 7 % 101 for number in range(600)]
    detail.save()
    plain = len(json.dumps([detail.answer, detail.segments, detail.waveform], separators=(",", ":")))
    assert plain > 80_000
    assert stored_bytes(detail) < MAX_BYTES
    read = AnalysisDetail.objects.get(pk=detail.pk)
    assert json.dumps([read.answer, read.segments]) == json.dumps([result, segments])


def test_values_that_are_no_json_are_refused(anna: Person) -> None:
    detail = AnalysisDetail.objects.get(analysis__song=shelve(anna))
    detail.answer = {"agreement": float("nan")}
    with pytest.raises(ValueError, match="JSON"):
        detail.save()


def make_plain(song: Song) -> AnalysisDetail:
    """The row as earlier versions wrote it."""
    detail = AnalysisDetail.objects.get(analysis__song=song)
    values = [json.dumps(getattr(detail, name), ensure_ascii=False) for name in ("answer", "segments", "waveform")]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE classifier_analysisdetail SET answer = %s, segments = %s, waveform = %s WHERE analysis_id = %s",
            [*values, detail.pk],
        )
    return detail


def test_rows_of_earlier_versions_are_read(anna: Person, anna_client: Client) -> None:
    song = shelve(anna, "Harbour")
    before = anna_client.get(reverse("prediction", args=[song.id])).content
    size = stored_bytes(make_plain(song))
    assert size > 3 * stored_bytes(AnalysisDetail.objects.get(analysis__song=shelve(anna)))
    assert anna_client.get(reverse("prediction", args=[song.id])).content == before
    assert anna_client.get(reverse("song-detail", args=[song.id])).status_code == 200


def test_compact_results_packs_them_once(
    anna: Person, anna_client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("classifier.jobs.compact_results.BATCH_ROWS", 2)
    songs = [shelve(anna, f"Song {number}") for number in range(5)]
    packed = [stored_bytes(AnalysisDetail.objects.get(analysis__song=song)) for song in songs]
    answers = [anna_client.get(reverse("prediction", args=[song.id])).content for song in songs]
    details = [make_plain(song) for song in songs[:4]]
    assert all(stored_bytes(detail) > size for detail, size in zip(details, packed, strict=False))
    call_command("compact_results")
    assert "Compacted 4 results." in capsys.readouterr().out
    assert [stored_bytes(AnalysisDetail.objects.get(analysis__song=song)) for song in songs] == packed
    assert [anna_client.get(reverse("prediction", args=[song.id])).content for song in songs] == answers
    call_command("compact_results")
    assert "All results are compact." in capsys.readouterr().out


def test_other_databases_get_text(anna: Person) -> None:
    """PostgreSQL has no bytes in a column of text."""
    field = AnalysisDetail._meta.get_field("segments")
    assert isinstance(field, OrderedJSONField)
    assert isinstance(field, TextField)
    segments = four_minutes()["segments"]

    class Other:
        vendor = "postgresql"

    text = field.get_db_prep_value(segments, Other())  # type: ignore[arg-type]
    assert isinstance(text, str)
    assert text.startswith("=")
    assert len(text) < MAX_BYTES
    assert field.from_db_value(text, None, Other()) == segments
