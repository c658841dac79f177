"""A column of our own."""

from __future__ import annotations

import json
from typing import Any

import orjson
from django.db import models


class OrderedJSONField(models.TextField):
    """JSON exactly as it was given. PostgreSQL's own type for it sorts the keys, whose order is part of the answer;
    nothing is ever looked for inside."""

    def get_prep_value(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else orjson.loads(value)

    def to_python(self, value: Any) -> Any:
        return orjson.loads(value) if isinstance(value, str) else value
