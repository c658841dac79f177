"""The demo songs, in the order in which they are listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ml.demo.songs import empty_platform, high_banners, market_morning, slow_water, wires
from ml.demo.stage import Stereo

ARTIST = "Countermood demo"


@dataclass(frozen=True)
class Song:
    title: str
    play: Callable[[], Stereo]

    @property
    def file_name(self) -> str:
        return f"{self.title}.opus"


ALBUM = (
    Song("Slow Water", slow_water.play),
    Song("Market Morning", market_morning.play),
    Song("Empty Platform", empty_platform.play),
    Song("Wires", wires.play),
    Song("High Banners", high_banners.play),
)
