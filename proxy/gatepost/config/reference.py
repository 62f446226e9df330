"""The table of all keys in docs/configuration.md, made from the schema.

To write it anew: python -m gatepost.config.reference.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gatepost.config.keys import item_section, section_of
from gatepost.config.schema import Config

HEAD = ("| key | default | meaning |", "| --- | --- | --- |")


def table() -> str:
    """Every key with its default and meaning, in the order of the schema, as a Markdown table."""
    return "\n".join((*HEAD, *_rows(Config, "")))


def _rows(model: type[BaseModel], above: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        key = f"{above}{name}"
        if inner := section_of(info.annotation):
            yield from _rows(inner, f"{key}.")
            continue
        yield f"| `{key}` | {_default(info)} | {(info.description or '').replace('|', '/')} |"
        if items := item_section(info.annotation):
            yield from _items(items, key)


def _items(model: type[BaseModel], key: str) -> Iterator[str]:
    """The keys of one entry of a list; those of a relay stand above already."""
    for name, info in model.model_fields.items():
        more = " It has the keys of `relay`." if section_of(info.annotation) else ""
        yield f"| `{key}[].{name}` | {_default(info)} | {info.description or ''}{more} |"


def _default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "must be given"
    return "none" if value is None else f"`{json.dumps(_plain(value), ensure_ascii=False)}`"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in ("address",)}
    return value if isinstance(value, (bool, int, float, str, dict)) else str(value)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
