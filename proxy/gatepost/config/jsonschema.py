"""The JSON Schema of the configuration file, for editors: every key with meaning, type, bounds, default."""

from __future__ import annotations

from typing import Any

from gatepost.config.schema import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12). Secrets are left out: they never stand in the file."""
    schema = Config.model_json_schema()
    _without_secrets(schema)
    return {"$schema": DIALECT, "title": "Gatepost", **{k: v for k, v in schema.items() if k != "title"}}


def _without_secrets(node: Any) -> None:
    if isinstance(node, dict):
        properties = node.get("properties", {})
        for name in [name for name, about in properties.items() if _is_secret(about)]:
            del properties[name]
        for child in node.values():
            _without_secrets(child)
    elif isinstance(node, list):
        for child in node:
            _without_secrets(child)


def _is_secret(about: Any) -> bool:
    return any(one.get("writeOnly") for one in (about, *about.get("anyOf", ())))
