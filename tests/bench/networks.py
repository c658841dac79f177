"""The bundles that are measured."""

from pathlib import Path

BUNDLES = Path(__file__).resolve().parents[2] / "ml" / "bundles"
IN_USE = BUNDLES / "mood-3"
WITH_KERAS = BUNDLES / "mood-2"
"""The last one that holds its networks as Keras saves them, too: the same networks in both ways of running them."""
