"""ImageNet weights from a local file, if there is one. Nothing is downloaded.

The files in `FILES` are searched in `var/weights/` and in Keras's own cache (`models/` in KERAS_HOME, by default
`~/.keras`). Does not load Keras.
"""

from __future__ import annotations

import os
from pathlib import Path

FILES = ("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", "vgg16_notop.weights.h5")
"""VGG16 as published by Keras, and as saved by Keras 3."""


def local_weights() -> Path | None:
    """The local weights file, if there is one."""
    keras_home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    places = [folder / name for folder in (Path("var/weights"), keras_home / "models") for name in FILES]
    return next((place for place in places if place.is_file()), None)


def start() -> str:
    """A description of the initial weights."""
    weights = local_weights()
    return f"from ImageNet's weights in {weights.name}" if weights else "from scratch, without ImageNet's weights"
