"""The analysis of a song, with every way in which it can end."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils import timezone

from classifier.jobs.analyse import song_analyse
from classifier.jobs.analysis_jobs import SongJob, _outcome
from classifier.jobs.finish import song_finish
from classifier.jobs.lease import song_claim
from classifier.jobs.sweep import lost_song_requeue, songs_sweep
from classifier.ml_gateway import DeadlineExceeded, MoodError
from classifier.models import Analysis, AnalysisDetail, Song, Status
from classifier.serializers import song_json
from classifier.services.bulk import songs_rerun
from classifier.services.song_cancel import song_cancel
from classifier.services.song_delete import song_delete
from classifier.services.song_edit import song_edit
from classifier.sort_models import OF_ANALYSIS
from ml.audio.tags import Tags
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser, FakeResult, answer, older_answer, older_mood
from tests.shelf import columns_of

pytestmark = pytest.mark.django_db(transaction=True)  # the heartbeat is a thread with a connection of its own


def after(song: Song) -> Song:
    return Song.objects.get(id=song.id)


def test_a_song_ends_as_done_with_its_result(song: Song, analyser: FakeAnalyser) -> None:
    song_analyse(song_id=song.id)

    done = after(song)
    assert (done.status, done.stage, done.duration_s, done.lease_token) == (Status.DONE, "", 20.0, None)
    assert (done.segments_done, done.segments_total) == (3, 3)
    assert (done.title, done.artist) == ("Nocturne", "Field")
    assert done.analysis is not None
    assert (done.analysis.name, done.analysis.genre) == ("Calm but Powerful", "CalmButEpic")
    assert done.analysis.detail.segments == answer()["segments"]
    assert done.analysis.detail.answer == {key: value for key, value in answer().items() if key != "segments"}
    assert analyser.paths == [Path(song.file.path)]


def test_the_spectrogram_is_stored_beside_the_file(song: Song, analyser: FakeAnalyser) -> None:
    song_analyse(song_id=song.id)
    done = after(song)
    assert Path(done.spectrogram.path).parent == Path(done.file.path).parent
    assert done.spectrogram.read() == analyser.result.spectrogram_png
    assert done.playable.name == ""


def test_all_tags_are_stored_and_what_lists_sort_by(song: Song, analyser: FakeAnalyser) -> None:
    analyser.result.tags = Tags(
        title="Nocturne", album="Nights", album_artist="Various", year=1814, genre="Piano", track_number=3,
        disc_number=2, musicbrainz_artist_ids=("a", "b"),
    )  # fmt: skip
    song_analyse(song_id=song.id)
    done = after(song)
    assert done.tags["musicbrainz_artist_ids"] == ["a", "b"]
    assert (done.album, done.album_artist, done.year, done.music_genre) == ("Nights", "Various", 1814, "Piano")
    assert (done.sort_album, done.sort_album_artist, done.track_text) == ("nights", "various", "2-3")
    assert (done.sort_calm, done.sort_powerful, done.sort_tempo, done.sort_valence) == (0.7, 0.4, 92.3, 6.1)
    assert song_json(done)["album_artist"] == "Various"


def test_names_that_the_user_edited_meanwhile_stay(song: Song, analyser: FakeAnalyser) -> None:
    analyser.result.tags = Tags(title="Nocturne", artist="Field", year=1814)
    song_edit(song=song, now=timezone.now(), artist="John Field")
    song_analyse(song_id=song.id)
    assert (after(song).title, after(song).artist, after(song).year) == ("Nocturne", "John Field", 1814)
    song_edit(song=song, now=timezone.now(), year="", title="")
    songs_rerun(ids=[song.id], now=timezone.now())
    song_analyse(song_id=song.id)
    assert (after(song).title, after(song).artist, after(song).year) == ("", "John Field", None)


def test_a_playable_copy_is_stored_of_a_file_that_browsers_do_not_play(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.ml_gateway.playable_copy", lambda source, target: bool(target.write_bytes(b"mp3")))
    song_analyse(song_id=song.id)
    assert after(song).playable.read() == b"mp3"


def test_a_playable_copy_that_cannot_be_made_is_a_warning(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(source: Path, target: Path) -> bool:
        raise MoodError("audio_unreadable", "It broke off.")

    monkeypatch.setattr("classifier.ml_gateway.playable_copy", fails)
    song_analyse(song_id=song.id)
    done = after(song)
    assert (done.status, done.playable.name) == (Status.DONE, "")
    assert [warning["code"] for warning in done.warnings] == ["no_playable_copy"]


def test_a_second_message_changes_nothing(song: Song, analyser: FakeAnalyser) -> None:
    song_analyse(song_id=song.id)
    first = after(song)
    song_analyse(song_id=song.id)
    assert after(song).finished_at == first.finished_at
    assert len(analyser.paths) == 1


def test_an_edited_title_wins_over_the_tags(song: Song, analyser: FakeAnalyser) -> None:
    analyser.interrupt = lambda: song_edit(song=song, title="Mine", artist="", now=timezone.now())
    song_analyse(song_id=song.id)
    # The artist was not known when the user saved the form, so it is not one that the user has removed.
    assert (after(song).title, after(song).artist) == ("Mine", "Field")


def test_the_progress_is_stored(song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("classifier.jobs.analyse.PROGRESS_EVERY_S", 0)
    analyser.interrupt = lambda: seen.append((after(song).stage, after(song).segments_done, after(song).segments_total))
    song_analyse(song_id=song.id)
    assert seen == [("listening", 1, 3)]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MoodError("audio_silent", "The file is silent."), "audio_silent"),
        (DeadlineExceeded(), "too_slow"),
        (MemoryError(), "too_much_memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (ZeroDivisionError("division by zero"), "internal_error"),
    ],
)
def test_an_error_ends_as_failed_with_its_code(
    song: Song, analyser: FakeAnalyser, media: Path, error: Exception, code: str
) -> None:
    analyser.error = error
    song_analyse(song_id=song.id)
    failed = after(song)
    assert (failed.status, failed.error_code, failed.lease_token) == (Status.FAILED, code, None)
    assert failed.error_message.endswith(".")
    assert "division" not in failed.error_message
    assert len(files_under(media)) == 1


@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("it is closed")])
def test_a_song_whose_database_went_away_does_not_fail(
    song: Song, analyser: FakeAnalyser, media: Path, error: Exception
) -> None:
    """The process above has the lease, and queues it again as after the death of this one."""
    claimed = song_claim(song_id=song.id, now=timezone.now())
    assert claimed is not None
    assert claimed.lease_token is not None
    analyser.error = error
    kind, (code, _) = _outcome(SongJob(song.id, claimed.lease_token), lambda *progress: None)
    assert (kind, code) == ("failed", "worker_lost")
    assert after(song).status == Status.RUNNING
    assert len(files_under(media)) == 1
    lost_song_requeue(song_id=song.id, lease_token=claimed.lease_token, now=timezone.now())
    assert after(song).status == Status.QUEUED


def test_a_song_cancelled_during_the_analysis_stays_cancelled(
    song: Song, analyser: FakeAnalyser, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.jobs.analyse.PROGRESS_EVERY_S", 0)
    analyser.interrupt = lambda: song_cancel(song=song, now=timezone.now())
    song_analyse(song_id=song.id)
    assert after(song).status == Status.CANCELLED
    assert not Analysis.objects.exists()
    assert len(files_under(media)) == 1


def test_a_cancellation_at_the_last_moment_wins_over_the_result(
    song: Song, analyser: FakeAnalyser, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel(source: Path, target: Path) -> bool:
        song_cancel(song=song, now=timezone.now())
        return False

    monkeypatch.setattr("classifier.ml_gateway.playable_copy", cancel)
    song_analyse(song_id=song.id)
    assert after(song).status == Status.CANCELLED
    assert not Analysis.objects.exists()
    assert len(files_under(media)) == 1


@pytest.mark.parametrize("late", [False, True], ids=["during the analysis", "before the result is stored"])
def test_a_song_deleted_during_the_analysis_leaves_no_file(
    song: Song, analyser: FakeAnalyser, media: Path, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    def delete_and_copy(source: Path, target: Path) -> bool:
        song_delete(song=song)
        target.parent.mkdir(parents=True, exist_ok=True)
        return bool(target.write_bytes(b"mp3"))

    if late:
        monkeypatch.setattr("classifier.ml_gateway.playable_copy", delete_and_copy)
    else:
        analyser.interrupt = lambda: song_delete(song=song)
    song_analyse(song_id=song.id)
    assert not Song.objects.exists()
    assert files_under(media) == []


def test_a_worker_that_lost_its_lease_does_not_overwrite_the_next_one(
    song: Song, analyser: FakeAnalyser, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second_worker(source: Path, target: Path) -> bool:
        monkeypatch.setattr("classifier.ml_gateway.playable_copy", lambda source, target: False)
        songs_sweep(now=timezone.now() + timezone.timedelta(minutes=1))
        analyser.result = FakeResult(tags=Tags(title="By the second"))
        song_analyse(song_id=song.id)
        return False

    monkeypatch.setattr("classifier.ml_gateway.playable_copy", second_worker)
    song_analyse(song_id=song.id)

    done = after(song)
    assert (done.status, done.title, done.attempts) == (Status.DONE, "By the second", 2)
    assert Path(done.spectrogram.path).exists()
    assert len(files_under(media)) == 2


def test_files_of_the_next_analysis_are_not_removed_by_the_one_before(
    song: Song, analyser: FakeAnalyser, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish(**values: Any) -> None:
        song_finish(**values)
        songs_rerun(ids=[song.id], now=timezone.now())
        assert song_claim(song_id=song.id, now=timezone.now()) is not None
        Path(song.file.path).with_name("spectrogram-of-the-next.png").write_bytes(b"png")

    monkeypatch.setattr("classifier.jobs.analyse.song_finish", finish)
    song_analyse(song_id=song.id)
    assert any(name.endswith("spectrogram-of-the-next.png") for name in files_under(media))


def test_a_result_is_stored_in_one_transaction(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise IntegrityError("no")

    monkeypatch.setattr(AnalysisDetail.objects, "update_or_create", broken)
    song_analyse(song_id=song.id)
    assert after(song).status == Status.FAILED
    assert not Analysis.objects.exists()


def test_the_result_of_another_model_version_becomes_the_current_one(song: Song, analyser: FakeAnalyser) -> None:
    song_analyse(song_id=song.id)
    Song.objects.filter(id=song.id).update(status=Status.QUEUED)
    analyser.result = FakeResult(model_version="mood-6")
    song_analyse(song_id=song.id)
    assert after(song).analysis.model_version == "mood-6"
    assert set(after(song).analyses.values_list("model_version", "is_current")) == {("mood-5", False), ("mood-6", True)}


@pytest.mark.parametrize("result", [FakeResult(), FakeResult(model_version="mood-3", answer=older_answer())])
def test_the_row_of_a_song_repeats_its_current_analysis(song: Song, analyser: FakeAnalyser, result: FakeResult) -> None:
    song_analyse(song_id=song.id)
    Song.objects.filter(id=song.id).update(status=Status.QUEUED)
    analyser.result = result
    song_analyse(song_id=song.id)
    stored = after(song)
    assert {column: getattr(stored, column) for column in OF_ANALYSIS.values()} == columns_of(stored.analysis)


def test_columns_hold_terms_and_an_older_model_keeps_its_own_words(song: Song, analyser: FakeAnalyser) -> None:
    analyser.result = FakeResult(model_version="mood-3", answer=older_answer())
    song_analyse(song_id=song.id)
    analysis = after(song).analysis
    assert (analysis.primary, analysis.secondary) == ("calm", "powerful")
    assert analysis.mood == analysis.detail.answer["mood"] == older_mood()


def test_a_model_that_is_not_installed_any_more_is_shown_in_terms(song: Song, analyser: FakeAnalyser) -> None:
    analyser.result = FakeResult(model_version="mood-404")
    song_analyse(song_id=song.id)
    assert after(song).analysis.mood["primary"] == "calm"


def test_deleting_a_song_deletes_its_files_and_no_others(
    submit: Submit, analyser: FakeAnalyser, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.ml_gateway.playable_copy", lambda source, target: bool(target.write_bytes(b"mp3")))
    other, deleted = submit(mark=1), submit(mark=2)
    song_analyse(song_id=other.id)
    song_analyse(song_id=deleted.id)
    assert len(files_under(media)) == 6

    song_delete(song=deleted)

    assert len(files_under(media)) == 3
    assert all(other.id.hex in name for name in files_under(media))
    assert not Path(deleted.file.path).parent.exists()


def test_two_concurrent_deletions_both_succeed(song: Song) -> None:
    song_delete(song=song)
    song_delete(song=Song(id=song.id))
    assert not Song.objects.exists()


def test_the_progress_of_decoding_is_in_segments(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def progress(**values: Any) -> None:
        seen.append((values["stage"], values["segments_done"], values["segments_total"]))

    monkeypatch.setattr("classifier.jobs.analyse.song_progress", progress)
    song_analyse(song_id=song.id)
    # 10 s are one segment; the song's 20 s are three, since one begins every 5 s.
    assert seen[0] == ("decoding", 1, 3)
    assert seen[-1] == ("listening", 3, 3)
