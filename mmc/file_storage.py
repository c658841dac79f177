"""Where songs' files are stored: in DATA_DIR, unless S3_BUCKET names a bucket of an S3-compatible store."""

from __future__ import annotations

import importlib.util
import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from mmc import environment as env

PREFIX = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
OTHERS = ("S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_PREFIX")


def storages() -> dict[str, Any]:
    """The value of STORAGES."""
    return {
        "default": song_storage(),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def song_storage() -> dict[str, Any]:
    bucket = env.text("S3_BUCKET")
    if not bucket:
        for name in OTHERS:
            if env.text(name):
                raise ImproperlyConfigured(f"{name} is set and S3_BUCKET is not; it takes the name of the bucket.")
        return {"BACKEND": "classifier.uploads.local_storage.LocalStorage"}
    for module in ("storages", "boto3"):
        if importlib.util.find_spec(module) is None:
            raise ImproperlyConfigured(
                f"S3_BUCKET is set, and the package {module} is missing: install it with "
                "`.venv/bin/pip install -r requirements-s3.txt -c constraints.txt`."
            )
    return {"BACKEND": "classifier.uploads.s3_storage.S3SongStorage", "OPTIONS": _s3_options(bucket)}


def link_origins() -> list[str]:
    """Where links to the store lead, for the Content Security Policy of pages."""
    bucket, endpoint, region = env.text("S3_BUCKET"), env.text("S3_ENDPOINT"), env.text("S3_REGION")
    if not bucket:
        return []
    if endpoint:
        scheme, _, rest = endpoint.partition("://")
        return [f"{scheme}://{rest.partition('/')[0]}"]
    hosts = ["s3", f"s3.{region}"] if region else ["s3"]
    return [f"https://{bucket}.{host}.amazonaws.com" for host in hosts]


def _s3_options(bucket: str) -> dict[str, Any]:
    access_key, secret_key = env.text("S3_ACCESS_KEY"), env.text("S3_SECRET_KEY")
    if bool(access_key) != bool(secret_key):
        raise ImproperlyConfigured(
            "Only one of S3_ACCESS_KEY and S3_SECRET_KEY is set; set both, or neither where the machine has a role."
        )
    prefix = env.text("S3_PREFIX").strip("/")
    if prefix and (not PREFIX.fullmatch(prefix) or ".." in prefix.split("/")):
        raise ImproperlyConfigured(
            f"S3_PREFIX is {prefix!r}; it takes a folder in the bucket, such as countermood or music/countermood."
        )
    return {
        "bucket_name": bucket,
        "endpoint_url": env.url("S3_ENDPOINT", ("http", "https")) or None,
        "region_name": env.text("S3_REGION") or None,
        "access_key": access_key or None,
        "secret_key": secret_key or None,
        "location": prefix,
    }
