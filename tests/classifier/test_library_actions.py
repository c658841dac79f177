"""What is done with many songs at once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.jobs.sweep import songs_sweep
from classifier.library.exports.formats import csv_lines, json_lines
from classifier.library.exports.song_rows import COLUMNS
from classifier.library.saved_filters import MAX_FILTERS, filter_edit, filter_save
from classifier.models import Person, SavedFilter, Song, Status, Verdict
from classifier.querysets import HANDED_OVER_AT_ONCE
from classifier.services.bulk import songs_cancel, songs_correct, songs_rerun
from classifier.services.song_cancel import song_cancel
from classifier.uploads.song_deletion import songs_delete
from ml.errors import MoodError
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser
from tests.shelf import shelve


def ids(*songs: Song) -> list[Any]:
    return [song.id for song in songs]


def status(song: Song) -> str:
    return Song.objects.get(id=song.id).status


def table(songs: Any) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(csv_lines(songs)).removeprefix("\ufeff").splitlines()))


def test_deleting_songs_deletes_their_files(
    submit: Submit, media: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    songs = [submit(mark=mark) for mark in range(3)]
    with django_capture_on_commit_callbacks(execute=True):
        assert songs_delete(ids=ids(*songs[:2])) == 2
    assert [path.is_file() for path in media.rglob("*.wav")] == [True]
    assert songs_delete(ids=ids(*songs)) == 1


@pytest.mark.django_db(transaction=True)
def test_another_analysis_keeps_the_correction(anna: Person, submit: Submit, analyser: FakeAnalyser) -> None:
    song = submit()
    song_analyse(song_id=song.id)
    songs_correct(ids=ids(song), primary="sad", secondary="", now=timezone.now())
    assert songs_rerun(ids=ids(song), now=timezone.now()) == 1
    assert status(song) == Status.QUEUED
    analyser.result.model_version = "mood-5"
    song_analyse(song_id=song.id)
    again = Song.objects.get(id=song.id)
    assert (again.status, again.analysis.model_version) == (Status.DONE, "mood-5")
    assert (again.verdict, again.actual_primary) == (Verdict.CORRECTED, "sad")


def test_songs_whose_file_is_the_problem_are_not_analysed_again(anna: Person) -> None:
    silent = shelve(anna, "Silent", status=Status.FAILED, error_code="audio_silent", error_message="Silent.")
    lost = shelve(anna, "Lost", status=Status.FAILED, error_code="worker_lost", error_message="Lost.")
    assert songs_rerun(ids=ids(silent, lost), now=timezone.now()) == 1
    assert (status(silent), status(lost)) == (Status.FAILED, Status.QUEUED)


def test_queued_and_running_songs_are_skipped(anna: Person) -> None:
    now = timezone.now()
    lease = {"lease_token": "0" * 32, "lease_expires_at": now}
    running = shelve(anna, "Running", status=Status.RUNNING, **lease)
    failed = shelve(anna, "Failed", status=Status.FAILED, error_code="too_slow", error_message="Too slow.")
    assert songs_rerun(ids=ids(running, failed), now=now) == 1
    assert (status(running), status(failed)) == (Status.RUNNING, Status.QUEUED)
    assert Song.objects.get(id=failed.id).error_code == ""


def test_only_the_oldest_songs_are_sent_to_the_broker_at_once(
    anna: Person, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """The sweep hands over the others, so that a new song does not wait behind all of them."""
    sent: list[Any] = []
    monkeypatch.setattr("classifier.services.bulk.enqueue", lambda song_id, now: sent.append(song_id))
    songs = [shelve(anna, str(number)) for number in range(HANDED_OVER_AT_ONCE + 5)]
    with django_capture_on_commit_callbacks(execute=True):
        songs_rerun(ids=ids(*songs), now=timezone.now())
    assert sorted(sent) == sorted(ids(*songs))[:HANDED_OVER_AT_ONCE]


@pytest.mark.parametrize("cancel", [lambda song: song_cancel(song=song, now=timezone.now()),
                                    lambda song: songs_cancel(owner=song.owner, now=timezone.now())])  # fmt: skip
def test_cancelling_another_analysis_restores_the_earlier_result(anna: Person, cancel: Callable[[Song], Any]) -> None:
    song = shelve(anna, "Again", file="again.wav")
    songs_rerun(ids=ids(song), now=timezone.now())
    cancel(song)
    assert status(song) == Status.DONE


def test_moods_are_corrected_for_many_songs(anna: Person) -> None:
    songs = [shelve(anna, str(number)) for number in range(3)]
    assert songs_correct(ids=ids(*songs[:2]), primary="powerful", secondary="tense", now=timezone.now()) == 2
    assert list(Song.objects.order_by("title").values_list("actual_primary", "verdict")) == [
        ("powerful", "corrected"), ("powerful", "corrected"), ("", "")
    ]  # fmt: skip
    with pytest.raises(ProductError):
        songs_correct(ids=ids(*songs), primary="powerful", secondary="powerful", now=timezone.now())


def test_the_csv_has_the_analysis_and_the_correction(anna: Person) -> None:
    shelve(anna, "Nocturne", verdict="corrected", actual_primary="sad", actual_secondary="powerful")
    Song.objects.filter(id=shelve(anna, "Broken").id).update(status=Status.FAILED, error_code="audio_silent")
    done, broken = table(Song.objects.order_by("-title"))
    assert (done["title"], done["mood"], done["primary"], done["certain"]) == (
        "Nocturne", "Calm but Powerful", "calm", "yes"
    )  # fmt: skip
    assert float(done["powerful"]) == 0.4
    assert (done["verdict"], done["actual_mood"], done["actual_secondary"]) == (
        "corrected",
        "Sad but Powerful",
        "powerful",
    )
    assert (broken["status"], broken["error_code"], broken["mood"]) == ("failed", "audio_silent", "")
    assert tuple(done) == COLUMNS


def test_the_csv_has_the_sixteen_moods_and_then_the_nine_emotions(anna: Person) -> None:
    shelve(anna, "New")
    shelve(anna, "Older", model_version="mood-2", primary="dreamy", name="Wondrous and Powerful")
    new, older = table(Song.objects.order_by("title"))
    names = list(new)
    first = names.index("joyful")
    assert names[first : first + 25] == [*ml_gateway.MOODS, *ml_gateway.EMOTIONS]
    assert (new["calm"], new["gritty"], new["calmness"]) == ("0.7", "0.1", "0.7")
    assert [older[name] for name in ml_gateway.MOODS] == [""] * 16
    assert older["calmness"] == "0.7"
    assert (older["mood"], older["primary"]) == ("Wondrous and Powerful", "dreamy")


# As they are, full-width, small, raised and lowered, and the sign of subtraction.
FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207c\u207a\u207b\u208c\u208a\u208b\u2212\ufb29"
# Spaces of every width, zero-width characters, byte order mark, directions, fillers, joiners, variation selectors.
INVISIBLE = (
    " \t\r\n\x0b\x0c\x1c\x7f\x85\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u180b\u180e\u2000\u2003\u2007\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u202f\u205f\u2060\u2063\u2066\u2069\u206f\u2800\u3000\u3164"
    "\ufe0f\ufeff\uffa0\ufff9\ue000\U000e0001\U000e0020\U000e0100"
)


def title_cells(owner: Person, titles: list[str]) -> list[str]:
    """The cells of songs with these titles, in their order, read as a spreadsheet does."""
    now = timezone.now()
    Song.objects.bulk_create(
        Song(owner=owner, title=title, sha256=f"{number:064}", size_bytes=1, created_at=now + timedelta(minutes=number))
        for number, title in enumerate(titles)
    )
    text = "".join(csv_lines(Song.objects.order_by("created_at")))
    return [row["title"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]


def test_no_title_is_a_formula_of_a_spreadsheet(anna: Person) -> None:
    titles = [f"{before}{sign}1+1" for sign in FORMULA_SIGNS for before in ("", *INVISIBLE, "\ufeff \u200b")]
    assert title_cells(anna, titles) == [f"'{title}" for title in titles]


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_a_title_that_starts_with_a_tab_or_line_break_is_quoted(anna: Person, start: str) -> None:
    assert title_cells(anna, [f"{start}Nocturne"]) == [f"'{start}Nocturne"]


def test_other_titles_are_exported_as_they_are(anna: Person) -> None:
    titles = [
        "Nocturne",
        " Nocturne",
        "1 + 1 = 2",
        "…and Justice",
        "~",
        "#1",
        "(=)",
        "–",
        "’39",
        "ー",
        "",
        "\u200b",
        '"="',
    ]
    assert title_cells(anna, titles) == titles


def test_every_text_of_a_row_is_quoted_alike(anna: Person) -> None:
    shelve(anna, "Nocturne", artist="\u200b=1+1", file_name="\uff1d1.mp3")
    [row] = table(Song.objects.all())
    assert (row["artist"], row["file_name"]) == ("'\u200b=1+1", "'\uff1d1.mp3")


def test_no_title_ends_a_line_of_the_json_export(anna: Person) -> None:
    title = "One\nTwo\rThree\x85Four\u2028Five\u2029Six"
    shelve(anna, title)
    text = "".join(json_lines(Song.objects.all()))
    assert [json.loads(line)["title"] for line in text.splitlines()] == [title]


def test_json_lines_are_the_objects_of_the_api(anna: Person) -> None:
    shelve(anna, "Ночь", verdict="agreed", actual_primary="calm")
    [line] = json_lines(Song.objects.all())
    content = json.loads(line)
    assert (content["title"], content["mood"]["primary"], content["actual_mood"]["primary"]) == (
        "Ночь",
        "calm",
        "calm",
    )
    assert "segments" not in content


def test_a_long_export_is_read_in_chunks(anna: Person, django_assert_max_num_queries: Callable[..., Any]) -> None:
    for number in range(20):
        shelve(anna, str(number))
    # Own models and identifiers, then songs, analyses and places of each chunk.
    with django_assert_max_num_queries(5):
        assert len(list(csv_lines(Song.objects.all()))) == 21


def test_saving_a_filter_under_an_existing_name_replaces_it(anna: Person) -> None:
    filter_save(owner=anna, name=" Rainy\nday ", query="mood=sad&page=3", now=timezone.now())
    filter_save(owner=anna, name="Rainy day", query="mood=nostalgic", now=timezone.now())
    [saved] = SavedFilter.objects.for_owner(anna)
    assert (saved.name, saved.query) == ("Rainy day", "mood=nostalgic")


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [(" ", "mood=powerful", "filter_name"), ("x" * 81, "mood=powerful", "filter_name"),
     ("All", "sort=newest", "filter_empty"), ("Odd", "mood=bliss", "filter_malformed")],
)  # fmt: skip
def test_invalid_saved_filters_are_rejected(anna: Person, name: str, query: str, code: str) -> None:
    with pytest.raises(ProductError) as caught:
        filter_save(owner=anna, name=name, query=query, now=timezone.now())
    assert caught.value.code == code


def test_the_number_of_saved_filters_is_limited(anna: Person) -> None:
    for number in range(MAX_FILTERS):
        filter_save(owner=anna, name=str(number), query="mood=powerful", now=timezone.now())
    with pytest.raises(ProductError) as caught:
        filter_save(owner=anna, name="one more", query="mood=powerful", now=timezone.now())
    assert caught.value.code == "filters_too_many"


def test_renaming_a_filter_to_an_existing_name_is_rejected(anna: Person, boris: Person) -> None:
    for owner, name in ((anna, "One"), (anna, "Two"), (boris, "Three")):
        filter_save(owner=owner, name=name, query="mood=powerful", now=timezone.now())
    with pytest.raises(ProductError) as caught:
        filter_edit(saved=SavedFilter.objects.get(name="One"), name="Two")
    assert caught.value.code == "filter_name_taken"
    filter_edit(saved=SavedFilter.objects.get(name="One"), name="Three")


@pytest.mark.django_db(transaction=True)
def test_a_failed_second_analysis_keeps_the_earlier_result(submit: Submit, analyser: FakeAnalyser) -> None:
    song = submit()
    song_analyse(song_id=song.id)
    analyser.error = MoodError("audio_unreadable", "Nothing in the file can be read: convert it.")
    for _ in range(2):
        songs_rerun(ids=ids(song), now=timezone.now())
        song_analyse(song_id=song.id)
    song_now = Song.objects.get(id=song.id)
    assert (song_now.status, song_now.error_code) == (Status.DONE, "")
    [warning] = song_now.warnings
    assert warning["code"] == "not_heard_again"
    assert "Nothing in the file can be read" in warning["message"]
    analyser.error = None
    songs_rerun(ids=ids(song), now=timezone.now())
    song_analyse(song_id=song.id)
    assert Song.objects.get(id=song.id).warnings == []


def test_a_song_given_up_by_the_sweep_keeps_its_earlier_result(anna: Person, settings: Any) -> None:
    now = timezone.now()
    lease = {"lease_token": "1" * 32, "lease_expires_at": now - timedelta(minutes=1)}
    shelve(anna, "Lost", status=Status.RUNNING, attempts=settings.MAX_ATTEMPTS, **lease)
    assert songs_sweep(now=now).failed == 1
    song_now = Song.objects.get()
    assert (song_now.status, song_now.warnings[0]["code"]) == (Status.DONE, "not_heard_again")
