"""What a page needs on which songs can be dropped, and which has no form for them."""

from collections.abc import Mapping
from typing import Any

from django import template

from classifier.views.home import upload_limits

register = template.Library()


@register.simple_tag(name="upload_limits")
def limits_of_uploads() -> Mapping[str, Any]:
    return upload_limits()
