"""Trains one network on your own songs, from the list of songs to a finished run.

Works in `RUN.partial` and renames it to `RUN` at the end. The same command resumes an interrupted run from its last
complete epoch.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence

import numpy as np

from ml.errors import MoodError
from ml.training.data.feature_cache import FeatureCache
from ml.training.own.label_files import read_collection
from ml.training.own.labelled_songs import Collection, Problem, require_two_moods
from ml.training.own.piece_store import FeatureArrays, extract_feature_arrays
from ml.training.own.run import Run
from ml.training.own.run_artifacts import TrainingResult, ground_truth, write_run
from ml.training.own.run_request import TrainingRequest, finished_run, has_progress, start_or_resume
from ml.training.own.splitting import Split, artists_in_several_folds, final_split, fold_splits, single_split

MAX_PRINTED = 30
"""All problems are stored in the run."""


def train_own(request: TrainingRequest, cache: FeatureCache) -> Run:
    """Makes the requested run, or returns it if it is finished. Prints its progress.

    Raises MoodError: data_missing, data_unreadable, column_missing, no_songs, one_mood_only, too_few_songs, bad_songs,
    run_exists.
    """
    started = time.monotonic()
    collection = read_collection(request.data, request.mood_column)
    _report_problems(request, collection.problems)
    require_two_moods(collection)
    settings = request.settings(collection)
    if (finished := finished_run(request, settings)) is not None:
        print(f"{request.out}: already done")
        return finished
    _splits(request, collection)  # fails early with too few songs
    start_or_resume(request, settings)
    try:
        arrays = extract_feature_arrays(
            collection, request.architecture, cache, request.partial / "pieces.f32", request.processes
        )
        _report_problems(request, arrays.collection.problems[len(collection.problems) :])
        require_two_moods(arrays.collection)
        splits, final = _splits(request, arrays.collection)
    except MoodError:
        if not has_progress(request):
            shutil.rmtree(request.partial)
        raise
    _print_summary(arrays.collection)
    result = _fit(request, arrays, splits, final)
    write_run(request, arrays, splits, result, settings, cache, time.monotonic() - started)
    _export(request)
    request.partial.rename(request.out)
    return Run.open(request.out)


def _splits(request: TrainingRequest, collection: Collection) -> tuple[list[Split], Split | None]:
    """The test splits, and the split of the final network if it is another one."""
    if request.folds or any(song.fold is not None for song in collection.songs):
        return fold_splits(collection, request.folds, request.seed), final_split(collection, request.seed)
    return [single_split(collection, request.share, request.seed)], None


def _report_problems(request: TrainingRequest, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    print(f"{len(problems)} cannot be used:" if request.strict else f"{len(problems)} left out:")
    for problem in problems[:MAX_PRINTED]:
        print(f"  {problem.place}: {problem.message}")
    if len(problems) > MAX_PRINTED:
        print(f"  and {len(problems) - MAX_PRINTED} more")
    if request.strict:
        raise MoodError(
            "bad_songs",
            f"{len(problems)} of the listed songs cannot be used (see above). Fix them, or train without --strict"
            " to leave them out.",
        )


def _print_summary(collection: Collection) -> None:
    print(collection.summary())
    if any(song.fold is not None for song in collection.songs):
        leaking = artists_in_several_folds(collection.songs)
        if leaking:
            more = ", …" if len(leaking) > 5 else ""
            print(f"Artists in several folds: {len(leaking)} ({', '.join(leaking[:5])}{more}). Results are too good.")


def _fit(request: TrainingRequest, arrays: FeatureArrays, splits: list[Split], final: Split | None) -> TrainingResult:
    import keras

    from ml.models.standardisation import Scaler
    from ml.training.own.training_loop import DONE, EPOCHS, NETWORK, SCALER, fit, song_chances

    moods = arrays.collection.moods
    labels = _labels(arrays.collection)
    chances = np.full((len(labels), len(moods)), np.nan, np.float32)
    vote = request.vote(arrays.collection)
    place = request.partial
    for number, split in enumerate([*splits, *([final] if final else [])]):
        place = request.partial / f"network-{number}"
        keras.utils.clear_session()  # frees the memory of the previous fold
        counts = f"{len(split.train)} training songs, {len(split.validation)} for validation"
        if len(split.test):
            name = f"Fold {number + 1} of {len(splits)}" if final else request.architecture.title
            print(f"{name}: {counts}, {len(split.test)} for testing.", flush=True)
        else:
            print(f"Final network: {counts}.", flush=True)
        model = fit(
            request.architecture,
            arrays.pieces,
            labels,
            split.train,
            split.validation,
            moods,
            place,
            epochs=request.epochs,
            seed=request.seed,
        )
        if len(split.test):
            scaler = Scaler.load(place / SCALER)
            chances[split.test] = song_chances(model, scaler, [arrays.pieces[song] for song in split.test], vote)
    for name in (NETWORK, SCALER, EPOCHS):
        shutil.copy(place / name, request.partial / name)
    return TrainingResult(chances, json.loads((place / DONE).read_text()))


def _export(request: TrainingRequest) -> None:
    """For the product; a network that it cannot use is still a finished run."""
    from ml.training.own.serving_export import MODEL, export_model

    try:
        export_model(request.partial, request.partial / MODEL)
    except MoodError as error:
        print(f"Not for manage.py model add: {error.message}")


def _labels(collection: Collection) -> np.ndarray:
    """int (songs,), or float32 (songs, moods) if songs may have several moods."""
    truth = ground_truth(collection)
    return truth.astype(np.float32) if collection.multi_label else truth.argmax(axis=1)
