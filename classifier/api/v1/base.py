"""What all views of version 1 have in common: JSON, problem details, ETags, and the headers of the rate limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import models, transaction
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.viewsets import ViewSet

from classifier.api.throttling import rate_limit_headers
from classifier.api.v1.etags import etag_of, require_form, require_match, with_etag
from classifier.api.v1.parsers import JsonBody
from classifier.api.v1.problems import problem_response
from classifier.models import Person
from classifier.query_parameters import check_parameters

HAVE_ETAG = ("GET", "HEAD", "PATCH", "PUT")


class V1ViewSet(ViewSet):
    http_method_names = ["get", "head", "post", "patch", "delete"]
    parser_classes = [JsonBody]
    action_scopes: ClassVar[Mapping[str, str]] = {}
    """Of actions that need another scope than their method does."""

    @property
    def token_scope(self) -> str | None:
        return self.action_scopes.get(self.action)

    def get_exception_handler(self) -> Any:
        return problem_response

    def query(self, serializer: type[Serializer], *others: str) -> dict[str, Any]:
        """The parameters of the URL, checked. `others` are read elsewhere."""
        parameters = self.request.query_params
        names = serializer().fields
        check_parameters(parameters, *names, *others)
        checked = serializer(data={name: text for name, text in parameters.items() if name in names})
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def no_query(self) -> None:
        check_parameters(self.request.query_params)

    def body(self, serializer: type[Serializer], **options: Any) -> dict[str, Any]:
        checked = serializer(data=self.request.data, **options)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        # Not `request.user`, which would ask the database again where that was the error.
        user = getattr(request, "_user", None)
        if isinstance(user, Person):
            for name, value in rate_limit_headers(user.pk).items():
                response.headers[name] = value
        if isinstance(response, Response) and request.method in HAVE_ETAG and response.status_code == 200:
            response.add_post_render_callback(lambda rendered: with_etag(request._request, rendered))
        return response


class ConditionalViewSet(V1ViewSet):
    """Of objects that each have an address, and that If-Match protects."""

    model: ClassVar[type[models.Model]]
    key_name: ClassVar[str] = "pk"
    """The field of the model that is in the address."""

    def data(self, owner: Person, key: Any) -> Any:
        """What GET answers without parameters. Raises Http404."""
        raise NotImplementedError

    def lock(self, owner: Person, key: Any) -> None:
        """Until the end of the transaction, nobody else changes the object."""
        rows = self.model._default_manager.filter(**{self.key_name: key}, owner=owner)
        rows.select_for_update(no_key=True).values_list("pk", flat=True).first()

    @contextmanager
    def unchanged(self, key: Any) -> Iterator[None]:
        """Around a change, after the request is checked: with If-Match, the object has to be as the client read it,
        and nobody else changes it in between. Raises ProductError."""
        header = self.request.headers.get("If-Match")
        if header is None:
            yield
            return
        require_form(header)
        owner = self.request.user
        assert isinstance(owner, Person)
        with transaction.atomic():
            self.lock(owner, key)
            content = JSONRenderer().render(self.data(owner, key), self.request.accepted_media_type)
            require_match(header, etag_of(content))
            yield


class AnyTypeViewSet(V1ViewSet):
    """Answers with sounds, pictures or events, which clients name in Accept. Errors are JSON."""

    def perform_content_negotiation(self, request: Any, force: bool = False) -> tuple[Any, str]:
        return JSONRenderer(), JSONRenderer.media_type


class Text(CharField):
    """A text of a request: without NUL, which no database stores, and not of spaces alone where it may not be blank."""


class StrictSerializer(Serializer):
    """Of a request: refuses fields that do not exist, so that a misspelled one is not ignored."""

    schema_rules: ClassVar[dict[str, Any]] = {}
    """What JSON Schema can say of what `validate` checks."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name)[:40] for name in data if name not in self.fields]
            if unknown:
                known = ", ".join(self.fields)
                raise ValidationError({unknown[0]: f"There is no such field: the allowed ones are {known}."})
        return super().to_internal_value(data)


class ChangesSerializer(StrictSerializer):
    """What is sent is changed, and nothing else."""

    schema_rules = {"minProperties": 1}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise ValidationError("Nothing is to be changed: send at least one field.")
        return attrs
