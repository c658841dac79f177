"""The only module of the web application that imports `ml`. Names of `ml` stay unchanged.

The web process imports it too, so heavy modules (decoders, networks) are imported inside functions, which only the
process that analyses calls.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from ml.audio.sniffing import HEAD_BYTES, MEDIA_TYPES, MIN_HEAD_BYTES, read_head, recognise, reject_other_kind
from ml.audio.tag_writing import limited as tag_files
from ml.audio.tag_writing.fields import Fields, MoodTags, moods_of
from ml.deadline import NEVER, Deadline, DeadlineExceeded
from ml.errors import MoodError
from ml.features.names import FEATURES, Feature, key_name
from ml.features.traits import TRAITS, Trait
from ml.inference.answer import recalibrated_answer, restored_answer
from ml.inference.passages import StrongestPassage, strongest_passages
from ml.links import MAX_REDIRECTS, check_link, is_never_a_server, is_public
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
from ml.moods.house import MAX_CONDITIONS, MAX_SPLITS, SPLIT_SCORES, HouseMood, HouseVocabulary, base_term
from ml.moods.house import from_json as vocabulary_from_json
from ml.moods.house import to_json as vocabulary_to_json
from ml.moods.older_genres import Genre as OlderGenre
from ml.moods.recalibration import OWN as OWN_VERSION_MARK
from ml.moods.recalibration import Recalibration, base_version, own_version
from ml.moods.synonyms import COMPARATIVES, GENRE_SYNONYMS, TERM_SYNONYMS
from ml.moods.words import LANGUAGES, MoodWords, mood_words, pair_of_name
from ml.personal import measures
from ml.personal.judged_song import JudgedSong
from ml.spec import SPEC

if TYPE_CHECKING:
    from ml.audio.cover_sizes import CoverSizes as CoverSizes
    from ml.audio.tags import Tags as Tags
    from ml.inference.analysis import AnalysisResult as AnalysisResult
    from ml.inference.own_model import OwnModel
    from ml.inference.saliency import MoodSaliency as MoodSaliency
    from ml.models.bundle import Bundle

__all__ = [
    "CLUSTER_WORDS",
    "COMPARATIVES",
    "DISAGREE_BELOW",
    "EMOTIONS",
    "EMOTION_NAMES",
    "EMOTION_OF_TERM",
    "FEATURES",
    "GENRES",
    "GENRE_SYNONYMS",
    "HEAD_BYTES",
    "LANGUAGES",
    "MAX_CONDITIONS",
    "MAX_REDIRECTS",
    "MAX_SPLITS",
    "MIN_HEAD_BYTES",
    "MOODS",
    "MOOD_NAMES",
    "NETWORKS",
    "OWN_VERSION_MARK",
    "QUADRANT_WORDS",
    "SPEC",
    "SPLIT_SCORES",
    "TERM_SYNONYMS",
    "TRAITS",
    "AnyGenre",
    "DeadlineExceeded",
    "Emotion",
    "Feature",
    "Fields",
    "Genre",
    "HouseMood",
    "HouseVocabulary",
    "JudgedSong",
    "Mood",
    "MoodError",
    "MoodTags",
    "MoodWords",
    "Recalibration",
    "StrongestPassage",
    "Trait",
    "Word",
    "adjective",
    "base_term",
    "base_version",
    "can_analyse",
    "check_link",
    "composite_name",
    "genres",
    "installed",
    "is_never_a_server",
    "is_public",
    "joined_by",
    "key_name",
    "measures",
    "media_type",
    "mixed_name",
    "model_card",
    "mood_words",
    "moods_of",
    "names_emotions",
    "own_version",
    "pair_of_name",
    "read_head",
    "recalibrated_answer",
    "recognise",
    "reject_other_kind",
    "restored_answer",
    "strongest_passages",
    "tag_files",
    "term_of",
    "time_limit",
    "vocabulary_from_json",
    "vocabulary_to_json",
]

NETWORKS = ("both", "cnn1d", "cnn2d")
VERSION = re.compile(r"\w[\w.-]{0,63}")
"""The name of a bundle is that of its folder, and cannot lead out of the folder of bundles."""

OWN_MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
"""The same for a model of the operator."""
OWN_MODEL_FILES = ("card.json", "network.tflite")
RUN_MODEL = "model"
"""The folder of a run with its network in the format of the product."""

HASH_MEMORY_BYTES = 512_000_000
HASH_SECONDS = 100.0
"""A gigabyte on a slow network drive."""
TRIAL_MEMORY_BYTES = 8_000_000_000
"""Address space: the linear algebra of NumPy reserves some of it for each core."""
TRIAL_SECONDS = 120.0
"""Two thousand songs take a quarter of a minute of one core; this is for hosts that are busy."""

Progress = Callable[[str, int, int], None]
AnyGenre = Genre | OlderGenre
"""A genre with its rule, as mood-4 and later models or as older ones define it."""


_deadline: ContextVar[Deadline] = ContextVar("deadline", default=NEVER)
_own_models: ContextVar[Sequence[tuple[str, str]]] = ContextVar("own_models", default=())


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Inside, `analyse` and the other functions for whole songs raise DeadlineExceeded once this time is over.

    They check it between blocks, so that they cannot end inside one: the process above them does that.
    """
    token = _deadline.set(Deadline.after(seconds))
    try:
        yield
    finally:
        _deadline.reset(token)


@contextmanager
def own_models(versions: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Inside, `analyse` asks these models of the operator too; each is a name and a version."""
    token = _own_models.set(versions)
    try:
        yield
    finally:
        _own_models.reset(token)


def media_type(head: bytes) -> str:
    """The media type of a file with these first bytes; the name that its sender gave it does not count."""
    try:
        return MEDIA_TYPES.get(recognise(head), "application/octet-stream")
    except MoodError:
        return "application/octet-stream"


def card(version: str) -> Card:
    """The card of the models of this version; loads no weights. Recalibrated results have the card of their model."""
    return _card(base_version(version))


@cache
def _card(version: str) -> Card:
    return Card.read(settings.MODEL_BUNDLES_DIR / version)


def installed(version: str) -> bool:
    """Whether there is a bundle for results of this version. The name may be user input."""
    version = base_version(version)
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
    if not installed(version):
        return False
    try:
        card(version).require_weights()
    except MoodError:
        return False
    return True


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

    found, warnings = _own_models_here()
    result = analyse(
        path,
        bundle=bundle(settings.MODEL_BUNDLE),
        own_models=found,
        on_progress=on_progress,
        deadline=_deadline.get(),
    )
    result.warnings.extend(warnings)
    return result


def _own_models_here() -> tuple[list[OwnModel], list[dict[str, str]]]:
    """Those that this host has, and a warning for each other one: a song does not fail for want of it."""
    found, warnings = [], []
    for name, version in _own_models.get():
        try:
            found.append(own_model(name, version))
        except MoodError as error:
            message = f"The own model {name} gave no answer on the host {socket.gethostname()}: {error.message}"
            warnings.append({"code": "own_model_missing", "message": message})
    return found, warnings


def own_models_folder() -> Path:
    """Where the own models of this host lie, each in a folder of its name."""
    folder: Path = settings.DATA_DIR / "models"
    return folder


@cache
def own_model(name: str, version: str = "") -> OwnModel:
    """This model of the operator, in this version or in any; cached and checked as a bundle is. Raises MoodError."""
    from ml.inference.own_model import OwnModel

    if not OWN_MODEL_NAME.fullmatch(name):
        raise MoodError("model_missing", f"“{name[:40]}” is not the name of a model.")
    model = OwnModel.open(own_models_folder() / name)
    if version and model.version != version:
        raise MoodError(
            "model_incompatible",
            f"It is the version {model.version} here, and {version} is in use: copy the folder of that version.",
        )
    model.check_golden()
    return model


def own_model_copy(run: Path, target: Path) -> Mapping[str, Any]:
    """Make the new folder `target` of the model of a run, test it, and return its card. Raises MoodError, and OSError.

    A run of an earlier version has no network in the format of the product; converting it needs TensorFlow.
    """
    from ml.inference.own_model import copy_model

    if not run.is_dir():
        raise MoodError("run_missing", f"{run} is no folder: name that of a finished run of ml.training.train.")
    source = run / RUN_MODEL
    if source.is_dir():
        return copy_model(source, target).card.values
    try:
        from ml.training.own.serving_export import export_model
    except (SystemExit, ImportError) as error:
        raise MoodError(
            "training_missing",
            f"{run} has no folder {RUN_MODEL}/, so its network has to be converted first, which needs the packages of "
            "training: run `make setup-training`, or train it again and name that run.",
        ) from error
    return export_model(run, target).card.values


def own_model_version(folder: Path) -> str:
    """The version of the model in a folder; loads no network. Raises MoodError."""
    from ml.models.own_card import OwnCard

    return OwnCard.read(folder).version


def mood_saliency(path: Path, moods: Iterable[str], model_version: str) -> dict[str, MoodSaliency]:
    """Saliency of the 2D network of this version for each of these moods; see `ml.inference.saliency`."""
    from ml.inference.saliency import mood_saliency

    return mood_saliency(path, moods, bundle=bundle(base_version(model_version)), deadline=_deadline.get())


def song_spectrogram(path: Path) -> bytes:
    """The spectrogram image of a song as a PNG; see `ml.inference.analysis`."""
    from ml.inference.analysis import song_spectrogram

    return song_spectrogram(path, spec=card(settings.MODEL_BUNDLE).spec, deadline=_deadline.get())


def segment_count(duration_s: float) -> int:
    """The number of segments of a sound of this length; 0 for none."""
    from ml.audio.segments import segments_of

    return len(segments_of(duration_s, SPEC)) if duration_s > 0 else 0


def network_view(stored: Mapping[str, Any], network: str, model_version: str) -> dict[str, Any]:
    """A stored answer as one of the networks alone gives it; see `ml.inference.answer`."""
    from ml.inference.answer import network_view

    return network_view(stored, network, card(model_version))


def house_view(
    stored: Mapping[str, Any],
    words: MoodWords,
    vocabulary: HouseVocabulary | None,
    model_version: str,
    network: str = "both",
) -> dict[str, Any]:
    """An answer in other words, and with the names of a house vocabulary; see `ml.inference.house_view`."""
    from ml.inference.house_view import house_view

    return house_view(stored, words, vocabulary, _card_or_none(model_version), network)


def house_mood(
    stored: Mapping[str, Any], vocabulary: HouseVocabulary, model_version: str
) -> HouseMood | tuple[str, str, str, str]:
    """The mood of a stored answer by the rules of a house vocabulary; see `ml.inference.house_view`."""
    from ml.inference.house_view import house_rules, stored_house_mood

    known = _card_or_none(model_version)
    return stored_house_mood(stored, vocabulary, house_rules(known) if known else None)


def _card_or_none(version: str) -> Card | None:
    try:
        return card(version)
    except MoodError:
        return None


def audio_hash(path: Path) -> str:
    """The hash of the coded audio without tags; see `ml.audio.audio_hash`."""
    from ml.audio.audio_hash import audio_hash

    return audio_hash(path, _deadline.get())


def audio_hash_limited(path: Path) -> str:
    """The same in a process of its own, for callers that no other process watches. Raises MoodError."""
    from ml.audio import audio_hash as _module  # noqa: F401  (before the fork, so that each file does not load it)
    from ml.audio.limited_process import ProcessFailed, ProcessLimitExceeded, run_limited

    try:
        return run_limited(partial(audio_hash, path), memory_bytes=HASH_MEMORY_BYTES, seconds=HASH_SECONDS)
    except (ProcessLimitExceeded, ProcessFailed) as error:
        raise MoodError("audio_unreadable", f"{path.name} could not be read: {error}") from error


def recalibration_trial(
    songs: Sequence[JudgedSong], version: str, *, with_readout: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and figures of a recalibration; see `ml.personal.trial`.

    In a process of its own with a limit of time, which loads NumPy for it. Raises MoodError("recalibration_failed").
    """
    from ml.audio.limited_process import ProcessFailed, ProcessLimitExceeded, run_limited

    def run() -> tuple[dict[str, Any], dict[str, Any]]:
        from ml.personal.trial import trial

        return trial(songs, card(version), with_readout=with_readout)

    try:
        return run_limited(run, memory_bytes=TRIAL_MEMORY_BYTES, seconds=TRIAL_SECONDS)
    except (ProcessLimitExceeded, ProcessFailed) as error:
        raise MoodError("recalibration_failed", f"The recalibration could not be fitted: {error}") from error


def playable_copy(source: Path, target: Path) -> bool:
    """Write a copy that browsers play, unless they play the source. True if there is a copy now."""
    if browsers_play(source):
        return False
    make_playable(source, target)
    return True


def make_playable(source: Path, target: Path) -> None:
    """Write a copy that browsers play."""
    from ml.audio.playback import make_playable

    make_playable(source, target, _deadline.get())


def browsers_play(source: Path) -> bool:
    """Whether browsers play the file itself, so that it needs no copy."""
    from ml.audio.playback import probe

    return probe(source).plays


def read_tags(path: Path) -> Tags:
    """The tags of an audio file; none if it cannot be read. See `ml.audio.tags`."""
    from ml.audio.tags import read_tags

    return read_tags(path, _deadline.get())


def cover_sizes(data: bytes) -> CoverSizes | None:
    """An embedded picture in the sizes of the pages; see `ml.audio.cover_sizes`."""
    from ml.audio.cover_sizes import cover_sizes

    return cover_sizes(data)


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
