"""Every network by name, with its input and training recipe."""

from __future__ import annotations

from ml.errors import MoodError
from ml.features.names import FEATURES
from ml.spec import SPEC
from ml.training.older_networks.architecture import Architecture, FitRecipe

IMAGE_RECIPE = FitRecipe(epochs=40, batch_size=32, learning_rate=1e-3)
VECTOR_RECIPE = FitRecipe(epochs=60, batch_size=128, learning_rate=1e-3)
DEEP_RECIPE = FitRecipe(
    epochs=60, batch_size=32, learning_rate=5e-4, label_smoothing=0.1, early_stopping_patience=12, reduce_lr_patience=5
)
VECTOR_SHAPE = (len(FEATURES), 1)

_ALL = (
    Architecture(
        "lenet5", "LeNet-5", "LeCun et al. 1998, as in student projects on spectrogram images",
        "small_networks:lenet5", "mel_image", (64, 64, 1), IMAGE_RECIPE,
    ),
    Architecture(
        "cnn64", "CNN-64", "student projects on spectrogram images: three convolutions and a dense layer of 64",
        "small_networks:cnn64", "mel_image", (128, 128, 1), IMAGE_RECIPE,
    ),
    Architecture(
        "cnn1d4", "1D CNN, four layers", "studies with the 57 features of 3 s as one row",
        "small_networks:four_layers", "feature_vector", VECTOR_SHAPE, VECTOR_RECIPE,
    ),
    Architecture(
        "cnn1d5", "1D CNN, five layers", "the same with one more layer",
        "small_networks:five_layers", "feature_vector", VECTOR_SHAPE, VECTOR_RECIPE,
    ),
    Architecture(
        "spectrogram_cnn", "2D CNN, spectrogram", "studies with three 2D CNNs and a majority vote: spectrogram 300x300",
        "small_networks:image_cnn", "spectrogram_image", (300, 300, 1), IMAGE_RECIPE, vote="majority",
    ),
    Architecture(
        "mfcc_cnn2d", "2D CNN, MFCC", "the same studies: MFCC 600x120",
        "small_networks:image_cnn", "mfcc_image", (120, 600, 1), IMAGE_RECIPE, vote="majority",
    ),
    Architecture(
        "mel_cnn", "2D CNN, mel", "the same studies: mel spectrogram 400x300",
        "small_networks:image_cnn", "mel_image", (300, 400, 1), IMAGE_RECIPE, vote="majority",
    ),
    Architecture(
        "advanced_cnn", "“Advanced” CNN", "projects with a 7x7 stem, 2x128, 2x256, 2x512, dense 512 and 256",
        "deep_cnn:advanced_cnn", "mel_image", (224, 224, 1), DEEP_RECIPE,
    ),
    Architecture(
        "residual_cnn", "Residual CNN", "projects with residual stages of 64, 128, 256 (He et al. 2016)",
        "deep_cnn:residual_cnn", "mel_image", (224, 224, 1), DEEP_RECIPE,
    ),
    Architecture(
        "mfcc_mean_cnn", "CNN on mean MFCC", "projects on sung emotion: 1D convolutions over 40 mean MFCCs",
        "small_networks:mean_cnn", "mfcc_mean", (40, 1), VECTOR_RECIPE,
    ),
    Architecture(
        "mfcc_lstm", "LSTM on MFCC", "projects on sung emotion: a recurrent network over the sequence of MFCCs",
        "small_networks:lstm", "mfcc_sequence", (128, 40), FitRecipe(epochs=60, batch_size=64),
    ),
    Architecture(
        "vgg16", "VGG16", "Simonyan, Zisserman 2015, fine-tuned on mel images",
        "vgg:vgg16", "mel_image", (224, 224, 1), FitRecipe(epochs=30, batch_size=32, learning_rate=1e-4),
        weights="imagenet",
    ),
    Architecture(
        "cnn1d", "This product's 1D network", "ml/models/cnn1d.py with a softmax instead of its score vector",
        "product_networks:cnn1d_softmax", "feature_sequence", (SPEC.segment_frames, len(FEATURES)),
        FitRecipe(epochs=60, label_smoothing=0.05),
    ),
    Architecture(
        "cnn2d", "This product's 2D network", "ml/models/cnn2d.py with a softmax instead of its score vector",
        "product_networks:cnn2d_softmax", "mel_segment", (SPEC.segment_steps, SPEC.n_mels),
        FitRecipe(epochs=40, label_smoothing=0.05),
    ),
)  # fmt: skip

ARCHITECTURES: dict[str, Architecture] = {one.name: one for one in _ALL}


def architecture(name: str) -> Architecture:
    """The network of that name. Raises MoodError("architecture_unknown")."""
    if name not in ARCHITECTURES:
        names = ", ".join(ARCHITECTURES)
        raise MoodError("architecture_unknown", f"There is no network “{name}”. Choose one of: {names}.")
    return ARCHITECTURES[name]
