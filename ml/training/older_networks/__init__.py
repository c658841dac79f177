"""A registry of the networks of earlier projects on music mood, and of the product's own two.

    architecture("lenet5").inputs(path, cache)        # the pieces of a song as network input
    architecture("lenet5").network(classes=4)         # an uncompiled Keras model with a softmax output

`ml.training.own.training_loop` trains any of them; `python -m ml.training.compare` measures all of them on the same
folds. Keras is loaded only when a network is built.
"""

from ml.training.older_networks.architecture import Architecture, FitRecipe
from ml.training.older_networks.registry import ARCHITECTURES, architecture

__all__ = ["ARCHITECTURES", "Architecture", "FitRecipe", "architecture"]
