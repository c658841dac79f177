"""Tempo from the onsets: how loud the spectrum rises, correlated with itself."""

from __future__ import annotations

import numpy as np
from scipy import fft

from ml.spec import AudioSpec

PRIOR_BPM = 120.0
PRIOR_OCTAVES = 1.0
SLOWEST_BPM, FASTEST_BPM = 30.0, 320.0
AT_ONCE = 256
"""Windows that are correlated at a time: two hours at once would take 100 MB."""


def onset_strength(mel_db: np.ndarray, before: np.ndarray | None = None) -> np.ndarray:
    """Mean rise of the log-mel spectrum since the step before, float32 (steps,), dB, 0 at a song's first step.

    `mel_db` has shape (steps, n_mels); `before` is the step that came before the first one, if there was one.
    Source: Böck and Widmer, "Maximum filter vibrato suppression for onset detection", 2013, without the filter.
    """
    first = mel_db[:1] if before is None else before[None, :]
    rise = np.diff(np.concatenate((first, mel_db)), axis=0)
    return np.maximum(rise, 0.0).mean(axis=1).astype(np.float32)


def tempi(onsets: np.ndarray, middles: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """Tempo around each of the steps `middles`, float32, beats a minute, 30..320.

    The onset curve is correlated with itself under a Hann window of `tempo_window_s` seconds, once a second; the
    correlations around each middle are averaged over `tempo_stretch_s` seconds, weighted with a log-normal prior
    around 120 beats a minute, and the peak is refined between two lags by a parabola. A curve without onsets is
    given the prior's 120. Source: Ellis, "Beat tracking by dynamic programming", 2007; tempogram after Grosche,
    Müller and Kurth, 2010.
    """
    columns = _autocorrelations(onsets, spec)
    reach = max(0, (spec.tempo_stretch_s - spec.tempo_window_s) // 2)
    at = np.clip(np.round(middles / spec.steps_per_s).astype(int), 0, len(columns) - 1)
    low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(columns))
    stretches = zip(low.tolist(), high.tolist(), strict=True)
    return np.array([_peak(columns[a:b].mean(axis=0, dtype=np.float64), spec) for a, b in stretches], np.float32)


def _autocorrelations(onsets: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """One row a second, one column a lag in steps, float32; each row's largest value is 1."""
    window = spec.tempo_window_s * spec.steps_per_s
    # The ends ramp down to zero, so that the song's edge is no beat of its own.
    padded = np.pad(onsets.astype(np.float64), window // 2, mode="linear_ramp", end_values=0.0)
    padded = np.pad(padded, (0, max(0, window + 1 - len(padded))))
    starts = np.arange(0, len(onsets), spec.steps_per_s)
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(window) / window)
    rows = np.empty((len(starts), window), np.float32)
    for first in range(0, len(starts), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        spectrum = fft.rfft(padded[starts[part, None] + np.arange(window)[None, :]] * hann, n=2 * window, axis=1)
        correlated = fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :window]
        largest = np.abs(correlated).max(axis=1, keepdims=True)
        rows[part] = correlated / np.where(largest > 1e-12, largest, 1.0)
    return rows


def _peak(correlation: np.ndarray, spec: AudioSpec) -> float:
    lags = np.arange(1, len(correlation))
    bpm = 60.0 * spec.steps_per_s / lags
    prior = -0.5 * (np.log2(bpm / PRIOR_BPM) / PRIOR_OCTAVES) ** 2
    allowed = (bpm <= FASTEST_BPM) & (bpm >= SLOWEST_BPM)
    if not np.any(correlation > 1e-9):
        return PRIOR_BPM
    score = np.where(allowed, np.log1p(1e6 * np.maximum(correlation[1:], 0.0)) + prior, -np.inf)
    best = int(np.argmax(score)) + 1
    return float(np.clip(60.0 * spec.steps_per_s / (best + _offset(correlation, best)), SLOWEST_BPM, FASTEST_BPM))


def _offset(values: np.ndarray, at: int) -> float:
    """Where between its neighbours a peak's top lies, -0.5..0.5 of a lag."""
    if not 0 < at < len(values) - 1:
        return 0.0
    left, here, right = values[at - 1 : at + 2]
    bend = left - 2.0 * here + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0.0 else 0.0
