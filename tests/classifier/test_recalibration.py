"""A user's recalibration: fitted to their judgements, switched on and off, and never silent."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.account_import.run import account_import
from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.library.account_export import account_archive
from classifier.library.exports.formats import csv_lines
from classifier.models import Analysis, Person, Recalibration, RecalibrationState, Song, Verdict
from classifier.recalibration.application import recalibrations_apply, recalibrations_due
from classifier.serializers import song_json
from classifier.services import recalibration as service
from classifier.services.bulk import songs_rerun
from classifier.services.recalibration import (
    recalibration_fit,
    recalibration_request,
    recalibration_switch_off,
    recalibration_switch_on,
    recalibrations_send_again,
)
from classifier.sort_models import OF_ANALYSIS
from tests.classifier.fake_analysis import FakeAnalyser
from tests.judged_library import BASE, judged_library
from tests.judged_songs import FIGURES, Hearing, at_random, more_tense
from tests.shelf import columns_of, shelve

NOW = timezone.now()
LATER = NOW + timedelta(minutes=1)
TENSE = {"terms": {"tense": {"bias": 4.0, "temperature": 1.0}}}
"""Parameters that nobody overlooks."""

Judged = Callable[..., list[Song]]


@pytest.fixture
def judged(anna: Person) -> Judged:
    """Songs of Anna's with results of mood-5 and her moods."""

    def judged(count: int, hearing: Hearing = more_tense, owner: Person = anna) -> list[Song]:
        return judged_library(owner, count, hearing)

    return judged


def switched_on(owner: Person, *, number: int = 1, parameters: Any = TENSE, now: datetime = NOW) -> Recalibration:
    """One that is on, without the work of fitting it."""
    Recalibration.objects.create(
        owner=owner,
        number=number,
        base_version=BASE,
        state=RecalibrationState.BETTER,
        parameters=parameters,
        created_at=now,
    )
    return recalibration_switch_on(owner=owner, number=number, now=now)


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ProductError) as caught:
        call()
    return caught.value.code


def stored(song: Song) -> dict[str, Any]:
    """Everything that a result says, in the tables."""
    row = Song.objects.get(id=song.id)
    analysis = Analysis.objects.get(song=song, is_current=True)
    assert {column: getattr(row, column) for column in OF_ANALYSIS.values()} == columns_of(analysis)
    columns = {name: value for name, value in vars(analysis).items() if name != "_state"}
    return (
        columns
        | {"answer": json.dumps(analysis.detail.answer)}
        | {name: value for name, value in vars(row).items() if name.startswith("sort_")}
    )


def version_of(song: Song) -> str:
    return Analysis.objects.get(song=song, is_current=True).model_version


def test_it_needs_fifty_judged_songs(anna: Person, judged: Judged) -> None:
    judged(49)
    assert code_of(lambda: recalibration_request(owner=anna, kind="terms", now=NOW)) == "recalibration_too_few"
    assert not Recalibration.objects.exists()


def test_rejections_and_older_results_do_not_count(anna: Person, judged: Judged) -> None:
    songs = judged(50)
    Song.objects.filter(id=songs[0].id).update(verdict=Verdict.DISAGREED, actual_primary="", actual_secondary="")
    Analysis.objects.filter(song=songs[1]).update(model_version="mood-4")
    assert service.fitting_songs(anna, BASE).count() == 48


@pytest.mark.django_db(transaction=True)
def test_a_person_who_hears_more_tension_is_offered_a_recalibration(anna: Person, judged: Judged) -> None:
    songs = judged(70)
    one = recalibration_request(owner=anna, kind="terms", now=NOW)
    assert one.version == f"{BASE}+me-1"
    assert recalibration_request(owner=anna, kind="terms", now=NOW) == one
    recalibration_fit(recalibration_id=one.id, now=NOW)
    one.refresh_from_db()
    assert (one.state, one.figures["songs"]) == (RecalibrationState.BETTER, 70)
    before = [stored(song) for song in songs]
    assert {version_of(song) for song in songs} == {BASE}

    recalibration_switch_on(owner=anna, number=1, now=NOW)
    assert recalibrations_apply(NOW) == 70
    assert {version_of(song) for song in songs} == {f"{BASE}+me-1"}
    assert [stored(song) for song in songs] != before
    assert Analysis.objects.filter(primary="tense").count() > sum(row["primary"] == "tense" for row in before)
    recalibration_switch_off(owner=anna, now=LATER)
    recalibrations_apply(LATER)
    assert [stored(song) for song in songs] == before


@pytest.mark.django_db(transaction=True)
def test_random_judgements_are_not_offered_and_cannot_be_switched_on(anna: Person, judged: Judged) -> None:
    judged(50, at_random)
    one = recalibration_request(owner=anna, kind="terms", now=NOW)
    recalibration_fit(recalibration_id=one.id, now=NOW)
    one.refresh_from_db()
    assert one.state == RecalibrationState.NOT_BETTER
    assert one.figures["after"]
    assert code_of(lambda: recalibration_switch_on(owner=anna, number=1, now=NOW)) == "recalibration_not_offered"


def test_a_fit_that_is_on_is_of_what_the_model_itself_says(anna: Person, judged: Judged) -> None:
    judged(3)
    plain = service.judged_songs_read(anna, BASE)
    switched_on(anna)
    recalibrations_apply(NOW)
    assert service.judged_songs_read(anna, BASE) == plain


def test_a_second_message_fits_nothing_again(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    one = switched_on(anna)
    monkeypatch.setattr("classifier.ml_gateway.recalibration_trial", None)
    recalibration_fit(recalibration_id=one.id, now=NOW)


def test_a_fit_that_fails_says_so(anna: Person, judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.ml_gateway.TRIAL_SECONDS", 0.0)
    one = Recalibration.objects.create(owner=anna, number=1, base_version=BASE, created_at=NOW)
    judged(2)
    recalibration_fit(recalibration_id=one.id, now=NOW)
    one.refresh_from_db()
    assert one.state == RecalibrationState.FAILED
    assert "could not be fitted" in one.message


def test_a_lost_message_is_sent_again(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Recalibration.objects.create(owner=anna, number=1, base_version=BASE, created_at=NOW, sent_at=NOW)
    sent: list[int] = []
    monkeypatch.setattr(service, "enqueue_recalibration", lambda number: bool(sent.append(number)) or True)
    recalibrations_send_again(NOW + timedelta(seconds=5))
    assert sent == []
    recalibrations_send_again(NOW + timedelta(seconds=90))
    recalibrations_send_again(NOW + timedelta(seconds=91))
    assert sent == [one.id]


def test_only_the_songs_of_the_user_and_of_the_model_change(anna: Person, boris: Person, judged: Judged) -> None:
    [mine], [other] = judged(1), judged(1, owner=boris)
    older = shelve(anna, model_version="mood-4")
    switched_on(anna)
    recalibrations_apply(NOW)
    assert [version_of(song) for song in (mine, other, older)] == [f"{BASE}+me-1", BASE, "mood-4"]


def test_another_one_takes_its_place(anna: Person, judged: Judged) -> None:
    [song] = judged(1)
    before = stored(song)
    switched_on(anna)
    recalibrations_apply(NOW)
    switched_on(anna, number=2, parameters={"terms": {"gritty": {"bias": 4.0, "temperature": 1.0}}}, now=LATER)
    recalibrations_apply(LATER)
    assert version_of(song) == f"{BASE}+me-2"
    assert Recalibration.objects.get(is_active=True).number == 2
    recalibration_switch_off(owner=anna, now=LATER + timedelta(minutes=1))
    recalibrations_apply(LATER + timedelta(minutes=1))
    assert stored(song) == before


def test_results_are_read_once_more_when_all_is_settled(anna: Person, judged: Judged) -> None:
    """A worker may have stored a result at the moment of the switch."""
    [song] = judged(1)
    switched_on(anna)
    recalibrations_apply(NOW)
    Analysis.objects.filter(song=song).update(model_version=BASE)
    assert not recalibrations_due(NOW + timedelta(seconds=5)).exists()
    recalibrations_apply(LATER)
    assert version_of(song) == f"{BASE}+me-1"
    assert not recalibrations_due(LATER).exists()


@pytest.mark.django_db(transaction=True)
def test_new_results_are_recalibrated_and_stay_one_row(
    anna: Person, song: Song, analyser: FakeAnalyser, judged: Judged
) -> None:
    analyser.result.model_version = BASE
    switched_on(anna)
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert version_of(song) == f"{BASE}+me-1"
    assert song.sort_tense > 0.8
    assert "tense" in (song.analysis.primary, song.analysis.secondary)
    recalibration_switch_off(owner=anna, now=LATER)
    songs_rerun(ids=[song.id], now=timezone.now())
    song_analyse(song_id=song.id)
    assert list(Analysis.objects.filter(song=song).values_list("model_version", "is_current")) == [(BASE, True)]


def test_a_rejection_of_the_models_name_says_nothing_of_the_new_one(
    anna_client: Client, anna: Person, judged: Judged
) -> None:
    [song] = judged(1)
    judged_at = timezone.now()
    Song.objects.filter(id=song.id).update(
        verdict=Verdict.DISAGREED, verdict_at=judged_at, actual_primary="", actual_secondary=""
    )
    before = stored(song)
    assert "No match" in anna_client.get(reverse("corrections")).content.decode()
    switched_on(anna, now=judged_at + timedelta(minutes=1))
    recalibrations_apply(judged_at + timedelta(minutes=1))
    assert "Analysed again since" in anna_client.get(reverse("corrections")).content.decode()
    recalibration_switch_off(owner=anna, now=judged_at + timedelta(minutes=1))
    recalibrations_apply(judged_at + timedelta(minutes=1))
    assert stored(song) == before


def test_result_page_api_and_exports_say_so(anna_client: Client, anna: Person, judged: Judged) -> None:
    [song] = judged(1)
    page = anna_client.get(reverse("song-detail", args=[song.id])).content.decode()
    assert "Recalibrated" not in page
    switched_on(anna)
    recalibrations_apply(NOW)
    page = anna_client.get(reverse("song-detail", args=[song.id])).content.decode()
    assert f"Model {BASE}+me-1" in page
    assert f"Recalibrated to your judgements</strong> from {BASE}" in page
    assert "no longer installed" not in page
    answer = song_json(Song.objects.get(id=song.id))
    assert answer["model_version"] == f"{BASE}+me-1"
    assert "base" not in answer
    assert f"{BASE}+me-1" in "".join(csv_lines(Song.objects.filter(id=song.id)))
    one_network = anna_client.get(reverse("song-detail", args=[song.id]), {"model": "cnn1d"})
    assert one_network.status_code == 200
    assert "Recalibrated to your judgements" not in one_network.content.decode()


def test_recalibrated_results_are_of_the_current_model(anna_client: Client, anna: Person, judged: Judged) -> None:
    judged(1)
    switched_on(anna)
    recalibrations_apply(NOW)
    listed = anna_client.get(reverse("v1-songs"), {"heard_by": "present"}).json()
    older = anna_client.get(reverse("v1-songs"), {"heard_by": "older"}).json()
    assert (len(listed["results"]), len(older["results"])) == (1, 0)


def archive_of(person: Person) -> io.BytesIO:
    return io.BytesIO(b"".join(account_archive(person, with_audio=False, now=timezone.now())))


def test_the_archive_of_an_account_carries_it(anna: Person, boris: Person, judged: Judged) -> None:
    [song] = judged(1)
    before = json.loads(stored(song)["answer"])
    one = switched_on(anna, number=4)
    Recalibration.objects.filter(id=one.id).update(figures=FIGURES)
    recalibrations_apply(NOW)
    account_import(owner=boris, stream=archive_of(anna), now=LATER)
    copy = Song.objects.get(owner=boris)
    theirs = Recalibration.objects.get(owner=boris)
    assert (theirs.version, theirs.is_active, theirs.figures) == (f"{BASE}+me-1", True, FIGURES)
    assert (version_of(copy), json.loads(stored(copy)["answer"])) == (BASE, before)
    recalibrations_apply(LATER)
    assert version_of(copy) == f"{BASE}+me-1"
    assert copy.analyses.get().detail.answer["mood"] == song.analyses.get().detail.answer["mood"]
    # The same archive again changes nothing.
    account_import(owner=boris, stream=archive_of(anna), now=LATER)
    assert Recalibration.objects.filter(owner=boris).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": {"terms": {"tense": {"bias": "much"}}}},
        {"figures": {}},
        {"base_version": "../mood-5"},
        {"kind": "guess"},
    ],
)
def test_a_changed_recalibration_in_an_archive_is_refused(anna: Person, boris: Person, change: dict[str, Any]) -> None:
    one = switched_on(anna)
    Recalibration.objects.filter(id=one.id).update(**{"figures": FIGURES} | change)
    assert code_of(lambda: account_import(owner=boris, stream=archive_of(anna), now=LATER)) == "archive_malformed"
    assert not Recalibration.objects.filter(owner=boris).exists()
