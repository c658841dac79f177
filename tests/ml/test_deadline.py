"""Decoding, networks and copies end between two blocks once their deadline has passed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.audio.decoding import DecodingInfo, decode
from ml.audio.playback import make_playable
from ml.deadline import NEVER, Deadline, DeadlineExceeded
from ml.errors import MoodError
from ml.inference.analysis import analyse
from ml.inference.saliency import mood_saliency
from ml.models.bundle import Bundle
from tests import sounds
from tests.architecture.sources import ROOT


@dataclass(frozen=True)
class Countdown(Deadline):
    """Passes at a number of checks instead of at a time, so that the place is the same on every machine."""

    checks: list[int] = field(default_factory=lambda: [0])
    most: int = 0

    def check(self) -> None:
        self.checks[0] += 1
        if self.checks[0] > self.most:
            raise DeadlineExceeded


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(ROOT / "ml" / "bundles" / "mood-5")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return sounds.write(tmp_path / "song.mp3", sounds.music(40.0, 8000), 8000)


def test_a_deadline_passes_on_the_monotonic_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    deadline = Deadline.after(5)
    deadline.check()
    assert deadline.remaining_s == 5
    now = 1005.0
    assert deadline.remaining_s == 0
    with pytest.raises(DeadlineExceeded):
        deadline.check()
    NEVER.check()


def test_it_is_not_taken_for_damage() -> None:
    assert not issubclass(DeadlineExceeded, MoodError)


READERS: dict[str, Callable[[Path, Deadline, Bundle], Any]] = {
    "decoding": lambda path, deadline, bundle: list(decode(path, DecodingInfo(), deadline=deadline)),
    "copy": lambda path, deadline, bundle: make_playable(path, path.with_name("copy.mp3"), deadline),
    "analysis": lambda path, deadline, bundle: analyse(path, bundle=bundle, deadline=deadline),
    "saliency": lambda path, deadline, bundle: mood_saliency(path, ["calm"], bundle=bundle, deadline=deadline),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_every_reader_ends_at_its_deadline(
    reader: Callable[[Path, Deadline, Bundle], Any], song: Path, bundle: Bundle
) -> None:
    with pytest.raises(DeadlineExceeded):
        reader(song, Deadline.after(0), bundle)
    assert [path.name for path in song.parent.iterdir()] == ["song.mp3"]


def test_many_channels_cannot_hide_the_deadline(tmp_path: Path) -> None:
    """Where an exception of a signal got lost: most of the time passes in FFmpeg's filters."""
    channels = np.stack([sounds.tone(220 * (1 + number), 20) for number in range(6)])
    song = sounds.write(tmp_path / "song.flac", channels)
    for most in range(0, 100, 9):
        deadline = Countdown(most=most)
        with pytest.raises(DeadlineExceeded):
            list(decode(song, DecodingInfo(), deadline=deadline))
        assert deadline.checks == [most + 1]


@pytest.mark.parametrize("reader", [READERS["analysis"], READERS["saliency"]], ids=["analysis", "saliency"])
def test_the_networks_check_it_too(reader: Callable[[Path, Deadline, Bundle], Any], song: Path, bundle: Bundle) -> None:
    counted = Countdown(most=1_000_000)
    list(decode(song, DecodingInfo(), deadline=counted))
    decoding = counted.checks[0]
    deadline = Countdown(most=decoding)
    with pytest.raises(DeadlineExceeded):
        reader(song, deadline, bundle)
    assert deadline.checks == [decoding + 1]


def test_packets_without_any_audio_do_not_hide_it(song: Path) -> None:
    """A file of a million damaged packets gives no block."""
    data = bytearray(song.read_bytes())
    data[2000:] = b"\xff\xfb\x90\x00" * ((len(data) - 2000) // 4)
    song.write_bytes(data)
    with pytest.raises(DeadlineExceeded):
        list(decode(song, DecodingInfo(), deadline=Countdown(most=3)))
