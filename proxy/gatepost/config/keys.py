"""The keys that the schema knows: their paths, their GATEPOST_* names, the nearest right one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr

from gatepost.config.document import Key, dotted
from gatepost.config.schema import Config

PREFIX = "GATEPOST_"
_TEXT = (str, Path, SecretStr, Enum)


def bare(annotation: Any) -> Any:
    """`annotation` without Annotated and without `| None`."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        inner = [bare(one) for one in get_args(annotation) if one is not type(None)]
        return inner[0] if len(inner) == 1 else annotation
    return annotation


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The section's class when a key of this annotation is a section."""
    inner = bare(annotation)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _walk(model: type[BaseModel], above: Key) -> Iterator[tuple[Key, Any]]:
    for name, info in model.model_fields.items():
        inner = section_of(info.annotation)
        if inner is None:
            yield (*above, name), info.annotation
        else:
            yield from _walk(inner, (*above, name))


@cache
def leaves() -> dict[Key, Any]:
    """Every key that has a value of its own, in the order of the schema, with its annotation."""
    return dict(_walk(Config, ()))


def variable(key: Key) -> str:
    """The environment variable that overrides `key`."""
    return PREFIX + "_".join(str(step).upper() for step in key)


@cache
def variables() -> dict[str, Key]:
    """Every GATEPOST_* name and the key it stands for."""
    return {variable(key): key for key in leaves()}


def is_text(annotation: Any) -> bool:
    """Whether a variable for such a key is taken as it is, not as YAML."""
    inner = bare(annotation)
    if get_origin(inner) is Literal:
        return True
    return isinstance(inner, type) and issubclass(inner, _TEXT)


def known_below(above: Key) -> tuple[str, ...]:
    """The names of the keys directly below `above`; empty for what is no section."""
    model: type[BaseModel] | None = Config
    for step in above:
        if model is None:
            return ()
        if isinstance(step, str):
            info = model.model_fields.get(step)
            model = item_section(info.annotation) if info else None
    return tuple(model.model_fields) if model else ()


def item_section(annotation: Any) -> type[BaseModel] | None:
    """The section that a key holds, itself or as the items of its list."""
    inner = bare(annotation)
    return section_of(get_args(inner)[0] if get_origin(inner) is tuple else inner)


def nearest(name: str, names: Iterable[str]) -> str:
    """The one of `names` that `name` was likely meant to be; "" when none is close."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return close[0] if close else ""


def suggestion(key: Key) -> str:
    """The end of the sentence about an unknown `key`: the nearest sibling, or where such a key stands."""
    name = str(key[-1])
    sibling = nearest(name, known_below(key[:-1]))
    elsewhere = [leaf for leaf in leaves() if leaf[-1] == name]
    below = [leaf for leaf in elsewhere if leaf[: len(key) - 1] == key[:-1]]
    meant = dotted((below or elsewhere)[0]) if len(below or elsewhere) == 1 else sibling
    return f'; did you mean "{meant}"?' if meant else ""
