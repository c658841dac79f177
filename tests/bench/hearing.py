"""How long a warm process takes to hear a song, to decode it alone, and where the time goes.

    python -m tests.bench.hearing SONG [bundle]

Prints JSON: seconds of processor time, the median of RUNS.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.apart import measured_apart, on_one_core
from tests.bench.row import Row

RUNS = 7
MOST = 3.0


def rows(song: Path) -> tuple[list[Row], dict[str, float]]:
    """The line of the table, and seconds by stage."""
    found = measured_apart("tests.bench.hearing", song)
    ratio = found["whole"] / found["decoding"]
    row = Row(
        "Hearing a 4-minute mp3 in a warm worker on one core, against decoding and resampling it",
        f"≤ {MOST:g} times",
        f"{ratio:.2f} times: {found['whole']:.2f} s against {found['decoding']:.2f} s",
        ratio <= MOST,
    )
    return [row], found["stages"]


def seconds_of(job: Callable[[], object], runs: int = RUNS) -> float:
    """Processor time of a job, the median of several runs after one that does not count."""
    job()
    return median(_once(job) for _ in range(runs))


def _once(job: Callable[[], object]) -> float:
    started = time.process_time()
    job()
    return time.process_time() - started


class Stopwatch:
    """Counts the time that a function takes whenever it is called, its own callees' taken off where they are timed."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inner: list[float] = []

    def time(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.process_time()
            self._inner.append(0.0)
            try:
                return function(*args, **kwargs)
            finally:
                taken = time.process_time() - started
                self.seconds[stage] = self.seconds.get(stage, 0.0) + taken - self._inner.pop()
                if self._inner:
                    self._inner[-1] += taken

        return timed


def stages(path: Path, bundle: Any) -> dict[str, float]:
    """Seconds by stage of one run; what no stage names is "the rest"."""
    from ml.features import extraction
    from ml.inference import analysis

    watch = Stopwatch()
    replaced = [
        (extraction, "steps_of", "one Fourier transform, and mel, chroma and the others from it", True),
        (analysis, "decode", "decoding and resampling", True),
        (extraction, "_frame_statistics", "57 features from the transform", False),
        (extraction, "_add_context_features", "key, mode and tempo", False),
        (analysis, "extract", "57 features from the transform", False),
        (analysis, "reasons", "reasons: the 1D network again without each trait", False),
        (analysis, "spectrogram_png", "the picture", False),
        (analysis, "compose_answer", "composing the answer", False),
    ]
    kept = [(module, name, getattr(module, name)) for module, name, _, _ in replaced]
    for module, name, stage, streams in replaced:
        function = getattr(module, name)
        setattr(module, name, _streamed(watch, stage, function) if streams else watch.time(stage, function))
    predict_cnn2d, predict_cnn1d = type(bundle).predict_cnn2d, type(bundle).predict_cnn1d
    type(bundle).predict_cnn2d = watch.time("the 2D network", predict_cnn2d)
    type(bundle).predict_cnn1d = watch.time("the 1D network", predict_cnn1d)
    try:
        watch.time("the rest", analysis.analyse)(path, bundle=bundle)
    finally:
        for module, name, function in kept:
            setattr(module, name, function)
        type(bundle).predict_cnn2d, type(bundle).predict_cnn1d = predict_cnn2d, predict_cnn1d
    return watch.seconds


def _streamed(watch: Stopwatch, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """For generators: each step is timed, and not the making."""

    def timed(*args: Any, **kwargs: Any) -> Any:
        step = watch.time(stage, function(*args, **kwargs).__next__)
        while True:
            try:
                yield step()
            except StopIteration:
                return

    return timed


def main() -> None:
    on_one_core()
    from ml.audio.decoding import DecodingInfo, decode
    from ml.inference.analysis import analyse
    from ml.models.bundle import Bundle
    from tests.bench.networks import IN_USE

    path = Path(sys.argv[1])
    bundle = Bundle.open(Path(sys.argv[2]) if len(sys.argv) > 2 else IN_USE)
    found = {
        "whole": seconds_of(lambda: analyse(path, bundle=bundle)),
        "decoding": seconds_of(lambda: sum(map(len, decode(path, DecodingInfo())))),
        "stages": stages(path, bundle),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
