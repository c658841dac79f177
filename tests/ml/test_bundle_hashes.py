"""Bundles are never edited: every file of each has the hash written down when it was made."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

BUNDLES = Path(__file__).resolve().parents[2] / "ml" / "bundles"

SHA256: dict[str, dict[str, str]] = {
    "mood-1": {
        "card.json": "711a6ad903afe770e6536fa8563d71548624f110f318287c6eb4405905eb359a",
    },
    "mood-2": {
        "card.json": "f2ea01f6bf7ea9f338351ffe78e7ec53751b67b7cdb7b475d472470153316b19",
    },
    "mood-3": {
        "card.json": "6b22de4f5106c9c93a96bbd09b97585eb5da3b7e837c634c4507fb426098c688",
    },
    "mood-4": {
        "card.json": "d4a59bd6211ca9c1467f281014395258e5c4d77b583557ffb482a45e5467216b",
        "cnn1d.tflite": "f71ba40237594aa9bf673e74b574981a3bd0502228cb2c89e58b2c37ab66a230",
        "cnn2d.tflite": "19ed0a4b494f9abd8013dec925655efdd51c75cbd21e53da5ad0387b03f3df21",
        "golden.npz": "f979cf401f2b4b3bce3d436304d5aeaa0e55e8ac077a74db27964b48b774051d",
    },
}


def test_every_bundle_is_in_the_table() -> None:
    assert {path.parent.name for path in BUNDLES.glob("*/card.json")} == set(SHA256)


@pytest.mark.parametrize("version", SHA256)
def test_no_file_of_a_bundle_has_changed(version: str) -> None:
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (BUNDLES / version).iterdir()}
    assert files == SHA256[version], "Bundles are never edited: make a new one with another version."
