"""The reference of the API as a page: its schema, rendered by this server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from classifier.api.v1.schema import schema

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Row:
    """A parameter, or a field of an object."""

    name: str
    place: str
    type: SafeString
    required: bool
    description: SafeString


@dataclass(frozen=True)
class Answer:
    status: str
    media_type: str
    type: SafeString


@dataclass(frozen=True)
class Example:
    request: str
    body: str
    answer: str


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    description: SafeString
    scope: str
    parameters: list[Row]
    body: tuple[str, SafeString] | None
    answers: list[Answer]
    example: Example | None


@dataclass(frozen=True)
class Component:
    name: str
    description: SafeString
    rows: list[Row]
    example: str


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    described = schema()
    groups: dict[str, list[Operation]] = {"songs": []}
    for path, method, operation in _operations(described):
        groups.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    components = [_component(name, one) for name, one in described["components"]["schemas"].items()]
    return render(request, "api/reference.html", {"groups": groups, "components": components})


def _operations(described: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Operation:
    body = operation.get("requestBody", {}).get("content", {})
    media_type = next(iter(body), "")
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=_marked(operation),
        scope=operation["x-scope"],
        parameters=[
            Row(one["name"], one["in"], type_text(one["schema"]), one.get("required", False), _marked(one))
            for one in operation.get("parameters", ())
        ],
        body=(media_type, type_text(body[media_type]["schema"])) if body else None,
        answers=[answer for status, one in operation["responses"].items() for answer in _answers(status, one)],
        example=_example(body, operation["responses"]),
    )


def _answers(status: str, response: Mapping[str, Any]) -> Iterator[Answer]:
    for media_type, content in response.get("content", {}).items():
        yield Answer(status, media_type, type_text(content["schema"]))
    if "content" not in response:
        yield Answer(status, "", _marked(response) or format_html("{}", "No content"))


def _example(body: Mapping[str, Any], responses: Mapping[str, Any]) -> Example | None:
    contents = [content for one in responses.values() for content in one.get("content", {}).values()]
    [answer] = [content["examples"]["answer"] for content in contents if "examples" in content] or [None]
    if answer is None:
        return None
    [sent] = [content["examples"]["request"]["value"] for content in body.values() if "examples" in content] or [None]
    return Example(answer["summary"], "" if sent is None else _text(sent), _text(answer["value"]))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _component(name: str, component: Mapping[str, Any]) -> Component:
    required = component.get("required", ())
    examples = component.get("examples", ())
    return Component(
        name=name,
        description=_marked(component),
        rows=[
            Row(field, "", type_text(one), field in required, _marked(one))
            for field, one in component.get("properties", {}).items()
        ],
        example=_text(examples[0]) if examples else "",
    )


def type_text(one: Mapping[str, Any]) -> SafeString:
    """A schema in a few words, with links to the objects that it names."""
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        return format_html('<a href="#{}">{}</a>', f"object-{name}", name)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in one and "properties" not in one:
            return format_html_join(" or ", "{}", ((type_text(part),) for part in one[several]))
    if "enum" in one:
        return format_html_join(", ", "<code>{}</code>", ((_value(value),) for value in one["enum"]))
    kind = one.get("type", "any")
    if kind == "array":
        return format_html("list of {}", type_text(one.get("items", {})))
    if kind == "object" and isinstance(one.get("additionalProperties"), dict):
        return format_html("object of {}", type_text(one["additionalProperties"]))
    names = " or ".join(kind) if isinstance(kind, list) else kind
    return format_html("{}{}", names, _limits(one))


def _limits(one: Mapping[str, Any]) -> str:
    low, high = one.get("minimum"), one.get("maximum")
    limits = f", {low} to {high}" if low is not None and high is not None else ""
    if "maxLength" in one:
        limits += f", at most {one['maxLength']} characters"
    return limits + (f" ({one['format']})" if "format" in one else "")


def _value(value: Any) -> str:
    return "null" if value is None else str(value) or "(empty)"


def _marked(one: Mapping[str, Any]) -> SafeString:
    """Its description, with what stands between backticks as code."""
    parts = one.get("description", "").split("`")
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if n % 2 else part,) for n, part in enumerate(parts))
    )
