"""The networks of earlier projects on musical mood, and the product's own two, by name.

    architecture("lenet5").inputs(path, cache)        # the pieces of a song, as this network reads them
    architecture("lenet5").network(classes=4)         # an uncompiled Keras model that ends in a softmax

`ml.training.own.training_loop` trains any of them; `python -m ml.training.compare` measures all of them on the same
folds. Light: Keras is loaded only when a network is built.
"""

from ml.training.older_networks.architecture import Architecture, FitRecipe
from ml.training.older_networks.registry import ARCHITECTURES, architecture

__all__ = ["ARCHITECTURES", "Architecture", "FitRecipe", "architecture"]
