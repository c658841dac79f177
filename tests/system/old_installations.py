"""Run as `python -m tests.system.old_installations`: installations of every earlier state of the tables, with rows,
that are then upgraded and used. Prints a line for each.

The database of DATABASE_URL must be one that can be thrown away.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  (needs the settings)
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.test import Client  # noqa: E402

from classifier.fields import MAX_KEY_LENGTH  # noqa: E402
from classifier.jobs.clean_up import clean_up  # noqa: E402
from classifier.jobs.sweep import songs_sweep  # noqa: E402
from classifier.models import Person, Song  # noqa: E402
from tests.old_tables import NOON, analyse, create, migrate  # noqa: E402

# From this migration on, moods are terms; before it, emotions.
TERMS_FROM = "0007_sixteen_moods"
# Before this migration, the folded name of an artist could have thousands of characters, and no index had it.
NAMES_CUT_FROM = "0020_song_sorting_and_bin"
LONG_NAME = "".join(map(chr, Random(0).choices(range(0x4E00, 0x9FA5), k=3000)))
PAGES = (
    "/", "/songs/", "/songs/?q=suss", "/map/", "/map/points/", "/over-time/", "/corrections/", "/tokens/", "/people/",
)  # fmt: skip


def main() -> None:
    names = sorted(name for app, name in MigrationExecutor(connection).loader.disk_migrations if app == "classifier")
    for name in names:
        empty_database()
        create_at(name)
        call_command("migrate", interactive=False, verbosity=0)
        use()
        print(f"{name} upgraded", flush=True)


def create_at(name: str) -> Any:
    """Tables and rows of an installation that had this migration and none after it. Returns its models."""
    apps = migrate(name, ("sessions", "0001_initial"))
    fill(apps, name)
    song = apps.get_model("classifier", "Song")
    if name < NAMES_CUT_FROM and "sort_artist" in {field.name for field in song._meta.get_fields()}:
        song.objects.filter(status="cancelled").update(sort_artist=LONG_NAME)
    return apps


def empty_database() -> None:
    if connection.vendor == "sqlite":
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{settings.DATABASES['default']['NAME']}{suffix}").unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def fill(apps: Any, migration: str) -> None:
    """One person with songs in every state, and whatever else there was at that time."""
    has_terms = migration >= TERMS_FROM
    moods = ("calm", "powerful") if has_terms else ("calmness", "power")
    password = make_password("open sesame, please")
    owner = create(apps, "Person", username="olga", is_superuser=True, password=password, date_joined=NOON)
    create(apps, "Setup", id=1, done_at=NOON)
    for number, status in enumerate(("queued", "running", "done", "failed", "cancelled")):
        running = status == "running"
        song = create(
            apps,
            "Song",
            owner=owner,
            file=f"songs/00/{number:032x}/source.wav",
            file_name=f"Süß {number}.wav",
            title=f"Süß {number}",
            artist="Ångström",
            sha256=f"{number:064}",
            size_bytes=64_044,
            duration_s=4.0,
            status=status,
            lease_token="11111111-1111-4111-8111-111111111111" if running else None,
            lease_expires_at=NOON if running else None,
            error_code="too_slow" if status == "failed" else "",
            created_at=NOON,
            finished_at=NOON if status == "done" else None,
            verdict="corrected" if status == "done" else "",
            verdict_at=NOON if status == "done" else None,
            actual_primary=moods[1] if status == "done" else "",
        )
        if status == "done":
            analyse(apps, song, moods, "mood-4" if has_terms else "mood-3")
    create(apps, "ApiToken", owner=owner, name="script", prefix="mmc_1234", fingerprint="f" * 64, created_at=NOON)
    create(apps, "SavedFilter", owner=owner, name="calm", query=f"first={moods[0]}", created_at=NOON)
    for name in ("ArrivingFile", "ResumableUpload"):
        create(apps, name, owner=owner, file_name="a.wav", size_bytes=9, created_at=NOON, touched_at=NOON)
    create(apps, "SignInFailure", key="k", since=NOON)
    create(apps, "WorkerPresence", name="celery@old", started_at=NOON, seen_at=NOON)


def use() -> None:
    """Nothing is lost, and the pages show it."""
    olga = Person.objects.get(username="olga")
    assert olga.is_owner
    assert olga.check_password("open sesame, please")
    songs = {song.status: song for song in Song.objects.order_by("file_name")}
    assert set(songs) == {"queued", "running", "done", "failed", "cancelled"}
    done = songs["done"]
    assert (done.title, done.created_at, done.actual_primary) == ("Süß 2", NOON, "powerful")
    assert all(len(song.sort_artist) <= MAX_KEY_LENGTH for song in songs.values())
    assert done.analysis is not None
    assert (done.analysis.primary, done.analysis.secondary) == ("calm", "powerful")
    assert done.analysis.detail.segments
    assert list(olga.saved_filters.values_list("query", flat=True)) in (["first=calm"], [])
    assert olga.tokens.get().name == "script"

    client = Client(headers={"host": "localhost"})
    client.force_login(olga, backend=settings.AUTHENTICATION_BACKENDS[0])
    for page in (*PAGES, *(f"/songs/{song.id}/" for song in songs.values())):
        response = client.get(page)
        assert response.status_code == 200, f"{page}: {response.status_code}"
    assert "Süß 2" in client.get("/songs/?q=suss+2").content.decode()

    # The song whose worker is long gone is queued again.
    assert songs_sweep(now=datetime.now(UTC)).requeued == 1
    clean_up(now=datetime.now(UTC))
    new = Song.objects.create(owner=olga, file_name="new.wav", sha256="n", size_bytes=1, created_at=NOON)
    assert new.search_text


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
    main()
