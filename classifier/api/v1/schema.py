"""The schema of version 1, by drf-spectacular, as OpenAPI 3.1."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import V1ViewSet
from classifier.api.v1.examples import add_examples
from classifier.errors import PROBLEM_TYPE
from classifier.models import ApiToken

PREFIX = "/api/v1"


class BearerToken(OpenApiAuthenticationExtension):
    target_class = "classifier.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An API token: see the page “API tokens”."}


class StrictBody(OpenApiSerializerExtension):
    """Bodies of requests have no other fields, and what their class says in `schema_rules` about several fields."""

    target_class = "classifier.api.v1.base.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        body: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if type(self.target).__doc__ is None:  # otherwise that of StrictSerializer, which is about code
            body.pop("description", None)
        return body | {"additionalProperties": False, **self.target.schema_rules}


class TextField(OpenApiSerializerFieldExtension):
    target_class = "classifier.api.v1.base.Text"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        field: dict[str, Any] = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        if self.target.allow_blank:
            # With a pattern, drf-spectacular would describe the empty text twice.
            return field | {"not": {"pattern": r"\u0000"}}
        return field | {"pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}


class FieldErrorSerializer(serializers.Serializer):
    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """Problem details of RFC 9457. `code` is stable; `detail` is a sentence for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField(required=False)
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # the name in RFC 9457


class ApiSchema(AutoSchema):
    def get_tags(self) -> list[str]:
        return [self.path.removeprefix(f"{PREFIX}/").partition("/")[0]]

    def _is_list_view(self, serializer: Any = None) -> bool:
        """An action named `list` answers with a page, which is an object."""
        return False

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            problem = self.resolve_serializer(ProblemSerializer, "response").ref
            answer = {"description": "A problem, with a stable code.", "content": {PROBLEM_TYPE: {"schema": problem}}}
            by_method = ApiToken.READ if self.method == "GET" else ApiToken.WRITE
            operation["x-scope"] = getattr(self.view, "token_scope", None) or by_method
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            operation["responses"] |= {"4XX": answer, "5XX": answer}
        return operation


class Schema(V1ViewSet):
    @extend_schema(exclude=True)
    def retrieve(self, request: AuthenticatedApiRequest) -> Response:
        self.no_query()
        return Response(schema())


@cache
def schema() -> dict[str, Any]:
    """Made once in each process, in English, whatever the language of the page that first asks for it."""
    from classifier.api.v1.urls import urlpatterns

    generator = SchemaGenerator(patterns=urlpatterns, api_version="v1")
    with translation.override(settings.LANGUAGE_CODE):
        return dict(generator.get_schema(request=None, public=True))


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: the server, and real answers as examples."""
    add_examples(result)
    return result | {"servers": [{"url": settings.BASE_PATH or "/"}]}
