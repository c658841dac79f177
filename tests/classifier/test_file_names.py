from __future__ import annotations

import pytest

from classifier.uploads.file_names import display_name, storage_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Für Elise.mp3", "Für Elise.mp3"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Music\a.wav", "a.wav"),
        ('He said "no" <b>.mp3', 'He said "no" <b>.mp3'),
        ("He said %22no%22.mp3", 'He said "no".mp3'),
        ("two\nlines\x00.mp3", "two lines .mp3"),
        ("evil\u202e3pm.exe", "evil 3pm.exe"),
        ("e\u0301.mp3", "é.mp3"),
        ("...", "song"),
        ("", "song"),
        ("..", "song"),
        ("音楽.flac", "音楽.flac"),
    ],
)
def test_display_name_is_safe_and_on_one_line(name: str, expected: str) -> None:
    assert display_name(name) == expected


def test_a_long_name_keeps_its_extension() -> None:
    name = display_name("a" * 300 + ".flac")
    assert len(name) == 255
    assert name.endswith("a.flac")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Für Elise.MP3", "source.mp3"),
        ("song", "source"),
        ("a.b c", "source"),
        ("a.übung", "source"),
        ("a.verylongsuffix", "source"),
    ],
)
def test_storage_name_keeps_only_a_plain_extension(name: str, expected: str) -> None:
    assert storage_name(name) == expected
