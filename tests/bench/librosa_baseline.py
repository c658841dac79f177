"""The same job with one librosa call for each feature and `keras.Model.predict`, as earlier projects did it.

    python -m tests.bench.librosa_baseline SONG segment|song

Each call computes its own Fourier transform or, for tonal centroids, librosa's default constant-Q transform. Rate, hop
and bands are those of the networks, everything else is librosa's default. With "segment", features are computed for
each segment, as earlier projects did for their slices; with "song", once for the whole song. In favour of both, there
are no reasons, all segments are predicted in one batch, and there is one network of each kind, not an ensemble. The
networks are untrained, which changes their scores and not their speed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.measurement import measure_in_subprocess, use_one_core
from tests.bench.tables import Row

MIN_RATIO = 6.0
RUNS = 3


def rows(song: Path) -> list[Row]:
    from tests.bench.measurement import CURRENT_BUNDLE

    # One core for TensorFlow too, which reads its number of threads from these variables.
    threads = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    by_segment = measure_in_subprocess("tests.bench.librosa_baseline", song, "segment", **threads)["whole"]
    by_song = measure_in_subprocess("tests.bench.librosa_baseline", song, "song", **threads)["whole"]
    ours = measure_in_subprocess("tests.bench.analysis", song, CURRENT_BUNDLE)["whole"]
    return [
        Row(
            "librosa for each segment and `keras.Model.predict` (one network of each kind), relative to this analysis",
            f"≥ {MIN_RATIO:g} times",
            f"{by_segment / ours:.1f} times: {by_segment:.2f} s and {ours:.2f} s",
            by_segment >= MIN_RATIO * ours,
        ),
        Row("librosa for the whole song at once", "", f"{by_song / ours:.1f} times: {by_song:.2f} s", None),
    ]


def analyse_with_librosa(path: Path, bundle: Any, networks: dict[str, Any], whole_song: bool) -> dict[str, Any]:
    """The composed answer of a song."""
    import librosa

    from ml.audio.segments import frame_window, segments_of, step_window
    from ml.features.extraction import quantise
    from ml.features.spectrogram_image import spectrogram_png
    from ml.inference.answer import compose_answer
    from ml.models.score_vector import as_scores

    spec = bundle.card.spec
    y, rate = librosa.load(path, sr=spec.sample_rate)
    segments = segments_of(len(y) / rate, spec)
    if whole_song:
        frames, mel = features(y, rate, spec)
        segment_frames = frames[np.stack([frame_window(segment, len(frames), spec) for segment in segments])]
        segment_mel = mel[np.stack([step_window(segment, len(mel), spec) for segment in segments])]
    else:
        slices = [y[int(segment.start_s * rate) : int(segment.end_s * rate)] for segment in segments]
        parts = [features(part, rate, spec) for part in slices]
        segment_frames = np.stack([frames[: spec.segment_frames] for frames, _ in parts])
        segment_mel = np.stack([mel[: spec.segment_steps] for _, mel in parts])
        mel = segment_mel.reshape(-1, spec.n_mels)
    inputs = {
        "cnn1d": bundle.feature_scaler(segment_frames),
        "cnn2d": bundle.spectrogram_scaler(quantise(segment_mel, spec), spec),
    }
    vectors = {
        name: np.asarray(network.predict(inputs[name], batch_size=len(segments), verbose=0)["scores"])
        for name, network in networks.items()
    }
    song = {name: rows.mean(axis=0) for name, rows in vectors.items()}
    both = bundle.combination(vectors["cnn1d"], vectors["cnn2d"])
    spectrogram_png(mel.T, 1200, 288)
    return compose_answer(
        models={name: as_scores(vector) for name, vector in song.items()},
        combined=as_scores(bundle.combination(song["cnn1d"], song["cnn2d"])),
        segments=[
            {
                "start_s": segment.start_s,
                "end_s": segment.end_s,
                "scores": as_scores(both[i]),
                "models": {name: as_scores(rows[i]) for name, rows in vectors.items()},
            }
            for i, segment in enumerate(segments)
        ],
        card=bundle.card,
    )


def features(y: np.ndarray, rate: int, spec: Any) -> tuple[np.ndarray, np.ndarray]:
    """The 57 features of each frame, shape (frames, 57), and the log-mel spectrogram, shape (steps, bands)."""
    import librosa

    from ml.features.key_detection import key_profiles

    hop = {"hop_length": spec.hop_length}
    mel = librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=rate, n_mels=spec.n_mels, **hop)).T
    chroma = librosa.feature.chroma_stft(y=y, sr=rate, **hop).T
    series = [
        librosa.feature.rms(y=y, **hop).T,
        chroma,
        librosa.feature.spectral_centroid(y=y, sr=rate, **hop).T,
        librosa.feature.spectral_rolloff(y=y, sr=rate, **hop).T,
        librosa.feature.zero_crossing_rate(y=y, **hop).T,
        librosa.feature.tonnetz(y=y, sr=rate, hop_length=512).T,  # its transform does not support a hop of 500
        mel,
        *librosa.feature.mfcc(y=y, sr=rate, n_mfcc=spec.n_mfcc, n_mels=spec.n_mels, **hop)[:, :, None],
    ]
    tempo = librosa.feature.tempo(y=y, sr=rate, aggregate=None, **hop)
    count = max(1, (len(mel) - spec.frame_steps) // spec.frame_hop_steps + 1)
    frames = np.zeros((count, 57), np.float32)
    for number in range(count):
        first, last = number * spec.frame_hop_steps, number * spec.frame_hop_steps + spec.frame_steps
        key = int(np.argmax(key_profiles() @ chroma[first:last].mean(axis=0)))
        frames[number, :3] = key % 12, key < 12, np.median(tempo[first:last])
        for column, values in enumerate(series):
            part = values[first * len(values) // len(mel) : last * len(values) // len(mel)]
            frames[number, 3 + 2 * column : 5 + 2 * column] = part.mean(), part.var()
    return frames, mel


def main() -> None:
    use_one_core()
    from ml.models.bundle import Bundle
    from ml.models.cnn1d import cnn1d
    from ml.models.cnn2d import cnn2d
    from tests.bench.analysis import seconds_of
    from tests.bench.measurement import CURRENT_BUNDLE

    path, whole_song = Path(sys.argv[1]), sys.argv[2] == "song"
    bundle = Bundle.open(CURRENT_BUNDLE)
    networks = {"cnn1d": cnn1d(bundle.card.spec), "cnn2d": cnn2d(bundle.card.spec)}
    seconds = seconds_of(lambda: analyse_with_librosa(path, bundle, networks, whole_song), RUNS)
    print(
        json.dumps({"whole": seconds, "mood": analyse_with_librosa(path, bundle, networks, whole_song)["mood"]["name"]})
    )


if __name__ == "__main__":
    main()
