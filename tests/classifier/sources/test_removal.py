"""Removing large sources, and scans that are busy with one file for long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from classifier.errors import ProductError
from classifier.models import Person, ScanStatus, Song, SongLocation, Source, SourceKind, Status
from classifier.services.source_add import source_add
from classifier.services.sources import own_source, source_remove
from classifier.sources import removal
from classifier.sources.folder_listing import FolderListing
from classifier.sources.opensubsonic import OpenSubsonicServer
from classifier.sources.removal import removal_finish
from classifier.sources.scan import source_scan
from classifier.sources.scan_lease import SCAN_LEASE, ScanLease, scan_claim, scan_request, scans_due
from classifier.sources.secrets import encrypt
from tests.classifier.sources.conftest import START, Scan, write_song
from tests.classifier.sources.connections import PASSWORD
from tests.classifier.sources.subsonic_stub import SubsonicStub, song
from tests.classifier.sources.web_servers import Answer, web_server


@pytest.fixture
def large(music: Path, scan: Scan, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A source of five songs, more than one batch."""
    monkeypatch.setattr(removal, "BATCH", 2)
    for number in range(5):
        write_song(music / f"{number}.wav", number)
    return scan()


def test_a_source_of_one_batch_is_removed_at_once(music: Path, scan: Scan) -> None:
    path = write_song(music / "a.wav")
    done = source_remove(source=scan(), now=START)
    assert (done.songs, done.is_finished) == (1, True)
    assert (Song.objects.count(), Source.objects.count()) == (0, 0)
    assert path.exists()


def test_the_rest_of_a_large_source_is_removed_by_the_process_of_sources(music: Path, large: Source) -> None:
    done = source_remove(source=large, now=START)
    assert (done.songs, done.is_finished, Song.objects.count()) == (2, False, 3)
    call_command("sources", "--scan", str(large.id))
    assert (Song.objects.count(), SongLocation.objects.count(), Source.objects.count()) == (0, 0, 0)
    assert len(list(music.iterdir())) == 5


def test_a_removal_that_is_asked_to_stop_is_continued(large: Source) -> None:
    source_remove(source=large, now=START)
    answers = iter([False, True])
    assert not removal_finish(large, should_stop=lambda: next(answers))
    assert Song.objects.count() == 1
    assert removal_finish(large)
    assert not Source.objects.exists()


def test_nothing_else_happens_to_a_source_that_is_being_removed(
    anna: Person, large: Source, music: Path, settings: Any
) -> None:
    source_remove(source=large, now=START)
    settings.SOURCE_SCAN_MINUTES = 1
    later = START + timedelta(days=1)
    assert own_source(anna, large.id) is None
    assert not scan_request(large, later)
    assert scan_claim(large, later) is None
    assert not scans_due(later)
    with pytest.raises(ProductError, match="still being removed"):
        source_add(owner=anna, kind=SourceKind.FOLDER, name="", address=str(music), now=later)


def test_a_scan_that_runs_stops_when_its_source_is_removed(large: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def listing(source: Source) -> Any:
        source_remove(source=source, now=START)
        yield from FolderListing(source.address)

    monkeypatch.setattr("classifier.sources.scan.listing_of", listing)
    source_scan(large, START + timedelta(days=1))
    assert (Source.objects.get().scan_status, Song.objects.count()) == (ScanStatus.REMOVING, 3)


# --- Long downloads ---------------------------------------------------------------------------------------------------


@pytest.fixture
def retagged(anna: Person) -> Iterator[tuple[Source, SubsonicStub]]:
    """A music server whose only song changed since its analysis."""
    OpenSubsonicServer._ways.clear()
    stub = SubsonicStub(songs=[song(1)])
    with web_server(stub) as web:
        source = Source.objects.create(
            owner=anna,
            kind=SourceKind.OPENSUBSONIC,
            name="Navidrome",
            address=f"{web.address}/music",
            username="anna",
            encrypted_secret=encrypt(PASSWORD),
            created_at=START,
        )
        known = Song.objects.create(
            owner=anna, file_name="1.mp3", audio_hash="a" * 64, size_bytes=1, status=Status.DONE, created_at=START
        )
        known.analyses.create(
            model_version="mood-5", created_at=START, name="Sad", primary="sad", secondary="calm", joined_by="and",
            confidence=0.5, secondary_confidence=0.4, certain=True, genre="", valence=3, arousal=3, agreement=1,
        )  # fmt: skip
        SongLocation.objects.create(source=source, song=known, key="s1", path="1.mp3", size_bytes=1, modified_ns=1)
        yield source, stub


def test_a_long_download_keeps_the_lease(
    retagged: tuple[Source, SubsonicStub], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, stub = retagged
    now = [START]
    renewals = []
    lock = ScanLease.lock

    def noted(lease: ScanLease) -> None:
        renewals.append(lease.clock())
        lock(lease)

    def clock() -> Any:
        # Each look at the clock is ten seconds later than the one before.
        now[0] += timedelta(seconds=10)
        return now[0]

    monkeypatch.setattr(ScanLease, "lock", noted)
    monkeypatch.setattr("classifier.sources.http_session.BLOCK_BYTES", 1000, raising=False)
    stub.answers["download"] = Answer(bytes(3_000_000), "audio/mpeg")
    assert source_scan(source, START, clock=clock)
    assert renewals[-1] - START > SCAN_LEASE
    assert all(later - earlier < SCAN_LEASE for earlier, later in pairwise(renewals))


def test_a_scan_that_is_asked_to_stop_ends_a_download(retagged: tuple[Source, SubsonicStub]) -> None:
    source, stub = retagged
    is_sent = []

    def blocks() -> Iterator[bytes]:
        for _ in range(100):
            is_sent.append(True)
            yield bytes(100_000)

    stub.answers["download"] = Answer(media_type="audio/mpeg", blocks=blocks())
    assert source_scan(source, START, should_stop=lambda: bool(is_sent))
    source.refresh_from_db()
    assert source.scan_status == ScanStatus.WAITING
    assert source.locations.get().size_bytes == 1
