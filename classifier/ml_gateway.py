"""The only module of the web application that imports `ml`. Names of `ml` stay unchanged.

The web process imports it too, so heavy modules (decoders, networks) are imported inside functions, which only the
process that analyses calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from ml.audio.sniffing import HEAD_BYTES, MEDIA_TYPES, MIN_HEAD_BYTES, read_head, recognise, reject_other_kind
from ml.deadline import NEVER, Deadline, DeadlineExceeded
from ml.errors import MoodError
from ml.features.names import FEATURES, Feature, key_name
from ml.features.traits import TRAITS, Trait
from ml.inference.passages import StrongestPassage, strongest_passages
from ml.models.card import FILE as CARD_FILE
from ml.models.card import Card
from ml.models.score_vector import DISAGREE_BELOW
from ml.moods import (
    CLUSTER_WORDS,
    EMOTION_NAMES,
    EMOTION_OF_TERM,
    EMOTIONS,
    GENRES,
    MOOD_NAMES,
    MOODS,
    QUADRANT_WORDS,
    Emotion,
    Genre,
    Mood,
    Word,
    adjective,
    composite_name,
    joined_by,
    mixed_name,
    term_of,
)
from ml.moods.older_genres import Genre as OlderGenre
from ml.spec import SPEC

if TYPE_CHECKING:
    from ml.inference.analysis import AnalysisResult as AnalysisResult
    from ml.inference.saliency import MoodSaliency as MoodSaliency
    from ml.models.bundle import Bundle

__all__ = [
    "CLUSTER_WORDS",
    "DISAGREE_BELOW",
    "EMOTIONS",
    "EMOTION_NAMES",
    "EMOTION_OF_TERM",
    "FEATURES",
    "GENRES",
    "HEAD_BYTES",
    "MIN_HEAD_BYTES",
    "MOODS",
    "MOOD_NAMES",
    "NETWORKS",
    "QUADRANT_WORDS",
    "SPEC",
    "TRAITS",
    "AnyGenre",
    "DeadlineExceeded",
    "Emotion",
    "Feature",
    "Genre",
    "Mood",
    "MoodError",
    "StrongestPassage",
    "Trait",
    "Word",
    "adjective",
    "can_analyse",
    "composite_name",
    "genres",
    "installed",
    "joined_by",
    "key_name",
    "media_type",
    "mixed_name",
    "model_card",
    "names_emotions",
    "read_head",
    "recognise",
    "reject_other_kind",
    "strongest_passages",
    "term_of",
    "time_limit",
]

NETWORKS = ("both", "cnn1d", "cnn2d")
VERSION = re.compile(r"\w[\w.-]{0,63}")
"""The name of a bundle is that of its folder, and cannot lead out of the folder of bundles."""

Progress = Callable[[str, int, int], None]
AnyGenre = Genre | OlderGenre
"""A genre with its rule, as mood-4 and later models or as older ones define it."""


_deadline: ContextVar[Deadline] = ContextVar("deadline", default=NEVER)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Inside, `analyse`, `playable_copy` and `mood_saliency` raise DeadlineExceeded once this time is over.

    They check it between blocks, so that they cannot end inside one: the process above them does that.
    """
    token = _deadline.set(Deadline.after(seconds))
    try:
        yield
    finally:
        _deadline.reset(token)


def media_type(head: bytes) -> str:
    """The media type of a file with these first bytes; the name that its sender gave it does not count."""
    try:
        return MEDIA_TYPES.get(recognise(head), "application/octet-stream")
    except MoodError:
        return "application/octet-stream"


@cache
def card(version: str) -> Card:
    """The card of the models of this version; loads no weights."""
    return Card.read(settings.MODEL_BUNDLES_DIR / version)


def installed(version: str) -> bool:
    """Whether there is a bundle of this name. The name may be user input."""
    return bool(VERSION.fullmatch(version)) and (settings.MODEL_BUNDLES_DIR / version / CARD_FILE).is_file()


def model_card(version: str = "") -> Mapping[str, Any]:
    """The values of the card of the current model, or of another installed one. Raises MoodError."""
    return card(version or settings.MODEL_BUNDLE).values


def names_emotions(version: str) -> bool:
    """Whether this version makes composite moods of the nine emotions, as models before mood-4 did. False if its card
    is not installed."""
    try:
        return card(version).names_emotions
    except MoodError:
        return False


def can_analyse(version: str) -> bool:
    """Whether this version is installed and can analyse songs; of older models only the card is left."""
    return installed(version) and not names_emotions(version)


def genres(version: str) -> Mapping[str, AnyGenre]:
    """The ten genres with the rules of this version; those of new models if its card is not installed."""
    try:
        return card(version).genre_rules.genres
    except MoodError:
        return GENRES


def other_vocabularies(
    scores: Mapping[str, Any], model_version: str = "", network: str = "both"
) -> list[dict[str, Any]]:
    """The same scores in other vocabularies; see `ml.inference.vocabularies`."""
    from ml.inference.vocabularies import other_vocabularies

    return other_vocabularies(scores, model_card(model_version), network)


@cache
def bundle(version: str) -> Bundle:
    """The models of this version. Cached, so that a process loads their weights, and checks their golden example, once.

    Raises MoodError: model_missing, model_corrupt, model_incompatible.
    """
    from ml.models.bundle import Bundle

    bundle = Bundle.open(settings.MODEL_BUNDLES_DIR / version)
    bundle.check_golden()
    return bundle


def analyse(path: Path, *, on_progress: Progress) -> AnalysisResult:
    """Analyse a whole song with the current models; see `ml.inference.analysis`."""
    from ml.inference.analysis import analyse

    return analyse(path, bundle=bundle(settings.MODEL_BUNDLE), on_progress=on_progress, deadline=_deadline.get())


def mood_saliency(path: Path, moods: Iterable[str], model_version: str) -> dict[str, MoodSaliency]:
    """Saliency of the 2D network of this version for each of these moods; see `ml.inference.saliency`."""
    from ml.inference.saliency import mood_saliency

    return mood_saliency(path, moods, bundle=bundle(model_version), deadline=_deadline.get())


def segment_count(duration_s: float) -> int:
    """The number of segments of a sound of this length; 0 for none."""
    from ml.audio.segments import segments_of

    return len(segments_of(duration_s, SPEC)) if duration_s > 0 else 0


def network_view(stored: Mapping[str, Any], network: str, model_version: str) -> dict[str, Any]:
    """A stored answer as one of the networks alone gives it; see `ml.inference.answer`."""
    from ml.inference.answer import network_view

    return network_view(stored, network, card(model_version))


def playable_copy(source: Path, target: Path) -> bool:
    """Write a copy that browsers play, unless they play the source. True if there is a copy now."""
    from ml.audio.playback import make_playable, probe

    if probe(source).plays:
        return False
    make_playable(source, target, _deadline.get())
    return True


def browsers_play(source: Path) -> bool:
    """Whether browsers play the file itself, so that it needs no copy."""
    from ml.audio.playback import probe

    return probe(source).plays


def cut(path: Path, start_s: float, end_s: float) -> bytes:
    """A passage of a song as a WAV file; see `ml.audio.passages`."""
    from ml.audio.passages import cut

    return cut(path, start_s, end_s)


def bundle_check(version: str) -> None:
    """Raise MoodError if the models are missing, damaged or incompatible; loads no weights."""
    Card.read(settings.MODEL_BUNDLES_DIR / version).require_weights()


def bundle_verify(version: str) -> None:
    """The same, and compare the weights with their checksums. Raises MoodError."""
    card = Card.read(settings.MODEL_BUNDLES_DIR / version)
    card.require_weights()
    card.verify_weights()
