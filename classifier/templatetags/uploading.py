"""The limits of uploads, for every page on which songs can be dropped."""

from collections.abc import Mapping
from typing import Any

from django import template

from classifier import ml_gateway
from classifier.charts.number_text import length_text
from classifier.uploads.limits import PART_BYTES, max_upload_bytes, size_text

register = template.Library()


@register.simple_tag
def upload_limits() -> Mapping[str, Any]:
    """What the page says before anything is sent, and what its script checks."""
    return {
        "file_bytes": max_upload_bytes(),
        "file_text": size_text(max_upload_bytes()),
        "part_bytes": PART_BYTES,
        "least": length_text(ml_gateway.SPEC.min_duration_s),
        "most": length_text(ml_gateway.SPEC.max_duration_s),
    }
