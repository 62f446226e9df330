from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gatepost.config.jsonschema import json_schema


def properties(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        yield from node.get("properties", {}).items()
        for child in node.values():
            yield from properties(child)
    elif isinstance(node, list):
        for child in node:
            yield from properties(child)


def test_every_key_has_a_meaning() -> None:
    silent = [name for name, about in properties(json_schema()) if not ({"description", "$ref"} & set(about))]
    assert silent == []


def test_no_secret_is_offered() -> None:
    assert "password" not in dict(properties(json_schema()))


def test_unknown_keys_are_faults_in_the_editor_too() -> None:
    schema = json_schema()
    sections = [schema, *schema["$defs"].values()]
    assert all(s["additionalProperties"] is False for s in sections if s.get("type") == "object")


def test_the_schema_is_plain_json() -> None:
    assert json.loads(json.dumps(json_schema())) == json_schema()
