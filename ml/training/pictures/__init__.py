"""Pictures of training and of what was learned; matplotlib draws them, without a screen.

Every function writes one PNG and returns its path. Colours can be told apart by the colour-blind, and in grey.
"""

from ml.training.pictures.calibration import coverage_picture, reliability_picture
from ml.training.pictures.confusion import confusion_picture
from ml.training.pictures.features import features_picture
from ml.training.pictures.history import history_picture
from ml.training.pictures.losses import losses_picture
from ml.training.pictures.separation import separation
from ml.training.pictures.spectrograms import spectrograms_picture
from ml.training.pictures.summary import summary_by_mood

__all__ = [
    "confusion_picture",
    "coverage_picture",
    "features_picture",
    "history_picture",
    "losses_picture",
    "reliability_picture",
    "separation",
    "spectrograms_picture",
    "summary_by_mood",
]
