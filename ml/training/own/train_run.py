"""Trains one network of the registry on one's own songs, from the listing to a finished run.

Works in `RUN.partial` and renames it to `RUN` when everything is there. What is interrupted goes on from its last
whole epoch, if it is asked for in the same words.
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
from ml.training.own.piece_store import Heard, hear
from ml.training.own.run import Run
from ml.training.own.run_artifacts import Fitted, truth_of, write_run
from ml.training.own.run_request import Order, begin, finished_run, holds_work
from ml.training.own.splitting import Split, artists_in_several_folds, final_split, fold_splits, single_split

SHOWN = 30
"""Problems that are shown one by one; all of them are kept in the run."""


def train_own(order: Order, cache: FeatureCache) -> Run:
    """Makes the run that is asked for, or finds it made. Prints what it does.

    Raises MoodError: data_missing, data_unreadable, column_missing, no_songs, one_mood_only, too_few_songs, bad_songs,
    run_exists.
    """
    started = time.monotonic()
    collection = read_collection(order.data, order.mood_column)
    _complain(order, collection.problems)
    require_two_moods(collection)
    settings = order.settings(collection)
    if (made := finished_run(order, settings)) is not None:
        print(f"{order.out}: done before")
        return made
    _splits(order, collection)  # refuses too few songs before the long work
    begin(order, settings)
    try:
        heard = hear(collection, order.architecture, cache, order.partial / "pieces.f32", order.processes)
        _complain(order, heard.collection.problems[len(collection.problems) :])
        require_two_moods(heard.collection)
        splits, final = _splits(order, heard.collection)
    except MoodError:
        if not holds_work(order):
            shutil.rmtree(order.partial)
        raise
    _introduce(heard.collection)
    fitted = _fit(order, heard, splits, final)
    write_run(order, heard, splits, fitted, settings, cache, time.monotonic() - started)
    order.partial.rename(order.out)
    return Run.open(order.out)


def _splits(order: Order, collection: Collection) -> tuple[list[Split], Split | None]:
    """The splits that judge, and that of the kept network where it is not the one that is judged."""
    if order.folds or any(song.fold is not None for song in collection.songs):
        return fold_splits(collection, order.folds, order.seed), final_split(collection, order.seed)
    return [single_split(collection, order.share, order.seed)], None


def _complain(order: Order, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    print(f"{len(problems)} cannot be used:" if order.strict else f"{len(problems)} left out:")
    for problem in problems[:SHOWN]:
        print(f"  {problem.place}: {problem.sentence}")
    if len(problems) > SHOWN:
        print(f"  and {len(problems) - SHOWN} more")
    if order.strict:
        raise MoodError(
            "bad_songs",
            f"{len(problems)} of the listed songs cannot be used, as said above; mend them, or train without --strict"
            " to leave them out.",
        )


def _introduce(collection: Collection) -> None:
    print(collection.summary())
    if any(song.fold is not None for song in collection.songs):
        leaking = artists_in_several_folds(collection.songs)
        if leaking:
            more = ", …" if len(leaking) > 5 else ""
            print(
                f"Artists in several folds: {len(leaking)} ({', '.join(leaking[:5])}{more}). The figures are too good."
            )


def _fit(order: Order, heard: Heard, splits: list[Split], final: Split | None) -> Fitted:
    import keras

    from ml.training.own.standardisation import Scaler
    from ml.training.own.training_loop import DONE, EPOCHS, NETWORK, SCALER, fit, song_chances

    moods = heard.collection.moods
    labels = _labels(heard.collection)
    chances = np.full((len(labels), len(moods)), np.nan, np.float32)
    vote = order.vote(heard.collection)
    place = order.partial
    for number, split in enumerate([*splits, *([final] if final else [])]):
        place = order.partial / f"network-{number}"
        keras.utils.clear_session()  # the fold before this one would stay in memory
        counts = f"{len(split.learn)} songs to learn from, {len(split.stop)} to tell when to stop"
        if len(split.judge):
            name = f"Fold {number + 1} of {len(splits)}" if final else order.architecture.title
            print(f"{name}: {counts}, {len(split.judge)} to judge.", flush=True)
        else:
            print(f"The network that is kept: {counts}.", flush=True)
        model = fit(
            order.architecture,
            heard.pieces,
            labels,
            split.learn,
            split.stop,
            moods,
            place,
            epochs=order.epochs,
            seed=order.seed,
        )
        if len(split.judge):
            scaler = Scaler.load(place / SCALER)
            chances[split.judge] = song_chances(model, scaler, [heard.pieces[song] for song in split.judge], vote)
    for name in (NETWORK, SCALER, EPOCHS):
        shutil.copy(place / name, order.partial / name)
    return Fitted(chances, json.loads((place / DONE).read_text()))


def _labels(collection: Collection) -> np.ndarray:
    """int (songs,), or float32 (songs, moods) where a song may carry several."""
    truth = truth_of(collection)
    return truth.astype(np.float32) if collection.several else truth.argmax(axis=1)
