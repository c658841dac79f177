"""The upload limits, for every page that takes dropped files."""

from collections.abc import Mapping
from typing import Any

from django import template

from classifier import ml_gateway
from classifier.charts.number_text import length_text
from classifier.uploads.limits import UPLOAD_BLOCK_BYTES, max_upload_bytes, size_text

register = template.Library()


@register.simple_tag(name="upload_limits")
def upload_limits() -> Mapping[str, Any]:
    return {
        "file_bytes": max_upload_bytes(),
        "file_text": size_text(max_upload_bytes()),
        "chunk_bytes": UPLOAD_BLOCK_BYTES,
        "min_length": length_text(ml_gateway.SPEC.min_duration_s),
        "max_length": length_text(ml_gateway.SPEC.max_duration_s),
    }
