"""ImageNet's weights, where the user has them in a local file. Nothing is downloaded.

They are looked for under the names in `FILES`, in `var/weights/` of the working directory and where Keras itself keeps
what it downloaded (`models/` in KERAS_HOME, by default `~/.keras`). Light: says so without loading Keras.
"""

from __future__ import annotations

import os
from pathlib import Path

FILES = ("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", "vgg16_notop.weights.h5")
"""VGG16's, as Keras offers them; as Keras 3 saves `keras.applications.VGG16(include_top=False)`."""


def local_weights() -> Path | None:
    """The user's own file of weights, if there is one."""
    keras_home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    places = [folder / name for folder in (Path("var/weights"), keras_home / "models") for name in FILES]
    return next((place for place in places if place.is_file()), None)


def start() -> str:
    """What training starts from, in words."""
    weights = local_weights()
    return f"from ImageNet's weights in {weights.name}" if weights else "from scratch, without ImageNet's weights"
