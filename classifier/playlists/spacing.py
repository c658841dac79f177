"""From ranked candidates to the songs of a playlist: spacing of artists and albums, copies, and how many fit.

Pure: no database, so that the rules can be read and tested alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Candidate:
    """A song that may be in a playlist, as far as its rules read it."""

    id: UUID
    distance: float = 0.0
    """0 is the best. What it measures depends on the order, see docs/playlists.md."""
    artist: str = ""
    """Folded; empty where it is not known, which counts as an artist of its own."""
    album: str = ""
    duration_s: float = 0.0
    audio_hash: str = ""
    recording: str = ""
    """The same for copies in other encodings, see `classifier/recordings`; empty where there are none."""
    valence: float = 5.0
    arousal: float = 5.0


@dataclass(frozen=True, slots=True)
class Spacing:
    artist_gap: int = 0
    album_gap: int = 0

    def after(self, chosen: Sequence[Candidate]) -> TooSoon:
        """What may not follow these songs."""
        return TooSoon(
            frozenset(one.artist for one in _last(chosen, self.artist_gap) if one.artist),
            frozenset(one.album for one in _last(chosen, self.album_gap) if one.album),
        )


NO_SPACING = Spacing()


@dataclass(frozen=True, slots=True)
class TooSoon:
    artists: frozenset[str]
    albums: frozenset[str]

    def allows(self, candidate: Candidate) -> bool:
        return candidate.artist not in self.artists and candidate.album not in self.albums


MAX_TOO_LONG = 20
"""Songs that do not fit into the time that is left, until a playlist counts as full."""

IsCopy = Callable[[Candidate, list[Candidate]], bool]
"""Whether a candidate is another copy of a recording among these songs."""


def is_copy(candidate: Candidate, chosen: list[Candidate]) -> bool:
    """The same coded audio, or the same recording in another encoding."""
    audio_hash, recording = candidate.audio_hash, candidate.recording
    return any(
        (audio_hash and one.audio_hash == audio_hash) or (recording and one.recording == recording) for one in chosen
    )


def no_copies(candidate: Candidate, chosen: list[Candidate]) -> bool:
    return False


def spaced(
    candidates: Iterable[Candidate],
    *,
    most_songs: int,
    most_seconds: float | None = None,
    spacing: Spacing = NO_SPACING,
    is_copy: IsCopy = no_copies,
) -> list[Candidate]:
    """The best candidates first. One that would come too soon after its artist or album waits for the first place where
    it may stand; one that is too long for the time that is left is left out."""
    chosen: list[Candidate] = []
    waiting: deque[Candidate] = deque()
    left_s = float("inf") if most_seconds is None else most_seconds
    too_long = 0
    ranked = iter(candidates)
    while len(chosen) < most_songs and too_long < MAX_TOO_LONG:
        candidate = _next_allowed(waiting, ranked, spacing.after(chosen))
        if candidate is None:
            break
        if is_copy(candidate, chosen):
            continue
        if candidate.duration_s > left_s:
            too_long += 1
            continue
        chosen.append(candidate)
        left_s -= candidate.duration_s
    return chosen


def _next_allowed(waiting: deque[Candidate], ranked: Iterator[Candidate], too_soon: TooSoon) -> Candidate | None:
    for candidate in waiting:
        if too_soon.allows(candidate):
            waiting.remove(candidate)
            return candidate
    for candidate in ranked:
        if too_soon.allows(candidate):
            return candidate
        waiting.append(candidate)
    return None


def _last(songs: Sequence[Candidate], count: int) -> Sequence[Candidate]:
    return songs[-count:] if count else ()
