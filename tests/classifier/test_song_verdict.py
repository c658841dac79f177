"""Verdicts on results."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.models import Person, Song, Status, Verdict
from classifier.services.bulk import songs_rerun
from classifier.services.song_delete import song_delete
from classifier.services.song_verdict import song_agree, song_correct, song_disagree, song_retract, song_verdict
from tests.classifier.fake_analysis import FakeAnalyser, mood
from tests.shelf import shelve

NOW = timezone.now()


@pytest.fixture
def calm(anna: Person) -> Song:
    """A song of Anna's whose result is calm but powerful."""
    return shelve(anna, "Harbour")


def verdict_of(song: Song) -> tuple[str, str, str]:
    song.refresh_from_db()
    return song.verdict, song.actual_primary, song.actual_secondary


def raises_code(code: str) -> pytest.RaisesExc[ProductError]:
    return pytest.raises(ProductError, check=lambda error: error.code == code)


def test_agreeing_stores_the_moods_of_the_result(calm: Song) -> None:
    song = song_agree(song=calm, now=NOW)
    assert verdict_of(song) == (Verdict.AGREED, "calm", "powerful")
    assert song.verdict_at == NOW


def test_disagreeing_stores_no_moods(calm: Song) -> None:
    song_correct(song=calm, primary="tense", now=NOW)
    assert verdict_of(song_disagree(song=calm, now=NOW)) == (Verdict.DISAGREED, "", "")


def test_moods_are_corrected_and_retracted(calm: Song) -> None:
    assert verdict_of(song_correct(song=calm, primary="sad", secondary="powerful", now=NOW)) == (
        Verdict.CORRECTED, "sad", "powerful",
    )  # fmt: skip
    song = song_retract(song=calm)
    assert verdict_of(song) == (Verdict.NONE, "", "")
    assert song.verdict_at is None


def test_a_second_mood_alone_becomes_the_main_mood(calm: Song) -> None:
    assert verdict_of(song_correct(song=calm, primary="", secondary="powerful", now=NOW)) == (
        Verdict.CORRECTED,
        "powerful",
        "",
    )


def test_emotions_of_earlier_versions_count_as_their_terms(calm: Song) -> None:
    """Scripts may still send them."""
    assert verdict_of(song_correct(song=calm, primary="amazement", secondary="sad", now=NOW)) == (
        Verdict.CORRECTED,
        "dreamy",
        "sad",
    )
    with raises_code("mood_twice"):
        song_correct(song=calm, primary="sadness", secondary="sad", now=NOW)


@pytest.mark.parametrize(
    ("primary", "secondary", "code"),
    [("", "", "mood_missing"), ("hunger", "", "mood_unknown"), ("powerful", "powerful", "mood_twice")],
)
def test_invalid_moods_are_rejected_and_change_nothing(calm: Song, primary: str, secondary: str, code: str) -> None:
    song_agree(song=calm, now=NOW)
    with raises_code(code):
        song_correct(song=calm, primary=primary, secondary=secondary, now=NOW)
    assert verdict_of(calm)[0] == Verdict.AGREED


@pytest.mark.parametrize("judge", [song_agree, song_disagree])
def test_a_song_without_a_result_can_be_corrected_but_not_judged(anna: Person, judge: object) -> None:
    waiting = Song.objects.create(owner=anna, file_name="a.wav", sha256="a" * 64, size_bytes=1, created_at=NOW)
    with raises_code("answer_missing"):
        judge(song=waiting, now=NOW)
    assert verdict_of(song_correct(song=waiting, primary="tense", now=NOW)) == (Verdict.CORRECTED, "tense", "")


def test_agreeing_to_an_outdated_result_is_rejected(calm: Song) -> None:
    with raises_code("answer_changed"):
        song_verdict(song=calm, verdict="agreed", seen=("sad", "powerful"), now=NOW)
    assert verdict_of(calm) == (Verdict.NONE, "", "")
    song_verdict(song=calm, verdict="agreed", seen=("calm", "powerful"), now=NOW)
    assert verdict_of(calm)[0] == Verdict.AGREED


def test_an_unknown_verdict_is_rejected_with_the_allowed_ones(calm: Song) -> None:
    with pytest.raises(
        ProductError, match="The verdict is “perhaps”, and agreed, disagreed, corrected, none are allowed"
    ):
        song_verdict(song=calm, verdict="perhaps", now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model_version", ["mood-1", "mood-9"])
def test_another_analysis_does_not_change_the_verdict(song: Song, analyser: FakeAnalyser, model_version: str) -> None:
    song_analyse(song_id=song.id)
    song_agree(song=song, now=NOW)
    analyser.result.model_version = model_version
    analyser.result.answer |= {"mood": mood("tense") | {"name": "Tense and Powerful", "joined_by": "and"}}
    songs_rerun(ids=[song.id], now=timezone.now())
    song_analyse(song_id=song.id)
    assert verdict_of(song) == (Verdict.AGREED, "calm", "powerful")
    assert (song.status, song.analysis.primary, song.verdict_at) == (Status.DONE, "tense", NOW)


def test_a_verdict_does_not_restore_a_deleted_song(calm: Song) -> None:
    song_delete(song=Song.objects.get(id=calm.id))
    with raises_code("not_found"):
        song_correct(song=calm, primary="powerful", now=NOW)
    assert not Song.objects.exists()


def test_a_verdict_updates_only_its_own_columns(calm: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker may be writing the row at the same moment."""
    written: list[dict[str, object]] = []
    update = QuerySet.update
    monkeypatch.setattr(QuerySet, "update", lambda self, **given: written.append(given) or update(self, **given))
    song_agree(song=calm, now=NOW)
    assert [sorted(given) for given in written] == [["actual_primary", "actual_secondary", "verdict", "verdict_at"]]
