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
        "card.json": "d669995e38a2a5200a9ccfb2e8cb24096154a46e6fd84113f9adc7efefd26834",
        "cnn1d.tflite": "e383f1b3c1e5ede9293fc11129e2ce89fd61ebb853c23a66d411a182adbdf68d",
        "cnn2d.tflite": "64b53c51caa083fbea8ca6c9c6be66cf7af0070d30fa76e636ec63da79370561",
        "golden.npz": "9ef4dc05985bab239ebefa7b083fa007ecd29aed661615cae7e65d554456e543",
    },
}


def test_every_bundle_is_in_the_table() -> None:
    assert {path.parent.name for path in BUNDLES.glob("*/card.json")} == set(SHA256)


@pytest.mark.parametrize("version", SHA256)
def test_no_file_of_a_bundle_has_changed(version: str) -> None:
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (BUNDLES / version).iterdir()}
    assert files == SHA256[version], "Bundles are never edited: make a new one with another version."
