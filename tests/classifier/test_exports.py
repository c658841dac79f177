"""Songs as files for other programs: columns, segments, Parquet, the shapes of Spotify and AcousticBrainz."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier import ml_gateway
from classifier.library.exports import parquet_file
from classifier.library.exports.formats import FORMATS
from classifier.library.exports.song_rows import COLUMNS
from classifier.models import AnalysisDetail, Person, Song, SongLocation, Source, Status
from tests.shelf import shelve

FEATURES = {feature.name: float(number + 1) for number, feature in enumerate(ml_gateway.FEATURES)}


@pytest.fixture
def nocturne(anna: Person) -> Song:
    """A song of a folder with all features, a verdict and three segments."""
    song = shelve(
        anna, "Nocturne", artist="Field", album="Nights", verdict="corrected", actual_primary="sad", audio_hash="a1",
        tags={"musicbrainz_recording_id": "11111111-2222-3333-4444-555555555555"}, valence=6.0, arousal=3.0,
    )  # fmt: skip
    detail = AnalysisDetail.objects.get(analysis__song=song)
    detail.answer["features"] = FEATURES | {"key": 9.0, "mode": 0.0, "tempo_bpm": 92.3, "rms_mean": 0.1}
    detail.save()
    folder = Source.objects.create(
        owner=anna, kind="folder", name="Music", address="/srv/music", created_at=timezone.now()
    )
    SongLocation.objects.create(source=folder, song=song, key="Field/nocturne.flac")
    return song


def text(kind: str, songs: Any = None) -> str:
    blocks = FORMATS[kind].write(Song.objects.newest_first() if songs is None else songs)
    return "".join(block if isinstance(block, str) else block.decode() for block in blocks)


def rows(kind: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(kind).removeprefix("\ufeff"), newline="")))


def test_a_row_has_path_ids_moods_scores_and_all_features(nocturne: Song) -> None:
    [row] = rows("csv")
    assert (row["path"], row["audio_hash"]) == ("/srv/music/Field/nocturne.flac", "a1")
    assert row["musicbrainz_trackid"] == "11111111-2222-3333-4444-555555555555"
    assert (row["mood"], row["confidence"], row["secondary_confidence"]) == ("Calm but Powerful", "0.71", "0.44")
    assert (row["quadrant_q1"], row["cluster_c5"], row["genre_CalmButEpic"]) == ("0.25", "0.2", "0.55")
    assert all(row[name] for name in FEATURES)
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_segments_are_a_table_of_their_own(nocturne: Song, anna: Person) -> None:
    shelve(anna, "Failed", status=Status.FAILED)
    table = rows("segments.csv")
    assert [(row["segment"], row["start_s"], row["end_s"]) for row in table] == [
        ("0", "0.0", "10.0"), ("1", "5.0", "15.0"), ("2", "10.0", "20.0"),
    ]  # fmt: skip
    assert {row["song_id"] for row in table} == {str(nocturne.id)}
    assert (table[0]["mood"], table[0]["calm"]) == ("Calm but Powerful", "0.7")
    lines = [json.loads(line) for line in text("segments.jsonl").splitlines()]
    assert [(line["segment"], line["silent"], line["primary"]) for line in lines] == [
        (number, False, "calm") for number in range(3)
    ]


def test_the_columns_of_spotify_have_its_ranges(nocturne: Song) -> None:
    [row] = rows("spotify.csv")
    assert (row["valence"], row["energy"]) == ("0.625", "0.25")
    assert (row["tempo"], row["key"], row["mode"]) == ("92.3", "9", "0")
    assert float(row["loudness"]) == pytest.approx(20 * math.log10(0.1))
    assert row["duration_ms"] == "60000"


def test_a_song_without_a_result_has_only_its_names_for_spotify(anna: Person) -> None:
    shelve(anna, "Failed", status=Status.FAILED)
    [row] = rows("spotify.csv")
    assert (row["title"], row["valence"], row["tempo"]) == ("Failed", "", "")


def test_a_document_has_the_shape_of_acousticbrainz(nocturne: Song, anna: Person) -> None:
    shelve(anna, "Failed", status=Status.FAILED)
    [line] = text("acousticbrainz.jsonl").splitlines()
    document = json.loads(line)
    assert document["highlevel"]["mood_relaxed"] == {
        "value": "relaxed", "probability": 0.7, "all": {"relaxed": 0.7, "not_relaxed": 0.3},
    }  # fmt: skip
    assert document["highlevel"]["mood_happy"]["value"] == "not_happy"
    assert list(document["highlevel"]["moods_mirex"]["all"]) == [f"Cluster{number}" for number in range(1, 6)]
    assert (document["rhythm"]["bpm"], document["tonal"]) == (92.3, {"key_key": "A", "key_scale": "minor"})
    assert document["metadata"]["tags"]["title"] == ["Nocturne"]


def test_a_result_of_an_older_model_has_what_that_model_gave(anna: Person) -> None:
    shelve(anna, "Older", model_version="mood-2")
    document = json.loads(text("acousticbrainz.jsonl"))
    assert list(document["highlevel"]) == ["moods_mirex"]
    assert (rows("csv")[0]["joyful"], rows("csv")[0]["sadness"]) == ("", "0.1")


@pytest.mark.parametrize("kind", ["parquet", "segments.parquet"])
def test_a_parquet_file_has_the_values_of_the_csv_with_types(
    nocturne: Song, anna: Person, kind: str, tmp_path: Path
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    shelve(anna, "Older", model_version="mood-2")
    path = tmp_path / "songs.parquet"
    path.write_bytes(b"".join(FORMATS[kind].write(Song.objects.newest_first())))  # type: ignore[arg-type]
    table = parquet.read_table(path)
    expected = rows(kind.replace("parquet", "csv"))
    assert table.column_names == list(expected[0])
    read = table.to_pylist()
    assert [row["title"] for row in read] == [row["title"] for row in expected]
    assert [row["calm"] for row in read] == [float(row["calm"]) if row["calm"] else None for row in expected]
    assert table.schema.field("certain").type == pyarrow.bool_()


def test_a_long_parquet_file_is_written_in_groups(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import BufferReader, parquet

    monkeypatch.setattr(parquet_file, "GROUP_ROWS", 2)
    for number in range(5):
        shelve(anna, str(number))
    blocks = list(FORMATS["parquet"].write(Song.objects.newest_first()))
    assert len(blocks) == 4  # three groups, and the footer
    assert parquet.ParquetFile(BufferReader(b"".join(blocks))).metadata.num_row_groups == 3  # type: ignore[arg-type]


def test_without_pyarrow_the_page_and_the_address_say_so(
    nocturne: Song, anna_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "parquet_installed", lambda: False)
    monkeypatch.setattr("classifier.library.exports.formats.parquet_installed", lambda: False)
    assert "pyarrow is not installed" in anna_client.get(reverse("song-export")).text
    response = anna_client.get(reverse("songs-parquet"), headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (501, "parquet_missing")


def test_the_page_offers_every_format_for_the_filter(nocturne: Song, anna: Person, anna_client: Client) -> None:
    shelve(anna, "Other", primary="joyful")
    page = anna_client.get(reverse("song-export"), {"first": "joyful"}).text
    assert "Export 1 song<" in page
    for export in FORMATS.values():
        assert f'href="{reverse(export.url_name)}?first=joyful"' in page


def test_selected_songs_are_exported_in_any_format(nocturne: Song, anna: Person, anna_client: Client) -> None:
    other = shelve(anna, "Other")
    page = anna_client.post(reverse("song-selection"), {"action": "export", "song": [str(other.id)]}).text
    assert "Export 1 song<" in page
    assert f'name="song" value="{other.id}"' in page
    chosen = {"action": "spotify.csv", "song": [str(other.id)]}
    body = b"".join(anna_client.post(reverse("song-selection"), chosen)).decode()
    assert "Other" in body
    assert "Nocturne" not in body


def test_nobody_exports_the_songs_of_others(nocturne: Song, boris_client: Client) -> None:
    for export in FORMATS.values():
        assert b"Nocturne" not in b"".join(boris_client.get(reverse(export.url_name)))
