"""The same job as older projects do it: a librosa call for each feature, and `keras.Model.predict`.

    python -m tests.bench.older_way SONG segment|song

Each call makes its own Fourier transform, or, for the tonal centroids, the constant-Q one that is librosa's default.
Where the networks ask for it (rate, hop, bands), librosa is told so; all else is its default. The older projects cut a
song into slices and asked for the features of each: "segment" does so with the segments that the networks hear. "song"
asks once for the whole song, which none of them did. In favour of both: no reasons are looked for, and all segments go
through a network in one batch.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.apart import measured_apart, on_one_core
from tests.bench.row import Row

LEAST = 6.0
RUNS = 3


def rows(song: Path) -> list[Row]:
    from tests.bench.networks import WITH_KERAS

    # One core for TensorFlow, too: it takes its number of threads from here.
    threads = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    older = measured_apart("tests.bench.older_way", song, "segment", **threads)["whole"]
    at_once = measured_apart("tests.bench.older_way", song, "song", **threads)["whole"]
    ours = measured_apart("tests.bench.hearing", song, WITH_KERAS)["whole"]
    name = WITH_KERAS.name
    return [
        Row(
            f"The same job by librosa's calls, segment by segment, and `keras.Model.predict` (networks of `{name}`)",
            f"≥ {LEAST:g} times slower",
            f"{older / ours:.1f} times: {older:.2f} s against {ours:.2f} s",
            older >= LEAST * ours,
        ),
        Row(
            "… by librosa's calls for the whole song at once", "", f"{at_once / ours:.1f} times: {at_once:.2f} s", None
        ),
    ]


def heard(path: Path, bundle: Any, networks: dict[str, Any], at_once: bool) -> dict[str, Any]:
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
    if at_once:
        frames, mel = features(y, rate, spec)
        frames_heard = frames[np.stack([frame_window(segment, len(frames), spec) for segment in segments])]
        mel_heard = mel[np.stack([step_window(segment, len(mel), spec) for segment in segments])]
    else:
        slices = [y[int(segment.start_s * rate) : int(segment.end_s * rate)] for segment in segments]
        parts = [features(part, rate, spec) for part in slices]
        frames_heard = np.stack([frames[: spec.segment_frames] for frames, _ in parts])
        mel_heard = np.stack([mel[: spec.segment_steps] for _, mel in parts])
        mel = mel_heard.reshape(-1, spec.n_mels)
    inputs = {
        "cnn1d": bundle.feature_scaler(frames_heard),
        "cnn2d": bundle.spectrogram_scaler(quantise(mel_heard, spec), spec),
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
        librosa.feature.tonnetz(y=y, sr=rate, hop_length=512).T,  # its transform takes no hop of 500
        mel,
        *librosa.feature.mfcc(y=y, sr=rate, n_mfcc=spec.n_mfcc, n_mels=spec.n_mels, **hop)[:, :, None],
    ]
    tempo = librosa.feature.tempo(y=y, sr=rate, aggregate=None, **hop)
    count = max(1, (len(mel) - spec.frame_steps) // spec.frame_hop_steps + 1)
    frames = np.zeros((count, 57), np.float32)
    for number in range(count):
        first, last = number * spec.frame_hop_steps, number * spec.frame_hop_steps + spec.frame_steps
        best = int(np.argmax(key_profiles() @ chroma[first:last].mean(axis=0)))
        frames[number, :3] = best % 12, best < 12, np.median(tempo[first:last])
        for column, values in enumerate(series):
            part = values[first * len(values) // len(mel) : last * len(values) // len(mel)]
            frames[number, 3 + 2 * column : 5 + 2 * column] = part.mean(), part.var()
    return frames, mel


def main() -> None:
    on_one_core()
    import keras

    from ml.models.bundle import Bundle
    from tests.bench.hearing import seconds_of
    from tests.bench.networks import WITH_KERAS

    path, at_once = Path(sys.argv[1]), sys.argv[2] == "song"
    bundle = Bundle.open(WITH_KERAS)
    networks = {
        name: keras.saving.load_model(WITH_KERAS / f"{name}.keras", compile=False) for name in ("cnn1d", "cnn2d")
    }
    seconds = seconds_of(lambda: heard(path, bundle, networks, at_once), RUNS)
    print(json.dumps({"whole": seconds, "mood": heard(path, bundle, networks, at_once)["mood"]["name"]}))


if __name__ == "__main__":
    main()
