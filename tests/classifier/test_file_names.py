from __future__ import annotations

import pytest

from classifier.uploads.file_names import shown_name, stored_name


@pytest.mark.parametrize(
    ("given", "shown"),
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
def test_what_people_see_of_a_name(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_a_long_name_keeps_its_extension() -> None:
    shown = shown_name("a" * 300 + ".flac")
    assert len(shown) == 255
    assert shown.endswith("a.flac")


@pytest.mark.parametrize(
    ("shown", "stored"),
    [
        ("Für Elise.MP3", "source.mp3"),
        ("song", "source"),
        ("a.b c", "source"),
        ("a.übung", "source"),
        ("a.verylongsuffix", "source"),
    ],
)
def test_the_disk_sees_only_a_plain_extension(shown: str, stored: str) -> None:
    assert stored_name(shown) == stored
