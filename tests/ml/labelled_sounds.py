"""Little collections of made-up songs: slow, dark and minor ones are sad, quick, bright and major ones happy."""

from __future__ import annotations

from pathlib import Path

from tests import sounds

RATE = 16_000


def song(path: Path, mood: str, seed: int, artist: str = "", seconds: float = 6.0) -> Path:
    """Writes one song of a mood; no two seeds sound the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    happy = mood == "happy"
    samples = sounds.music(
        seconds,
        RATE,
        tempo_bpm=(130.0 if happy else 66.0) + seed,
        tonic=seed % 12,
        minor=not happy,
        brightness=0.8 if happy else 0.1,
        seed=seed,
    )
    return sounds.write(path, samples, RATE, tags={"artist": artist} if artist else None)


def folders(place: Path, count: int, moods: tuple[str, ...] = ("happy", "sad")) -> Path:
    """`count` songs of each mood, each by somebody else, in folders named after the moods."""
    for number, mood in enumerate(moods):
        for one in range(count):
            song(place / mood / f"{one}.flac", mood, 100 * number + one, artist=f"{mood} singer {one}")
    return place
