"""The time of an analysis in a warm process, of decoding alone, and of each stage.

    python -m tests.bench.analysis SONG [bundle]

Prints JSON: seconds of processor time, the median of RUNS.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.measurement import measure_in_subprocess, use_one_core
from tests.bench.tables import Row

RUNS = 7
MAX_RATIO = 3.0


def rows(song: Path) -> tuple[list[Row], dict[str, float]]:
    """The row for the main table, and seconds by stage."""
    seconds = measure_in_subprocess("tests.bench.analysis", song)
    ratio = seconds["whole"] / seconds["decoding"]
    row = Row(
        "Analysis of a 4-minute mp3 in a warm worker on one core, relative to decoding and resampling",
        f"≤ {MAX_RATIO:g} times",
        f"{ratio:.2f} times: {seconds['whole']:.2f} s and {seconds['decoding']:.2f} s",
        ratio <= MAX_RATIO,
    )
    return [row, *_relative_to_ffmpeg(song, seconds)], seconds["stages"]


def _relative_to_ffmpeg(song: Path, seconds: dict[str, float]) -> list[Row]:
    """None where there is no such program."""
    if (ffmpeg := shutil.which("ffmpeg")) is None:
        return []
    whole, decoding, own = seconds["whole"], seconds["decoding"], _ffmpeg_seconds(ffmpeg, song)
    return [
        Row(
            "The same analysis, relative to `ffmpeg -threads 1` that decodes and resamples",
            f"≤ {MAX_RATIO:g} times",
            f"{whole / own:.2f} times: {whole:.2f} s and {own:.2f} s; decoding here {decoding:.2f} s",
            whole <= MAX_RATIO * own,
        )
    ]


def _ffmpeg_seconds(ffmpeg: str, song: Path) -> float:
    """Processor time of the whole program, the median of RUNS."""
    command = [ffmpeg, "-v", "error", "-nostdin", "-threads", "1", "-i", str(song), "-ac", "1", "-ar", "16000"]

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, "-f", "f32le", "-y", os.devnull], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return median(once() for _ in range(RUNS))


def seconds_of(job: Callable[[], object], runs: int = RUNS) -> float:
    """Processor time of a job: the median of several runs after a warm-up."""
    job()
    return median(_once(job) for _ in range(runs))


def _once(job: Callable[[], object]) -> float:
    started = time.process_time()
    job()
    return time.process_time() - started


class Stopwatch:
    """Adds up the processor time of functions, without that of timed functions they call."""

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
                elapsed = time.process_time() - started
                self.seconds[stage] = self.seconds.get(stage, 0.0) + elapsed - self._inner.pop()
                if self._inner:
                    self._inner[-1] += elapsed

        return timed


def stages(path: Path, bundle: Any) -> dict[str, float]:
    """Seconds by stage of one run; "other" is the rest."""
    from ml.features import extraction
    from ml.inference import analysis

    watch = Stopwatch()
    replaced = [
        (extraction, "steps_of", "Fourier transform, mel, chroma and other spectral features", True),
        (analysis, "decode", "decoding and resampling", True),
        (extraction, "_frame_statistics", "57 features", False),
        (extraction, "_add_context_features", "key, mode and tempo", False),
        (analysis, "extract", "57 features", False),
        (analysis, "reasons", "reasons (the 1D network without each trait)", False),
        (analysis, "spectrogram_png", "spectrogram image", False),
        (analysis, "compose_answer", "composing the result", False),
    ]
    originals = [(module, name, getattr(module, name)) for module, name, _, _ in replaced]
    for module, name, stage, streams in replaced:
        function = getattr(module, name)
        setattr(module, name, _streamed(watch, stage, function) if streams else watch.time(stage, function))
    predict_cnn2d, predict_cnn1d = type(bundle).predict_cnn2d, type(bundle).predict_cnn1d
    type(bundle).predict_cnn2d = watch.time("2D network", predict_cnn2d)
    type(bundle).predict_cnn1d = watch.time("1D network", predict_cnn1d)
    try:
        watch.time("other", analysis.analyse)(path, bundle=bundle)
    finally:
        for module, name, function in originals:
            setattr(module, name, function)
        type(bundle).predict_cnn2d, type(bundle).predict_cnn1d = predict_cnn2d, predict_cnn1d
    return watch.seconds


def _streamed(watch: Stopwatch, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """For generators: times each step."""

    def timed(*args: Any, **kwargs: Any) -> Any:
        step = watch.time(stage, function(*args, **kwargs).__next__)
        while True:
            try:
                yield step()
            except StopIteration:
                return

    return timed


def main() -> None:
    use_one_core()
    from ml.audio.decoding import DecodingInfo, decode
    from ml.inference.analysis import analyse
    from ml.models.bundle import Bundle
    from tests.bench.measurement import CURRENT_BUNDLE

    path = Path(sys.argv[1])
    bundle = Bundle.open(Path(sys.argv[2]) if len(sys.argv) > 2 else CURRENT_BUNDLE)
    seconds = {
        "whole": seconds_of(lambda: analyse(path, bundle=bundle)),
        "decoding": seconds_of(lambda: sum(map(len, decode(path, DecodingInfo())))),
        "stages": stages(path, bundle),
    }
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
