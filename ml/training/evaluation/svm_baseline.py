"""The baseline: support vector machines on statistics of the 57 features.

One clip is one row: mean, standard deviation and the 10th, 50th and 90th percentile over its frames of each feature, as
in Panda et al. 2013. The folds are those of the networks: a fold is predicted by machines that were fitted, scaled and
chosen without it. The scores have the networks' format, 36 numbers a clip.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from tqdm import tqdm

from ml.features.names import FEATURES
from ml.models.score_vector import HEADS, LABELS, Head
from ml.training.data.packing import Pack

OUTPUT = Path("var/training/baseline/heldout.npz")
LOG_SCALED = np.array([feature.log for feature in FEATURES])
"""Features with values over several powers of ten: their logarithm is used."""
SMALLEST = 1e-8
PERCENTILES = (10, 50, 90)
C_VALUES = (0.3, 1.0, 3.0, 10.0)
"""Candidates for C; grid search inside the training folds chooses one. Gamma is 1 / (columns * variance)."""
INNER_FOLDS = 4


def clip_statistics(pack: Pack) -> np.ndarray:
    """float64 (clips, 285): five statistics of each feature over the frames of each labelled clip."""
    rows = []
    for clip in pack.measured:
        frames = pack.frames_of(clip).astype(np.float64)
        frames = np.where(LOG_SCALED, np.log10(np.maximum(frames, SMALLEST)), frames)
        parts = (frames.mean(axis=0), frames.std(axis=0), *np.percentile(frames, PERCENTILES, axis=0))
        rows.append(np.concatenate(parts))
    return np.stack(rows)


def cross_validated_svm_scores(
    inputs: np.ndarray, targets: np.ndarray, folds: np.ndarray, artists: np.ndarray
) -> np.ndarray:
    """Score vectors float32 (clips, 36) of all clips, each fold predicted by machines fitted on the other folds.

    `targets` (clips, 36) from `ml.training.product.fusion.target_vectors`, NaN where a clip has no label. The scores of
    a head without any label are 0.
    """
    scores = np.zeros((len(inputs), len(LABELS)), np.float32)
    for fold in tqdm(np.unique(folds), desc="folds"):
        test = folds == fold
        for head in HEADS:
            train = ~test & ~np.isnan(targets[:, head.part]).all(axis=1)
            if train.any():
                scores[test, head.part] = _predicted(
                    head, inputs[train], targets[train, head.part], artists[train], inputs[test]
                )
    return scores


def _predicted(
    head: Head, inputs: np.ndarray, targets: np.ndarray, artists: np.ndarray, test_inputs: np.ndarray
) -> np.ndarray:
    """(test clips, labels) of one head; `inputs` (clips, columns) and `targets` (clips, labels) are for training.

    Each label that is not one of several classes has a machine of its own, for the clips with a label.
    """
    if head.activation == "softmax":
        inner_folds = _inner_folds(inputs, artists)
        labels = targets.argmax(axis=1)
        estimator = _grid_search(SVC(class_weight="balanced"), "svc__C", inner_folds, "f1_macro", inputs, labels)
        calibrated = CalibratedClassifierCV(estimator, method="sigmoid", ensemble=False, cv=inner_folds).fit(
            inputs, labels
        )
        chances = np.zeros((len(test_inputs), targets.shape[1]))
        chances[:, calibrated.classes_] = calibrated.predict_proba(test_inputs)
        return chances
    columns = []
    for column in targets.T:
        known = ~np.isnan(column)
        inner_folds = _inner_folds(inputs[known], artists[known])
        machine = _grid_search(
            SVR(epsilon=0.05), "svr__C", inner_folds, "neg_mean_squared_error", inputs[known], column[known]
        )
        columns.append(machine.predict(test_inputs))
    predicted = np.stack(columns, axis=1)
    return np.clip(predicted, 0, 1) if head.activation == "sigmoid" else predicted


def _inner_folds(inputs: np.ndarray, artists: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(GroupKFold(INNER_FOLDS).split(inputs, groups=artists))


def _grid_search(
    estimator: SVC | SVR,
    parameter: str,
    inner_folds: list[tuple[np.ndarray, np.ndarray]],
    score: str,
    inputs: np.ndarray,
    targets: np.ndarray,
) -> Pipeline:
    candidates = {parameter: [c * _unit(estimator) for c in C_VALUES]}
    search = GridSearchCV(make_pipeline(StandardScaler(), estimator), candidates, scoring=score, cv=inner_folds)
    best = search.fit(inputs, targets).best_estimator_
    assert isinstance(best, Pipeline)
    return best


def _unit(estimator: SVC | SVR) -> float:
    """Regression targets have a smaller range than classes, so C is smaller too."""
    return 1.0 if isinstance(estimator, SVC) else 0.1
