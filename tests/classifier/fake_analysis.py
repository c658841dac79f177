"""Analysis without models: a result in the shape of a real one, at once."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ml.audio.tags import Tags
from ml.moods import CLUSTERS, EMOTIONS, GENRES, MOODS, QUADRANTS, term_of

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080000000"
    "03a7e9b550000000a49444154789c6360000000020001488103a70000000049454e44ae426082"
)


def wav(seconds: float = 4.0, mark: int = 0) -> bytes:
    """A WAV file of silence. Files with different marks have different checksums."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(mark.to_bytes(2, "little") + bytes(2 * int(8000 * seconds) - 2))
    return stream.getvalue()


def upload(name: str = "song.wav", mark: int = 0, content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, wav(mark=mark) if content is None else content, "audio/wav")


def scores(strongest: str = "calm") -> dict[str, Any]:
    """`strongest` is a mood term or an emotion; its term and its emotion, where there is one, lead over power."""
    term = term_of(strongest)
    leading = {key: 0.7 for key, emotion in EMOTIONS.items() if emotion.term == term}
    return {"moods": dict.fromkeys(MOODS, 0.1) | {"powerful": 0.4, term: 0.7}} | _other_scores(leading)


def older_scores(strongest: str = "calmness") -> dict[str, Any]:
    """As mood-1 to mood-3 gave them: without the sixteen terms."""
    return _other_scores({strongest: 0.7})


def _other_scores(leading: dict[str, float]) -> dict[str, Any]:
    return {
        "emotions": dict.fromkeys(EMOTIONS, 0.1) | {"power": 0.4} | leading,
        "quadrants": dict.fromkeys(QUADRANTS, 0.25),
        "clusters": dict.fromkeys(CLUSTERS, 0.2),
        "valence": 6.1,
        "arousal": 3.4,
    }


def mood(primary: str = "calm") -> dict[str, Any]:
    """`primary` is a mood term or an emotion, which stands for its term."""
    return {
        "name": "Calm but Powerful",
        "primary": term_of(primary),
        "secondary": "powerful",
        "joined_by": "but",
        "confidence": 0.71,
        "secondary_confidence": 0.44,
        "certain": True,
        "genre": "CalmButEpic",
    }


def older_mood(primary: str = "calmness") -> dict[str, Any]:
    """As mood-1 to mood-3 gave it: its sides are emotions."""
    return mood() | {"primary": primary, "secondary": "power"}


def answer(segments: int = 3) -> dict[str, Any]:
    """A result of the current model: Calm but Powerful."""
    return _answer(segments, mood, scores) | {
        "explanations": {"primary": "Calm, since it is slow and quiet.", "secondary": "Powerful, since it is dense."}
    }


def older_answer(segments: int = 3) -> dict[str, Any]:
    """The same result as mood-1 to mood-3 gave it, in the nine emotions."""
    return _answer(segments, older_mood, older_scores)


def _answer(segments: int, mood: Callable[[], dict[str, Any]], scores: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return {
        "mood": mood(),
        "alternatives": [{"name": "Calm and Tender", "confidence": 0.12}],
        "genres": {genre: 0.55 if genre == "CalmButEpic" else 0.05 for genre in GENRES},
        "agreement": 0.83,
        "scores": scores(),
        "models": {"cnn1d": scores(), "cnn2d": scores()},
        "reasons": [{"feature": "tempo_bpm", "text": "a slow beat", "effect": 0.2}],
        "features": {"tempo_bpm": 92.3},
        "segments": [
            {
                "start_s": 5.0 * i,
                "end_s": 5.0 * i + 10,
                "silent": False,
                "mood": mood(),
                "scores": scores(),
                "models": {"cnn1d": scores(), "cnn2d": scores()},
            }
            for i in range(segments)
        ],
    }


@dataclass
class FakeResult:
    model_version: str = "mood-5"
    duration_s: float = 20.0
    tags: Tags = field(default_factory=lambda: Tags(title="Nocturne", artist="Field"))
    warnings: list[dict[str, str]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=answer)
    spectrogram_png: bytes = PNG
    waveform: list[int] = field(default_factory=lambda: [0, 40, 100, 60])

    @property
    def title(self) -> str | None:
        return self.tags.title

    @property
    def artist(self) -> str | None:
        return self.tags.artist


class FakeAnalyser:
    """Returns `result` or raises `error`; calls `interrupt` after the first segment."""

    def __init__(self) -> None:
        self.result = FakeResult()
        self.error: BaseException | None = None
        self.interrupt: Callable[[], object] | None = None
        self.paths: list[Path] = []

    def analyse(self, path: Path, *, on_progress: Callable[[str, int, int], None]) -> FakeResult:
        self.paths.append(path)
        on_progress("decoding", 10, 20)
        total = len(self.result.answer["segments"])
        for done in range(1, total + 1):
            on_progress("listening", done, total)
            if done == 1 and self.interrupt is not None:
                self.interrupt()
        if self.error is not None:
            raise self.error
        return self.result
