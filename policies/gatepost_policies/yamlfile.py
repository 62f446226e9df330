"""YAML files read strictly: plain values only, with the line of every key for the error message.

YAML's surprises are off: `no` and `on` are words, `12:30` and dates are text, a repeated key, an
alias or a foreign tag is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from gatepost_policies.errors import PackError

MAX_BYTES = 1_000_000  # a rule file is a few kilobytes; what is larger is not one

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "bool", "int", "float", "null", "timestamp", "merge", "value")
)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The value of one file, and where each of its keys stands."""

    value: Any
    file: str
    lines: dict[Path, int]

    def line(self, *path: str | int) -> int:
        """The line of the key at `path`, or of the nearest key above it; from 1."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, why: str, *path: str | int) -> PackError:
        """The error that names this file, the line and the key at `path`."""
        return PackError(why, file=self.file, line=self.line(*path), key=".".join(map(str, path)))


def parse(text: str | bytes, file: str) -> Document:
    """The one document of `text`; raises PackError with file, line and key."""
    if len(text) > MAX_BYTES:
        raise PackError(f"larger than {MAX_BYTES} bytes", file=file)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PackError(error.problem or "not YAML", file=file, line=mark.line + 1 if mark else 0) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise PackError(f"not YAML: {type(error).__name__}", file=file) from error
    lines: dict[Path, int] = {}
    if node is None:
        return Document(None, file, lines)
    return Document(_Builder(file, lines).build(node, ()), file, lines)


class _Builder:
    """Turns YAML nodes into dicts, lists and scalars, noting lines."""

    def __init__(self, file: str, lines: dict[Path, int]) -> None:
        self.file, self.lines = file, lines
        self.seen: set[int] = set()

    def fault(self, why: str, node: yaml.Node, path: Path) -> PackError:
        return PackError(why, file=self.file, line=node.start_mark.line + 1, key=".".join(map(str, path)))

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:  # one alias can stand for a billion values
            raise self.fault("aliases are not allowed", node, path)
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - YAML has three kinds of node
        return self.scalar(node, path)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.fault("a key must be one word", key_node, path)
            key = key_node.value
            here = (*path, key)
            if key in result:
                first = self.lines[here]
                raise self.fault(f"given twice, first in line {first}", key_node, here)
            self.lines[here] = key_node.start_mark.line + 1
            result[key] = self.build(value_node, here)
        return result

    def scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        value: str = node.value
        if node.tag not in _PLAIN_TAGS:
            raise self.fault("tags are not allowed", node, path)
        if node.style:  # quoted, or a block of text
            return value
        if value.lower() in _WORDS and value in (value.lower(), value.title()):
            return _WORDS[value.lower()]
        if _INTEGER.match(value):
            return int(value)
        return float(value) if _DECIMAL.match(value) else value
