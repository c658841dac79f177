"""Corrections as a table: the moods of many songs, stated in one request."""

from __future__ import annotations

import io
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import V1ViewSet
from classifier.api.v1.parsers import TableBody
from classifier.services.corrections.confirmation import corrections_apply
from classifier.services.corrections.plan import Outcome

YES_NO = ("yes", "no")


class CorrectionsQuery(serializers.Serializer):
    dry_run = serializers.ChoiceField(
        choices=YES_NO, default="no", required=False, help_text="`yes`: the report only, without a change."
    )
    strict = serializers.ChoiceField(
        choices=YES_NO, default="no", required=False, help_text="`yes`: nothing is changed if any row has a problem."
    )


class CorrectedRowSerializer(serializers.Serializer):
    row = serializers.IntegerField(help_text="As a spreadsheet counts: the first one below the names has 2.")
    song = serializers.CharField(allow_blank=True, help_text="Its name, or what the row calls it.")
    song_id = serializers.UUIDField(allow_null=True)
    result = serializers.ChoiceField(choices=["change", "problem"])
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True, help_text="Of a problem.")
    message = serializers.CharField(allow_blank=True)


class CorrectionReportSerializer(serializers.Serializer):
    is_made = serializers.BooleanField(help_text="Whether the changes are made.")
    changes = serializers.IntegerField()
    problems = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Rows that state what the library has already.")
    results = CorrectedRowSerializer(many=True, help_text="The rows that change a song or have a problem.")


class Corrections(V1ViewSet):
    parser_classes = [TableBody]

    @extend_schema(
        operation_id="corrections_import",
        summary="Import corrections",
        parameters=[CorrectionsQuery],
        request={"text/csv": OpenApiTypes.STR},
        responses={200: CorrectionReportSerializer},
    )
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """A CSV, such as an export of this or another installation, with columns that name the song (`id`, `sha256`,
        `audio_hash`, `path`, or `title` and `artist`) and your verdict. All rows without a problem are stated in one
        transaction. Sent again, the same table changes nothing."""
        query = self.query(CorrectionsQuery)
        table: Any = request.data or io.BytesIO()  # without a body, REST framework has an empty object
        plan, is_made = corrections_apply(
            owner=request.user,
            content=table,
            now=timezone.now(),
            dry_run=query["dry_run"] == "yes",
            strict=query["strict"] == "yes",
        )
        rows = [_row(one) for one in plan.outcomes if one.code or one.changes]
        counts = {"changes": len(plan.changes), "problems": len(plan.problems), "unchanged": plan.unchanged}
        return Response({"is_made": is_made, **counts, "results": rows})


def _row(one: Outcome) -> dict[str, Any]:
    return {
        "row": one.line,
        "song": one.name,
        "song_id": str(one.song_id) if one.song_id else None,
        "result": one.result,
        "before": one.before,
        "after": one.after,
        "code": one.code,
        "message": one.message,
    }
