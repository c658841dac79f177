"""Plots of training runs and of predictions, drawn by matplotlib without a screen.

Every function writes one PNG and returns its path. Colours are safe for colour-blind readers and in greyscale.
"""

from ml.training.reports.plots.confusion_matrix import plot_confusion_matrix
from ml.training.reports.plots.feature_distributions import plot_features
from ml.training.reports.plots.learning_curves import plot_learning_curves
from ml.training.reports.plots.loss_curves import plot_losses
from ml.training.reports.plots.mel_spectrograms import plot_spectrograms
from ml.training.reports.plots.reliability_diagram import plot_coverage, plot_reliability

__all__ = [
    "plot_confusion_matrix",
    "plot_coverage",
    "plot_features",
    "plot_learning_curves",
    "plot_losses",
    "plot_reliability",
    "plot_spectrograms",
]
