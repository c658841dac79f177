"""What owners do with accounts, and what closing an account leaves behind."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts import people
from classifier.accounts.tokens import token_create
from classifier.errors import ProductError
from classifier.library.account_export import account_archive, person_export_store
from classifier.models import ApiToken, Person, ResumableUpload, SavedFilter, SecurityEvent, Song
from classifier.services.person_delete import person_delete
from tests.classifier.conftest import files_under
from tests.classifier.fake_analysis import wav
from tests.conftest import PASSWORD

Submit = Callable[..., Song]


def bearer(person: Person) -> dict[str, str]:
    _, key = token_create(owner=person, name="a script", now=timezone.now())
    return {"Authorization": f"Bearer {key}"}


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ProductError) as caught:
        act()
    return caught.value.code


def test_a_deactivated_user_is_out_at_once_and_comes_back(olga: Person, anna: Person, anna_client: Client) -> None:
    token = bearer(anna)
    people.person_deactivate(by=olga, person=anna)
    assert anna_client.get(reverse("home")).status_code == 302
    assert Client().get(reverse("predictions"), headers=token).status_code == 401
    assert not Client().login(username="anna", password=PASSWORD)
    people.person_activate(by=olga, person=anna)
    assert Client().get(reverse("predictions"), headers=token).status_code == 200
    # The session from before stays ended.
    assert anna_client.get(reverse("home")).status_code == 302


def test_the_only_active_owner_stays_one(olga: Person, anna: Person) -> None:
    assert code_of(lambda: people.owner_remove(by=olga, person=olga)) == "last_owner"
    assert code_of(lambda: people.person_deactivate(by=olga, person=olga)) == "last_owner"
    assert code_of(lambda: person_delete(person=olga, songs="delete", now=timezone.now())) == "last_owner"
    people.owner_add(by=olga, person=anna)
    people.person_deactivate(by=olga, person=anna)
    # An owner who is deactivated does not count.
    assert code_of(lambda: people.owner_remove(by=olga, person=olga)) == "last_owner"
    people.person_activate(by=olga, person=anna)
    people.owner_remove(by=olga, person=olga)
    olga.refresh_from_db()
    assert not olga.is_owner


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_the_same_time_leave_one() -> None:
    one, two = (Person.objects.create_superuser(name, password=PASSWORD) for name in ("one", "two"))
    barrier = threading.Barrier(2)

    def remove(by: Person, person: Person) -> str:
        barrier.wait()
        try:
            people.owner_remove(by=by, person=person)
            return "removed"
        except ProductError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        results = sorted(threads.map(remove, (one, two), (two, one)))
    assert results == ["last_owner", "removed"]
    assert Person.objects.filter(is_superuser=True).count() == 1


def test_only_owners_do_any_of_this(anna: Person, boris: Person) -> None:
    acts: list[Callable[[], object]] = [
        lambda: people.person_rename(by=anna, person=boris, username="x"),
        lambda: people.person_set_email(by=anna, person=boris, email="x@example.org"),
        lambda: people.person_new_password(by=anna, person=boris),
        lambda: people.person_deactivate(by=anna, person=boris),
        lambda: people.person_activate(by=anna, person=boris),
        lambda: people.owner_add(by=anna, person=anna),
        lambda: people.owner_remove(by=anna, person=boris),
        lambda: people.person_end_sessions(by=anna, person=boris),
        lambda: people.person_revoke_tokens(by=anna, person=boris),
        lambda: people.person_remove_second_factor(by=anna, person=boris),
        lambda: person_delete(by=anna, person=boris, songs="delete", now=timezone.now()),
    ]
    assert {code_of(act) for act in acts} == {"not_owner"}
    assert Person.objects.filter(username="boris", is_active=True).exists()


def test_ended_sessions_are_over_also_those_from_before_they_were_listed(
    olga: Person, anna: Person, anna_client: Client
) -> None:
    anna.user_sessions.all().delete()
    people.person_end_sessions(by=olga, person=anna)
    assert anna_client.get(reverse("home")).status_code == 302


def test_two_users_do_not_share_an_address(olga: Person, anna: Person, boris: Person) -> None:
    people.person_set_email(by=olga, person=anna, email="a@example.org")
    assert code_of(lambda: people.person_set_email(by=olga, person=boris, email="A@example.org")) == "email_taken"
    assert code_of(lambda: people.person_set_email(by=olga, person=boris, email="nonsense")) == "email_invalid"


def test_deleting_an_account_deletes_its_songs_files_and_uploads(
    olga: Person, anna: Person, submit: Submit, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    submit(1)
    kept = submit(2, owner=olga)
    now = timezone.now()
    ResumableUpload.objects.create(owner=anna, file_name="half.mp3", size_bytes=9, created_at=now, touched_at=now)
    with django_capture_on_commit_callbacks(execute=True):
        person_delete(by=olga, person=anna, songs="delete", now=now)
    assert not Person.objects.filter(username="anna").exists()
    assert list(Song.objects.all()) == [kept]
    assert all(kept.id.hex in name for name in files_under(media))
    assert not ResumableUpload.objects.exists()
    event = SecurityEvent.objects.get(kind="account_deleted")
    assert (event.person_name, event.by_name, event.details) == ("anna", "olga", {"songs_deleted": 1})


def test_songs_can_be_kept_by_the_owner(
    olga: Person, anna: Person, submit: Submit, django_capture_on_commit_callbacks: Any
) -> None:
    kept = submit(1)
    submit(2)
    submit(2, owner=olga)  # the same file, which the owner has already
    with django_capture_on_commit_callbacks(execute=True):
        assert person_delete(by=olga, person=anna, songs="keep", now=timezone.now()) == 1
    assert Song.objects.get(id=kept.id).owner == olga
    assert Song.objects.count() == 2
    assert Song.objects.get(id=kept.id).file.storage.exists(kept.file.name)


def test_nobody_but_an_owner_takes_over_songs(anna: Person) -> None:
    assert code_of(lambda: person_delete(person=anna, songs="keep", now=timezone.now())) == "songs_unowned"


TABLES = [
    *("account.json", "songs.csv", "songs.jsonl", "corrections.csv"),
    *(f"library/{name}.jsonl" for name in ("songs", "covers", "playlists", "recalibrations")),
]


def archive_of(person: Person, **options: Any) -> zipfile.ZipFile:
    options = {"with_audio": False, "now": timezone.now()} | options
    return zipfile.ZipFile(io.BytesIO(b"".join(account_archive(person, **options))))


def test_an_export_has_everything_of_one_person_and_no_secret(anna: Person, boris: Person, submit: Submit) -> None:
    song = submit(1, name="../my song.wav")
    submit(2, owner=boris)
    _, key = token_create(owner=anna, name="a script", now=timezone.now())
    SavedFilter.objects.create(owner=anna, name="Calm ones", query="mood=calm", created_at=timezone.now())
    with archive_of(anna, with_audio=True) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[: len(TABLES)] == TABLES
        (audio,) = names[len(TABLES) :]
        assert audio.startswith(f"audio/{song.id}/")
        assert ".." not in audio
        assert archive.read(audio) == wav(mark=1)
        lines = archive.read("songs.jsonl").splitlines()
        assert [json.loads(line)["id"] for line in lines] == [str(song.id)]
        account = archive.read("account.json").decode()
        assert json.loads(account)["saved_filters"][0]["query"] == "mood=calm"
        assert json.loads(account)["api_tokens"][0]["scopes"] == ["read", "write"]
        token = ApiToken.objects.get()
        for secret in (key, token.fingerprint, anna.password):
            assert secret not in account


def test_an_export_is_made_while_it_is_sent(anna: Person, submit: Submit) -> None:
    """Ten megabytes of audio never lie in memory: no block that is sent is larger than a few blocks of a file."""
    for mark in range(1, 6):
        song = submit(mark)
        path = Path(configured.MEDIA_ROOT) / song.file.name
        path.write_bytes(bytes(2_000_000))
    blocks = [len(block) for block in account_archive(anna, with_audio=True, now=timezone.now())]
    assert sum(blocks) > 10_000_000
    assert max(blocks) < 4_000_000


def test_a_missing_file_does_not_break_an_export(anna: Person, submit: Submit) -> None:
    song = submit(1)
    song.file.storage.delete(song.file.name)
    with archive_of(anna, with_audio=True) as archive:
        assert archive.namelist() == TABLES


def test_an_export_can_be_stored_on_the_server_and_only_if_there_is_room(
    anna: Person, submit: Submit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    exports = tmp_path / "exports"
    monkeypatch.setattr(configured, "DATA_DIR", tmp_path)
    submit(1)
    path = person_export_store(person=anna, with_audio=True, now=timezone.now())
    assert path.parent == exports
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    path.unlink()
    monkeypatch.setattr("classifier.uploads.disk_reserve.free_bytes", lambda: 100_000_000)
    assert code_of(lambda: person_export_store(person=anna, with_audio=True, now=timezone.now())) == "disk_full"
    assert list(exports.iterdir()) == []
