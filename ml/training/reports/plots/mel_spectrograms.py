"""Mel spectrograms by mood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ml.features.extraction import to_decibels
from ml.features.spectrogram_image import RANGE_DB
from ml.spec import AudioSpec
from ml.training.reports.plots.style import SOFT, saved_figure, spectrogram_colormap

COLUMNS = 5
"""Moods in a row of the plot."""
TICKS_HZ = (250, 1000, 4000)


def plot_spectrograms(by_mood: Mapping[str, Sequence[np.ndarray]], spec: AudioSpec, out: Path) -> Path:
    """Plots some songs of each mood in a column: uint8 log-mel (steps, n_mels) as in `SongFeatures.mel`.

    Levels are relative to the loudest point of each song.
    """
    moods = list(by_mood)
    if not moods:
        raise ValueError("There is no mood to plot.")
    across = min(COLUMNS, len(moods))
    bands = [moods[start : start + across] for start in range(0, len(moods), across)]
    deep = max(len(songs) for songs in by_mood.values())
    size = (2.25 * across + 1.3, 1.45 * deep * len(bands) + 0.9)
    with saved_figure(out, *size, "Ten seconds of some songs of each mood") as figure:
        axes = figure.subplots(deep * len(bands), across, squeeze=False, sharex=True, sharey=True)
        image = None
        for axis in axes.flat:
            axis.set_axis_off()
        for band, names in enumerate(bands):
            for column, mood in enumerate(names):
                for row, mel in enumerate(by_mood[mood]):
                    axis = axes[band * deep + row, column]
                    axis.set_axis_on()
                    mel_db = to_decibels(mel, spec)
                    image = axis.imshow(
                        mel_db.T - mel_db.max(),
                        origin="lower",
                        aspect="auto",
                        cmap=spectrogram_colormap(),
                        vmin=-RANGE_DB,
                        vmax=0,
                        extent=(0, len(mel) / spec.steps_per_s, -0.5, mel.shape[1] - 0.5),
                    )
                    axis.grid(visible=False)
                    axis.spines[:].set_visible(False)
                    axis.tick_params(length=2)
                    axis.set_yticks([_band_of(hz, spec) for hz in TICKS_HZ], [_hz_label(hz) for hz in TICKS_HZ])
                axes[band * deep, column].set_title(mood)
                lowest = axes[band * deep + len(by_mood[mood]) - 1, column]
                lowest.set_xlabel("seconds", color=SOFT)
                lowest.tick_params(labelbottom=True)
        if image is not None:
            bar = figure.colorbar(image, ax=axes, shrink=0.6, pad=0.02, ticks=[-80, -40, 0])
            bar.outline.set_visible(False)
            bar.set_label("dB below the loudest", color=SOFT)
    return out


def _band_of(hz: float, spec: AudioSpec) -> float:
    """The fractional mel band of a frequency: its row in a spectrogram."""
    from ml.features.filterbanks import mel_weights

    bins_hz = np.arange(spec.n_fft // 2 + 1) * spec.sample_rate / spec.n_fft
    weights = mel_weights(spec)
    middles = weights @ bins_hz / np.maximum(weights.sum(axis=1), 1e-12)
    return float(np.interp(hz, middles, np.arange(len(middles))))


def _hz_label(hz: int) -> str:
    return f"{hz // 1000} kHz" if hz >= 1000 else f"{hz} Hz"
