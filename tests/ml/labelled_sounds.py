"""Small synthetic collections: slow, dark songs in minor are sad; fast, bright ones in major are happy."""

from __future__ import annotations

from pathlib import Path

from tests import sounds

RATE = 16_000


def song(path: Path, mood: str, seed: int, artist: str = "", seconds: float = 6.0) -> Path:
    """Writes a song of a mood, different for each seed."""
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
    """`count` songs of each mood, by different artists, in folders named after moods."""
    for number, mood in enumerate(moods):
        for one in range(count):
            song(place / mood / f"{one}.flac", mood, 100 * number + one, artist=f"{mood} singer {one}")
    return place
