"""Corrections from a CSV: which songs rows mean, the report, and that all changes are made or none."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.clean_up import clean_up
from classifier.library.exports.formats import csv_lines
from classifier.models import CorrectionFile, Person, Song, SongLocation, Source
from classifier.services.corrections.confirmation import corrections_confirm, corrections_send
from classifier.services.corrections.csv_reading import CorrectionRow, corrections_read
from classifier.services.corrections.plan import Plan, corrections_plan
from tests.shelf import shelve

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def plan(owner: Person, text: str) -> Plan:
    return corrections_plan(owner, corrections_read(io.BytesIO(text.encode())), now=timezone.now())


def verdict_of(song: Song) -> tuple[str, str, str]:
    now = Song.objects.get(id=song.id)
    return now.verdict, now.actual_primary, now.actual_secondary


def send(client: Client, text: str | bytes, name: str = "mine.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post(reverse("corrections-import"), {"file": SimpleUploadedFile(name, content, "text/csv")})


def confirm(client: Client, digest: str) -> Any:
    return client.post(reverse("corrections-confirm"), {"action": "confirm", "digest": digest}, follow=True)


@pytest.fixture
def nocturne(anna: Person) -> Song:
    song = shelve(anna, "Nocturne", artist="Field", sha256="5" * 64, audio_hash="a" * 64, file_name="n.flac")
    source = Source.objects.create(owner=anna, kind="folder", name="M", address="/srv/music", created_at=NOON)
    SongLocation.objects.create(source=source, song=song, key="Field/n.flac")
    return song


@pytest.mark.parametrize(
    "cells",
    [
        {"id": "{id}"},
        {"sha256": "5" * 64},
        {"audio_hash": "A" * 64},
        {"path": "/srv/music/Field/n.flac"},
        {"path": "n.flac"},
        {"file_name": "n.flac", "id": ""},
        {"title": "NOCTÜRNE", "artist": "field"},
        {"id": "of another installation", "title": "Nocturne", "artist": "Field"},
        {"id": "00000000-0000-7000-8000-000000000000", "sha256": "5" * 64},
    ],
    ids=lambda cells: "+".join(cells),
)
def test_a_row_finds_its_song(anna: Person, nocturne: Song, cells: dict[str, str]) -> None:
    shelve(anna, "Another", artist="Field")
    text = ",".join([*cells, "actual_primary"]) + "\n" + ",".join([*cells.values(), "sad"]).format(id=nocturne.id)
    [outcome] = plan(anna, text).changes
    assert (outcome.song_id, outcome.moods, outcome.verdict) == (nocturne.id, ("sad", ""), "corrected")


def test_a_row_never_finds_a_song_of_another_user_or_in_the_bin(anna: Person, boris: Person, nocturne: Song) -> None:
    cells = [str(nocturne.id), "5" * 64, "/srv/music/Field/n.flac", "Nocturne", "Field", "sad"]
    text = "id,sha256,path,title,artist,actual_primary\n" + ",".join(cells)
    assert [one.code for one in plan(boris, text).problems] == ["song_unknown"]
    Song.objects.filter(id=nocturne.id).update(deleted_at=NOON)
    assert [one.code for one in plan(anna, text).problems] == ["song_unknown"]


def test_songs_that_cannot_be_told_apart_are_a_problem(anna: Person) -> None:
    for _ in range(2):
        shelve(anna, "Twice", artist="Field")
    [problem] = plan(anna, "title,artist,actual_primary\nTwice,Field,sad").problems
    assert (problem.code, problem.message[:14]) == ("song_ambiguous", "2 songs match:")


def test_the_second_row_about_a_song_is_a_problem(anna: Person, nocturne: Song) -> None:
    done = plan(anna, "title,artist,actual_primary\nNocturne,Field,sad\nNocturne,Field,calm")
    assert ([one.line for one in done.changes], [one.line for one in done.problems]) == ([2], [3])
    assert done.problems[0].message == "Row 2 is about the same song."


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        ("actual_primary,actual_secondary", "Sad,TENDER", ("corrected", "sad", "tender")),
        ("actual_mood", "Sad but Tender", ("corrected", "sad", "tender")),
        ("actual_mood", "Joyful", ("corrected", "joyful", "")),
        ("verdict", "agreed", ("agreed", "calm", "powerful")),
        ("verdict,actual_primary", "agreed,sad", ("agreed", "sad", "")),
        ("verdict", "Disagreed", ("disagreed", "", "")),
        ("verdict", "none", ("", "", "")),
    ],
)
def test_what_a_row_states(anna: Person, columns: str, cells: str, expected: tuple[str, str, str]) -> None:
    song = shelve(anna, "Nocturne", verdict="corrected", actual_primary="gritty")
    done = plan(anna, f"id,{columns}\n{song.id},{cells}")
    assert [(one.verdict, *one.moods) for one in done.changes] == [expected]
    assert done.changes[0].before == "corrected: Gritty"


@pytest.mark.parametrize(
    ("columns", "cells", "code"),
    [
        ("actual_primary", "blissful", "mood_unknown"),
        ("actual_primary,actual_secondary", "sad,sad", "mood_twice"),
        ("verdict", "maybe", "verdict_unknown"),
        ("verdict", "corrected", "mood_missing"),
    ],
)
def test_what_is_wrong_with_a_row(anna: Person, columns: str, cells: str, code: str) -> None:
    song = shelve(anna, "Nocturne")
    assert [one.code for one in plan(anna, f"id,{columns}\n{song.id},{cells}").problems] == [code]


def test_rows_that_state_nothing_are_skipped(anna: Person, nocturne: Song) -> None:
    assert plan(anna, f"id,verdict,actual_primary\n{nocturne.id},,\n").outcomes == []


@pytest.mark.parametrize(
    "content",
    [
        "\ufefftitle;artist;actual_primary\r\nNocturne;Field;sad\r\n".encode(),
        "title\tartist\tactual_primary\nNocturne\tField\tsad\n".encode("utf-16"),
        b'Title, Artist ,ACTUAL_PRIMARY\n"Nocturne","Field","sad"',
    ],
    ids=["semicolons", "utf-16", "names in any case"],
)
def test_tables_of_other_programs_are_read(content: bytes) -> None:
    [row] = corrections_read(io.BytesIO(content))
    assert row == CorrectionRow(line=2, title="Nocturne", artist="Field", actual_primary="sad")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "corrections_columns"),
        (b"title,artist\nNocturne,Field", "corrections_columns"),
        (b"song,actual_primary\nNocturne,sad", "corrections_columns"),
        (b"title,actual_primary\n\xff\xfe\xfd,sad", "corrections_unreadable"),
        (b"PK\x03\x04\x00\x00\xff", "corrections_unreadable"),
        (b"title,actual_primary\n" + b"x" * 200_000 + b",sad", "corrections_unreadable"),
        (b"title,actual_primary\nNocturne,", "corrections_empty"),
    ],
)
def test_a_file_that_is_no_table_of_corrections_changes_nothing(
    anna: Person, nocturne: Song, content: bytes, code: str
) -> None:
    with pytest.raises(ProductError) as caught:
        corrections_send(owner=anna, name="x.csv", content=io.BytesIO(content), now=timezone.now())
    assert caught.value.code == code
    assert not CorrectionFile.objects.exists()


def test_a_table_with_too_many_rows_is_refused(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.services.corrections.csv_reading.MAX_ROWS", 2)
    rows = "title,actual_primary\n" + "Nocturne,sad\n" * 3
    with pytest.raises(ProductError, match="more than 2 rows"):
        corrections_read(io.BytesIO(rows.encode()))


def test_the_own_export_changes_nothing_and_restores_what_was_lost(anna: Person) -> None:
    songs = [
        shelve(anna, "=1+1", verdict="corrected", actual_primary="sad", actual_secondary="tender", verdict_at=NOON),
        shelve(anna, "Agreed", verdict="agreed", actual_primary="calm", actual_secondary="dreamy", verdict_at=NOON),
        shelve(anna, "Disagreed", verdict="disagreed", verdict_at=NOON),
    ]
    text = "".join(csv_lines(Song.objects.newest_first()))
    assert (plan(anna, text).changes, plan(anna, text).unchanged) == ([], 3)
    before = [verdict_of(song) for song in songs]
    Song.objects.update(verdict="", verdict_at=None, actual_primary="", actual_secondary="")
    corrections_send(owner=anna, name="x.csv", content=io.BytesIO(text.encode()), now=timezone.now())
    corrections_confirm(owner=anna, digest=plan(anna, text).digest, now=timezone.now())
    assert [verdict_of(song) for song in songs] == before
    assert set(Song.objects.values_list("verdict_at", flat=True)) == {NOON}


def test_a_quoted_title_finds_its_song(anna: Person) -> None:
    song = shelve(anna, "=1+1", artist="@home")
    [change] = plan(anna, "title,artist,actual_primary\n'=1+1,'@home,sad").changes
    assert change.song_id == song.id


def test_a_file_is_shown_row_by_row_and_saved_after_confirmation(
    anna: Person, anna_client: Client, nocturne: Song
) -> None:
    assert send(anna_client, "title,artist,actual_primary\nNocturne,Field,sad\nNobody,Knows,sad").status_code == 302
    page = anna_client.get(reverse("corrections-import"))
    assert "No song of your library matches" in page.text
    assert "corrected: Sad" in page.text
    assert verdict_of(nocturne)[0] == ""
    report = b"".join(anna_client.get(reverse("corrections-report"))).decode("utf-8-sig").splitlines()
    assert report[1].startswith(f"2,Nocturne,{nocturne.id},change,not judged,corrected: Sad")
    assert report[2].startswith("3,Nobody,,problem")
    saved = confirm(anna_client, page.context["plan"].digest)
    assert "Your verdicts on 1 song are saved." in saved.text
    assert verdict_of(nocturne) == ("corrected", "sad", "")
    assert confirm(anna_client, page.context["plan"].digest).status_code == 404


def test_nothing_is_saved_where_the_library_has_changed_since(
    anna: Person, anna_client: Client, nocturne: Song
) -> None:
    other = shelve(anna, "Other", artist="Field")
    send(anna_client, "title,artist,actual_primary\nNocturne,Field,sad\nOther,Field,calm")
    digest = anna_client.get(reverse("corrections-import")).context["plan"].digest
    Song.objects.filter(id=other.id).update(verdict="disagreed")
    refused = confirm(anna_client, digest)
    assert refused.status_code == 409
    assert "Your library has changed" in refused.text
    assert (verdict_of(nocturne)[0], verdict_of(other)[0]) == ("", "disagreed")
    confirm(anna_client, refused.context["plan"].digest)
    assert (verdict_of(nocturne)[1], verdict_of(other)[1]) == ("sad", "calm")


def test_a_failure_in_the_middle_saves_nothing(anna: Person, nocturne: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    other = shelve(anna, "Other", artist="Field")
    text = "title,artist,actual_primary\nNocturne,Field,sad\nOther,Field,calm"
    corrections_send(owner=anna, name="x.csv", content=io.BytesIO(text.encode()), now=timezone.now())
    digest = plan(anna, text).digest

    def fail(self: CorrectionFile) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(CorrectionFile, "delete", fail)
    with pytest.raises(OSError, match="disk"):
        corrections_confirm(owner=anna, digest=digest, now=timezone.now())
    assert (verdict_of(nocturne)[0], verdict_of(other)[0]) == ("", "")


def test_a_file_can_be_discarded_and_is_after_a_day(anna: Person, anna_client: Client, nocturne: Song) -> None:
    send(anna_client, "title,artist,actual_primary\nNocturne,Field,sad")
    anna_client.post(reverse("corrections-confirm"), {"action": "discard"})
    assert not CorrectionFile.objects.exists()
    send(anna_client, "title,artist,actual_primary\nNocturne,Field,sad")
    clean_up(now=timezone.now())
    assert CorrectionFile.objects.exists()
    clean_up(now=timezone.now() + timedelta(days=1, minutes=1))
    assert not CorrectionFile.objects.exists()
    assert verdict_of(nocturne)[0] == ""


def test_users_do_not_see_the_files_of_others(anna_client: Client, boris_client: Client, nocturne: Song) -> None:
    send(anna_client, "title,artist,actual_primary\nNocturne,Field,sad", name="secret.csv")
    assert "secret.csv" not in boris_client.get(reverse("corrections-import")).text
    assert confirm(boris_client, "x").status_code == 404
    assert boris_client.get(reverse("corrections-report")).status_code == 302


def test_many_rows_need_few_queries(anna: Person, django_assert_max_num_queries: Any) -> None:
    songs = [shelve(anna, f"Song {number}", artist="Field") for number in range(30)]
    text = "title,artist,actual_primary\n" + "".join(f"{song.title},Field,sad\n" for song in songs)
    with django_assert_max_num_queries(5):
        assert len(plan(anna, text).changes) == 30


def test_a_page_without_a_file_says_what_is_wrong(anna_client: Client) -> None:
    answer = anna_client.post(reverse("corrections-import"))
    assert (answer.status_code, "The request has no file" in answer.text) == (400, True)
