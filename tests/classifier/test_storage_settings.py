"""The settings of the storage in S3, and the errors for wrong ones."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from mmc.file_storage import link_origins, song_storage
from tests.system.product import ROOT, environment

NAMES = ("S3_BUCKET", "S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_PREFIX")


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def set_all(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"S3_{name.upper()}", value)


def test_without_a_bucket_songs_are_in_a_folder() -> None:
    assert song_storage() == {"BACKEND": "classifier.uploads.local_storage.LocalStorage"}
    assert link_origins() == []


def test_a_bucket_with_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch,
        bucket="songs",
        endpoint="http://minio:9000",
        region="eu",
        access_key="a",
        secret_key="b",
        prefix="/music/moods/",
    )
    assert song_storage()["OPTIONS"] == {
        "bucket_name": "songs",
        "endpoint_url": "http://minio:9000",
        "region_name": "eu",
        "access_key": "a",
        "secret_key": "b",
        "location": "music/moods",
    }
    assert link_origins() == ["http://minio:9000"]


def test_links_to_amazon_lead_to_the_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, bucket="songs", region="eu-central-1")
    assert link_origins() == ["https://songs.s3.amazonaws.com", "https://songs.s3.eu-central-1.amazonaws.com"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"endpoint": "https://s3.example.org"}, "S3_ENDPOINT is set and S3_BUCKET is not"),
        ({"bucket": "b", "access_key": "a"}, "Only one of S3_ACCESS_KEY and S3_SECRET_KEY is set"),
        ({"bucket": "b", "prefix": "../other"}, r"S3_PREFIX is '../other'; it takes a folder in the bucket"),
        ({"bucket": "b", "endpoint": "ftp://s3"}, "S3_ENDPOINT has an unknown scheme"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], sentence: str) -> None:
    set_all(monkeypatch, **values)
    with pytest.raises(ImproperlyConfigured, match=sentence):
        song_storage()


def test_without_its_packages_the_start_says_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, bucket="songs")
    find = importlib.util.find_spec

    def without_boto(name: str, *args: Any) -> ModuleSpec | None:
        return None if name == "boto3" else find(name, *args)

    monkeypatch.setattr(importlib.util, "find_spec", without_boto)
    with pytest.raises(ImproperlyConfigured, match=r"boto3 is missing: install it with .*requirements-s3\.txt"):
        song_storage()


def test_pages_allow_audio_from_the_store_only_with_signed_links(tmp_path: Path) -> None:
    script = "from django.conf import settings; print(*settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['media-src'])"

    def policy(**values: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=environment(DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="mmc.settings", **values),
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    store = {"S3_BUCKET": "songs", "S3_ENDPOINT": "https://s3.example.org/path"}
    assert policy(**store).strip() == "'self' blob:"
    assert policy(**store, S3_SIGNED_LINK_S="60").strip() == "'self' blob: https://s3.example.org"
