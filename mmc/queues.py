"""The queues of the workers."""

QUEUES = ("interactive", "bulk", "saliency")
