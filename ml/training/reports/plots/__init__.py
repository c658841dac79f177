"""Pictures of training and of what was learned; matplotlib draws them, without a screen.

Every function writes one PNG and returns its path. Colours can be told apart by the colour-blind, and in grey.
"""

from ml.training.reports.plots.confusion_matrix import confusion_picture
from ml.training.reports.plots.feature_distributions import features_picture
from ml.training.reports.plots.learning_curves import history_picture
from ml.training.reports.plots.loss_curves import losses_picture
from ml.training.reports.plots.mel_spectrograms import spectrograms_picture
from ml.training.reports.plots.mood_summary import summary_by_mood
from ml.training.reports.plots.reliability_diagram import coverage_picture, reliability_picture
from ml.training.reports.plots.separation import separation

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
