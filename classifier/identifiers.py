"""The name that migrations 0001 and 0002 import; the function is `classifier.fields.uuid7`."""

from classifier.fields import uuid7 as new_id

__all__ = ["new_id"]
