"""Tempo estimation: onset strength and its autocorrelation."""

from __future__ import annotations

import numpy as np
from scipy import fft

from ml.spec import AudioSpec

PRIOR_BPM = 120.0
PRIOR_OCTAVES = 1.0
MIN_BPM, MAX_BPM = 30.0, 320.0
WINDOWS_PER_BATCH = 256
"""Autocorrelation windows per batch: two hours in one batch would take 100 MB."""


def onset_strength(mel_db: np.ndarray, before: np.ndarray | None = None) -> np.ndarray:
    """Spectral flux: the mean rise of the log-mel spectrum since the previous step, float32 (steps,), dB.

    `mel_db`: float32 (steps, n_mels). `before`: the step before the first one, float32 (n_mels,); None at the start of
    a song, where the flux is 0. Source: Böck and Widmer, "Maximum filter vibrato suppression for onset detection",
    2013, without the maximum filter.
    """
    first = mel_db[:1] if before is None else before[None, :]
    rise = np.diff(np.concatenate((first, mel_db)), axis=0)
    flux: np.ndarray = np.maximum(rise, 0.0).mean(axis=1).astype(np.float32)
    return flux


def tempi(onsets: np.ndarray, middles: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """The tempo around each of the steps `middles`, float32 (len(middles),), beats per minute, 30..320.

    `onsets`: float32 (steps,). The onset curve is autocorrelated under a Hann window of `tempo_window_s` seconds, once
    per second. The autocorrelations around each middle are averaged over `tempo_stretch_s` seconds and weighted with a
    log-normal prior around 120 beats per minute, and a parabola refines the peak between two lags. A curve without
    onsets gets the prior's 120. Source: Ellis, "Beat tracking by dynamic programming", 2007; tempogram after Grosche,
    Müller and Kurth, 2010.
    """
    columns = _autocorrelations(onsets, spec)
    reach = max(0, (spec.tempo_stretch_s - spec.tempo_window_s) // 2)
    at = np.clip(np.round(middles / spec.steps_per_s).astype(int), 0, len(columns) - 1)
    low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(columns))
    stretches = zip(low.tolist(), high.tolist(), strict=True)
    return np.array([_peak(columns[a:b].mean(axis=0, dtype=np.float64), spec) for a, b in stretches], np.float32)


def _autocorrelations(onsets: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """One row per second, one column per lag in steps, float32; each row's maximum is 1."""
    window = spec.tempo_window_s * spec.steps_per_s
    # The padding ramps down to zero, so that the song's edges are not onsets.
    padded = np.pad(onsets.astype(np.float64), window // 2, mode="linear_ramp", end_values=0.0)
    padded = np.pad(padded, (0, max(0, window + 1 - len(padded))))
    starts = np.arange(0, len(onsets), spec.steps_per_s)
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(window) / window)
    rows = np.empty((len(starts), window), np.float32)
    for first in range(0, len(starts), WINDOWS_PER_BATCH):
        part = slice(first, first + WINDOWS_PER_BATCH)
        spectrum = fft.rfft(padded[starts[part, None] + np.arange(window)[None, :]] * hann, n=2 * window, axis=1)
        correlated = fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :window]
        largest = np.abs(correlated).max(axis=1, keepdims=True)
        rows[part] = correlated / np.where(largest > 1e-12, largest, 1.0)
    return rows


def _peak(correlation: np.ndarray, spec: AudioSpec) -> float:
    lags = np.arange(1, len(correlation))
    bpm = 60.0 * spec.steps_per_s / lags
    prior = -0.5 * (np.log2(bpm / PRIOR_BPM) / PRIOR_OCTAVES) ** 2
    allowed = (bpm <= MAX_BPM) & (bpm >= MIN_BPM)
    if not np.any(correlation > 1e-9):
        return PRIOR_BPM
    score = np.where(allowed, np.log1p(1e6 * np.maximum(correlation[1:], 0.0)) + prior, -np.inf)
    best = int(np.argmax(score)) + 1
    return float(np.clip(60.0 * spec.steps_per_s / (best + _offset(correlation, best)), MIN_BPM, MAX_BPM))


def _offset(values: np.ndarray, at: int) -> float:
    """The offset of a peak's top from its lag by parabolic interpolation, -0.5..0.5."""
    if not 0 < at < len(values) - 1:
        return 0.0
    left, here, right = values[at - 1 : at + 2]
    bend = left - 2.0 * here + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0.0 else 0.0
