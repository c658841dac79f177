"""The plain method that the networks are measured beside: support vector machines on statistics of the 57 features.

    python -m ml.training.baseline          # a minute or two; ml.training.evaluate reads what it leaves

One clip is one row: mean, deviation, and the 10th, 50th and 90th percentile over its frames of each of the 57
features, as in Panda et al. 2013 and many after them. Same folds as the networks: a clip is judged by machines that
were fitted, scaled and chosen without its fold, and the answer has the form of the networks', twenty scores a clip.
"""

from __future__ import annotations

import argparse
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
from ml.training.evaluation.held_out import HeldOut
from ml.training.product.fusion import targets_of

PLACE = Path("var/training/baseline/heldout.npz")
WIDE = np.array([feature.log for feature in FEATURES])
"""Features whose values span powers of ten, taken as logarithms."""
SMALLEST = 1e-8
PERCENTILES = (10, 50, 90)
STRENGTHS = (0.3, 1.0, 3.0, 10.0)
"""Of C; which one is chosen inside the training folds, by artist. Gamma is 1 / (columns * variance)."""
INNER_FOLDS = 4


def statistics(pack: Pack) -> np.ndarray:
    """float64 (clips, 285): five statistics of each feature over a clip's frames; wide-ranging ones as logarithms."""
    rows = []
    for clip in range(len(pack.clips)):
        frames = pack.frames_of(clip).astype(np.float64)
        frames = np.where(WIDE, np.log10(np.maximum(frames, SMALLEST)), frames)
        parts = (frames.mean(axis=0), frames.std(axis=0), *np.percentile(frames, PERCENTILES, axis=0))
        rows.append(np.concatenate(parts))
    return np.stack(rows)


def held_out_by_machines(inputs: np.ndarray, targets: np.ndarray, folds: np.ndarray, artists: np.ndarray) -> np.ndarray:
    """Score vectors float32 (clips, 20) of all clips, each fold's by machines that knew nothing of it.

    `targets` (clips, 20) as of `ml.training.product.fusion.targets_of`, NaN where a clip was not labelled.
    """
    scores = np.zeros((len(inputs), len(LABELS)), np.float32)
    for fold in tqdm(np.unique(folds), desc="folds"):
        here = folds == fold
        for head in HEADS:
            known = ~here & ~np.isnan(targets[:, head.part]).any(axis=1)
            scores[here, head.part] = _foretold(
                head, inputs[known], targets[known, head.part], artists[known], inputs[here]
            )
    return scores


def _foretold(
    head: Head, inputs: np.ndarray, targets: np.ndarray, artists: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """(asked, labels) of one head, from machines fitted on (known, columns) inputs and (known, labels) targets."""
    apart = list(GroupKFold(INNER_FOLDS).split(inputs, groups=artists))
    if head.activation == "softmax":
        labels = targets.argmax(axis=1)
        machine = _best(SVC(class_weight="balanced"), "svc__C", apart, "f1_macro", inputs, labels)
        calibrated = CalibratedClassifierCV(machine, method="sigmoid", ensemble=False, cv=apart).fit(inputs, labels)
        chances = np.zeros((len(asked), targets.shape[1]))
        chances[:, calibrated.classes_] = calibrated.predict_proba(asked)
        return chances
    columns = [
        _best(SVR(epsilon=0.05), "svr__C", apart, "neg_mean_squared_error", inputs, column).predict(asked)
        for column in targets.T
    ]
    found = np.stack(columns, axis=1)
    return np.clip(found, 0, 1) if head.activation == "sigmoid" else found


def _best(
    machine: SVC | SVR, knob: str, apart: list[tuple[np.ndarray, np.ndarray]], score: str, inputs: np.ndarray,
    wanted: np.ndarray,
) -> Pipeline:  # fmt: skip
    choice = GridSearchCV(
        make_pipeline(StandardScaler(), machine), {knob: [c * _unit(machine) for c in STRENGTHS]}, scoring=score,
        cv=apart,
    )  # fmt: skip
    best = choice.fit(inputs, wanted).best_estimator_
    assert isinstance(best, Pipeline)
    return best


def _unit(machine: SVC | SVR) -> float:
    """Shares of listeners and the affect head's outputs are much smaller than classes are apart."""
    return 1.0 if isinstance(machine, SVC) else 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("var/training/pack"))
    parser.add_argument("--out", type=Path, default=PLACE)
    args = parser.parse_args()
    pack = Pack.load(args.pack)
    folds = np.array([clip.fold for clip in pack.clips])
    artists = np.array([clip.artist for clip in pack.clips])
    scores = held_out_by_machines(statistics(pack), targets_of(pack.clips), folds, artists)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    HeldOut(np.arange(len(scores)), scores).save(args.out)
    print(f"{len(scores)} clips -> {args.out}; python -m ml.training.evaluate measures them")


if __name__ == "__main__":
    main()
