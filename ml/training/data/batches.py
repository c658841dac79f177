"""Batches of random training segments with their targets, with mixup."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np

from ml.features.extraction import to_decibels
from ml.models.scalers import FeatureScaler, SpectrogramScaler
from ml.models.score_vector import AFFECT_MIDDLE, AFFECT_SCALE, HEADS
from ml.moods import CLUSTERS, QUADRANTS
from ml.training.data.augmentation import (
    AugmentationRanges,
    equalised_with_noise,
    stretched_and_shifted,
    time_and_band_masked,
)
from ml.training.data.clips import Clip
from ml.training.data.packing import Pack
from ml.training.data.soft_targets import EMOTION_TERMS, SoftTargets
from ml.training.product.recipes import Recipe

LABEL_SMOOTHING = 0.05
FRAME_NOISE = 0.15
"""Noise in standard deviations: added to each feature of a segment, and half of it to each frame."""
MARGIN_S = 2
"""Extra audio around a segment for time stretching."""
COPY_SHARE = 0.15
"""How often a clip's augmented copy, if it has one, takes its place."""
TRUST = 0.45
"""The weight of a label against the soft target of the same score; 1 would ignore soft targets."""
TRUST_IN_ABSENCE = 0.15
"""The same where the clusters' collection, with one word a song, does not say a term."""
TRUST_IN_SHARES = 0.4
UNLABELLED_WEIGHT = 0.5
"""The weight of a score that only has a soft target."""
NEARLY_ONE = 0.98
"""Mixup with less than the rest of the second clip is left out: drawing a segment takes time."""
EXTRA_SHARE = 1 / 3
"""The share of the clips without labels of ours that an epoch draws."""
WEIGHTED = ("moods", "emotions", "quadrants", "clusters", "affect", "words", "ratings")


def frequent_tags(pack: Pack, clips: np.ndarray, at_least: int = 12) -> list[str]:
    """Mood tags of the 4qaed clips that occur often enough, most frequent first."""
    counted = Counter(w for i in clips if pack.clips[i].collection == "4qaed" for w in pack.clips[i].words)
    return [word for word, count in counted.most_common() if count >= at_least]


@dataclass(frozen=True)
class Targets:
    """Targets of all clips and their weights, one row each. A label scheme without a target for a clip has weight 0."""

    arrays: dict[str, np.ndarray]

    @classmethod
    def of(cls, pack: Pack, words: list[str], soft: SoftTargets | None = None) -> Targets:
        """Labels of all clips, blended with `soft` targets where there are any."""
        count = len(pack.clips)
        widths = {head.name: len(head.labels) for head in HEADS} | {"words": len(words), "ratings": 2}
        a = {name: np.zeros((count, widths[name]), np.float32) for name in WEIGHTED}
        a |= {f"{name}_weight": np.zeros((count, 1), np.float32) for name in WEIGHTED}
        trust = {name: np.zeros((count, widths[name]), np.float32) for name in WEIGHTED}
        for i, clip in enumerate(pack.clips):
            for name, values, trusted in _labels(clip):
                a[name][i], trust[name][i], a[f"{name}_weight"][i] = values, trusted, 1.0
            if clip.quadrant is not None:
                a["words"][i], a["words_weight"][i] = [word in clip.words for word in words], 1.0
        for name, values in (soft or {}).items():
            known = ~np.isnan(values).any(axis=1)
            blended = trust[name] * a[name] + (1 - trust[name]) * np.nan_to_num(values)
            a[name] = np.where(known[:, None], blended, a[name]).astype(np.float32)
            a[f"{name}_weight"][known & (a[f"{name}_weight"][:, 0] == 0)] = UNLABELLED_WEIGHT
        return cls(a)

    def mixed(self, first: np.ndarray, second: np.ndarray, part: np.ndarray) -> dict[str, np.ndarray]:
        """Targets of part * first + (1 - part) * second; means over clips with a target."""
        part = part[:, None].astype(np.float32)
        out = {}
        for name in WEIGHTED:
            weights = [part * self.arrays[f"{name}_weight"][first], (1 - part) * self.arrays[f"{name}_weight"][second]]
            total = weights[0] + weights[1]
            summed = weights[0] * self.arrays[name][first] + weights[1] * self.arrays[name][second]
            out[name] = summed / np.maximum(total, 1e-6)
            out[f"{name}_weight"] = total
        return out


def _labels(clip: Clip) -> Iterator[tuple[str, np.ndarray, np.ndarray | float]]:
    """The label schemes of a clip: name, values, and how far each value is trusted against a soft target."""
    if clip.quadrant is not None:
        yield "quadrants", _smooth(clip.quadrant, len(QUADRANTS)), TRUST
    if clip.cluster is not None:
        yield "clusters", _smooth(clip.cluster, len(CLUSTERS)), TRUST
    if clip.emotions is not None:
        yield "emotions", np.array(clip.emotions), TRUST
    if clip.valence_arousal is not None:
        yield "affect", (np.array(clip.valence_arousal) - AFFECT_MIDDLE) / AFFECT_SCALE, TRUST
    if clip.ratings is not None:
        yield "ratings", np.array(clip.ratings), 1.0
    if clip.term_targets is not None:
        values = np.array(clip.term_targets)
        if clip.emotions is not None:
            yield "moods", values, np.where(EMOTION_TERMS, TRUST_IN_SHARES, 0.0)
        else:
            absent = TRUST if clip.quadrant is not None else TRUST_IN_ABSENCE
            yield "moods", values, np.where(values > 0, TRUST, absent)


def _smooth(label: int, count: int) -> np.ndarray:
    return np.eye(count, dtype=np.float32)[label] * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / count


class Batches(keras.utils.PyDataset, ABC):
    """An epoch: a random segment of each labelled clip and of some others, in random order, seeded by epoch."""

    ranges = AugmentationRanges()
    scaler: FeatureScaler | SpectrogramScaler

    def __init__(self, pack: Pack, clips: np.ndarray, targets: Targets, recipe: Recipe) -> None:
        super().__init__(workers=2, max_queue_size=8)
        labelled = np.isin(clips, pack.measured)
        self.pack, self.clips, self.extra, self.targets = pack, clips[labelled], clips[~labelled], targets
        self.copies = pack.copies()
        self.batch_size, self.mixup, self.wide, self.seed = recipe.batch_size, recipe.mixup, recipe.wide, recipe.seed
        self.epoch = 0
        self._shuffle()

    def __len__(self) -> int:
        return math.ceil((len(self.clips) + int(EXTRA_SHARE * len(self.extra))) / self.batch_size)

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        random = np.random.default_rng([self.seed, self.epoch])
        extra = random.permutation(self.extra)[: int(EXTRA_SHARE * len(self.extra))]
        self.order = random.permutation(np.concatenate([self.clips, extra]))

    def __getitem__(self, number: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        random = np.random.default_rng([self.seed, self.epoch, number])
        first = np.resize(self.order, len(self) * self.batch_size)[number * self.batch_size :][: self.batch_size]
        first = self._some_copied(first, random)
        second = self._some_copied(random.choice(self.clips, len(first)), random)
        part = random.beta(self.mixup, self.mixup, len(first))
        part = np.maximum(part, 1 - part)
        part[part > NEARLY_ONE] = 1.0
        mixed = np.flatnonzero(part < 1)
        rates = 1.0 + random.uniform(-self.ranges.stretch, self.ranges.stretch, len(first))
        x, teacher = self.draw_segments(first, rates, random)
        teacher_mask = self.pack.teacher_mask[first]
        if len(mixed):
            x_second, teacher_second = self.draw_segments(second[mixed], rates[mixed], random)
            blend = part[mixed, None, None].astype(np.float32)
            x[mixed] = blend * x[mixed] + (1 - blend) * x_second
            teacher[mixed] = blend * teacher[mixed] + (1 - blend) * teacher_second
            # Outputs of a teacher that heard only one of the two clips are unknown.
            teacher_mask[mixed] &= self.pack.teacher_mask[second[mixed]]
        y = self.targets.mixed(first, second, part)
        y |= {"teacher": teacher, "teacher_mask": teacher_mask.astype(np.float32)}
        return self.augmented(x, rates, random), y

    def _some_copied(self, clips: np.ndarray, random: np.random.Generator) -> np.ndarray:
        copied = (random.random(len(clips)) < COPY_SHARE) & (self.copies[clips] >= 0)
        return np.where(copied, self.copies[clips], clips)

    @abstractmethod
    def draw_segments(
        self, clips: np.ndarray, rates: np.ndarray, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """A random segment of each clip, and the teacher outputs for each time step of the network."""

    @abstractmethod
    def augmented(self, x: np.ndarray, rates: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """The augmentation after mixup."""

    def _teacher_rows(self, clip: int, seconds: np.ndarray) -> np.ndarray:
        """The teacher outputs interpolated at fractional seconds, (len(seconds), outputs)."""
        rows = self.pack.teacher[self.pack.teacher_starts[clip] : self.pack.teacher_starts[clip + 1]]
        at = np.clip(seconds, 0, len(rows) - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, len(rows) - 1)
        part = (at - low)[:, None].astype(np.float32)
        return rows[low].astype(np.float32) * (1 - part) + rows[high].astype(np.float32) * part


class FrameBatches(Batches):
    """Segments of feature frames, for the 1D network."""

    def __init__(self, *args: object, scaler: FeatureScaler, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.scaler = scaler
        self.scaled = scaler(self.pack.frames)
        self.length = self.pack.spec.wide_frames if self.wide else self.pack.spec.segment_frames
        self.frame_counts, self.teacher_counts = np.diff(self.pack.frame_starts), np.diff(self.pack.teacher_starts)

    def draw_segments(
        self, clips: np.ndarray, rates: np.ndarray, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """The teacher outputs of a frame are those of its middle second."""
        spec = self.pack.spec
        available = self.frame_counts[clips][:, None]
        start = random.integers(0, np.maximum(1, available - self.length + 1))
        at = (start + np.arange(self.length)) % available
        second = np.minimum(at + (spec.frame_s - 1) // 2, self.teacher_counts[clips][:, None] - 1)
        x = self.scaled[self.pack.frame_starts[clips][:, None] + at]
        return x, self.pack.teacher[self.pack.teacher_starts[clips][:, None] + second].astype(np.float32)

    def augmented(self, x: np.ndarray, rates: np.ndarray, random: np.random.Generator) -> np.ndarray:
        shift = random.normal(0, FRAME_NOISE, (len(x), 1, x.shape[2]))
        return (x + shift + random.normal(0, FRAME_NOISE / 2, x.shape)).astype(np.float32)


class SpectrogramBatches(Batches):
    """Segments of the log-mel spectrogram, for the 2D network."""

    scaler: SpectrogramScaler

    def __init__(self, *args: object, scaler: SpectrogramScaler, **kwargs: object) -> None:
        self.scaler = scaler
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def draw_segments(
        self, clips: np.ndarray, rates: np.ndarray, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        spec = self.pack.spec
        length = (spec.segment_s + MARGIN_S) * spec.steps_per_s
        crops, teacher = [], []
        for clip, rate in zip(clips, rates, strict=True):
            mel = self.pack.mel_of(clip)
            start = random.integers(0, max(1, len(mel) - int(rate * spec.segment_steps)))
            crops.append(mel[(start + np.arange(length)) % len(mel)])
            seconds = start / spec.steps_per_s + rate * (np.arange(spec.segment_s) + 0.5) - 0.5
            teacher.append(self._teacher_rows(clip, seconds))
        return to_decibels(np.stack(crops), spec), np.stack(teacher)

    def augmented(self, x: np.ndarray, rates: np.ndarray, random: np.random.Generator) -> np.ndarray:
        semitones = random.uniform(-self.ranges.pitch_semitones, self.ranges.pitch_semitones, len(x))
        warped = stretched_and_shifted(x, rates, 2.0 ** (semitones / 12.0), self.pack.spec)
        levelled = self.scaler.normalised(equalised_with_noise(warped, self.ranges, random))
        return time_and_band_masked(levelled, self.ranges, self.pack.spec, random)
