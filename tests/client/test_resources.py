"""The types of the client have the keys of the schema that the server publishes."""

from __future__ import annotations

from typing import Any, is_typeddict

import pytest

from countermood_client import resources

TYPES = {
    name: kind
    for name, kind in vars(resources).items()
    if is_typeddict(kind) and kind.__module__ == resources.__name__ and name != "Page"
}


@pytest.fixture(scope="module")
def components() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    parts: dict[str, Any] = schema["components"]["schemas"]
    return parts


@pytest.mark.parametrize("name", TYPES)
def test_a_type_has_the_keys_of_the_schema(components: dict[str, Any], name: str) -> None:
    component, kind = components[name], TYPES[name]
    assert set(kind.__annotations__) == set(component["properties"])
    assert kind.__required_keys__ == set(component["required"])
