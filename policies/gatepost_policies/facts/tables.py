"""Loads the tables that facts are found by: YAML beside the code, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

from gatepost_policies.yamlfile import parse


@lru_cache(maxsize=16)
def table(name: str) -> Any:
    """The content of `data/<name>.yaml`. The tables ship with the package; a broken one is a broken build."""
    file = f"{name}.yaml"
    return parse(files("gatepost_policies").joinpath("data", file).read_text(encoding="utf-8"), file).value
