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
    },
    "mood-5": {
        "card.json": "035a241bf1b13268eee3b268cc936dc432cd89cf565cbb09c028fb4a331edb84",
        "cnn1d.tflite": "ec3ffdcd3cdfab9a07d93cc9884d8d35ee80bdf099724f0e51fc78cb1daef045",
        "cnn2d.tflite": "0d7d25c4659441606faf35f764050d34c2d311169bcc46c0bdb44cc85dcd6640",
        "golden.npz": "38bedf6eb3462e6d4d7d65e2c9732f4df0fb3d9400e666a51d4ea51f4d7ca2bf",
    },
}


def test_every_bundle_is_in_the_table() -> None:
    assert {path.parent.name for path in BUNDLES.glob("*/card.json")} == set(SHA256)


@pytest.mark.parametrize("version", SHA256)
def test_no_file_of_a_bundle_has_changed(version: str) -> None:
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (BUNDLES / version).iterdir()}
    assert files == SHA256[version], "Bundles are never edited: make a new one with another version."
