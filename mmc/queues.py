"""The queues of the workers."""

QUEUES = ("interactive", "bulk", "saliency")
FORMER_QUEUES = ("songs",)
"""Of version 0.1.0. Nothing reads them any more."""
