"""The owner's form for the quota of a user."""

from __future__ import annotations

from typing import Any

from django import forms

from classifier.accounts.forms import ServiceForm
from classifier.accounts.quotas import MAX_LIMIT, default_limits
from classifier.models import Quota


class QuotaForm(ServiceForm):
    songs = forms.IntegerField(label="Songs", required=False, min_value=0, max_value=MAX_LIMIT)
    megabytes = forms.IntegerField(label="Megabytes", required=False, min_value=0, max_value=MAX_LIMIT)
    minutes_a_day = forms.IntegerField(label="Minutes of music a day", required=False, min_value=0, max_value=MAX_LIMIT)

    def __init__(self, data: Any = None, *, own: Quota | None) -> None:
        initial = {name: getattr(own, name) for name in self.base_fields} if own else {}
        super().__init__(data, initial=initial)
        for name, field in self.fields.items():
            default = getattr(default_limits(), name)
            field.help_text = (
                f"Leave empty for the default ({default:,}), or enter 0 for no limit."
                if default
                else "Leave empty for the default (no limit)."
            )
