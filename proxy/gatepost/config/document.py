"""The configuration's YAML, read strictly, with the place of every key.

YAML's surprises are off: only `true`, `false` and `null` are not text, `no` and `on` are words, `12:30`
and dates stay text, `010` is refused by whoever wants a number. A key given twice is a fault that names
both lines. Aliases work, but can't multiply: the whole has a bound on its values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from gatepost.errors import ConfigError

MAX_BYTES = 1_000_000  # a configuration is a few kilobytes; what is larger is not one
MAX_VALUES = 20_000  # after aliases are followed
MAX_DEPTH = 20  # our deepest key stands at 5
MAX_DIGITS = 20  # what is longer is a name made of digits

Key = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PLAIN_TAGS = frozenset({"str", "seq", "map"})


class _Loader(yaml.CSafeLoader):
    """Composes nodes only; without resolvers every plain scalar is text, and an explicit tag shows."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML reads it from the class


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the file; both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where, and why."""

    source: str  # a file's name or a variable's
    key: Key
    why: str
    place: Place | None = None

    def __str__(self) -> str:
        where = f"{self.source}:{self.place.line}:{self.place.column}" if self.place else self.source
        return f"{where}: {dotted(self.key)}: {self.why}" if self.key else f"{where}: {self.why}"


@dataclass(frozen=True, slots=True)
class Document:
    """The values of one YAML text, and where each of its keys stands."""

    source: str
    value: Any
    places: dict[Key, Place]
    faults: list[Fault] = field(default_factory=list)

    def place(self, key: Key) -> Place | None:
        """Where `key` stands, or the nearest key above it."""
        while key and key not in self.places:
            key = key[:-1]
        return self.places.get(key)


def dotted(key: Key) -> str:
    """`key` as people write it: `smtp.listeners[0].tls`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in key)
    return text.removeprefix(".")


def refuse(faults: list[Fault]) -> None:
    """Raise one ConfigError that names all `faults` in the order of the file; nothing without faults."""
    if faults:
        ordered = sorted(set(faults), key=_order)
        raise ConfigError("\n".join(str(fault) for fault in ordered))


def _order(fault: Fault) -> tuple[str, int, int, str]:
    place = fault.place or Place(0, 0)
    return fault.source, place.line, place.column, str(fault)


def parse(text: str, source: str) -> Document:
    """The one document of `text`; raises ConfigError when it is not YAML at all."""
    if len(text) > MAX_BYTES:
        raise ConfigError(f"{source}: larger than {MAX_BYTES} bytes")
    document = Document(source, {}, {})
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        refuse([Fault(source, (), f"not YAML: {error.problem or error.context}", _mark(error))])
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{source}: not YAML: {type(error).__name__}") from error
    else:
        if node is not None:
            return Document(source, _Builder(document).build(node, ()), document.places, document.faults)
    return document


def _mark(error: yaml.MarkedYAMLError) -> Place | None:
    mark = error.problem_mark or error.context_mark
    return Place(mark.line + 1, mark.column + 1) if mark else None


class _Builder:
    """Turns nodes into dicts, lists and scalars, noting places and collecting faults."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.values = 0

    def fault(self, node: yaml.Node, key: Key, why: str) -> None:
        self.document.faults.append(Fault(self.document.source, key, why, _start(node)))

    def build(self, node: yaml.Node, key: Key) -> Any:
        self.values += 1
        if self.values > MAX_VALUES or len(key) > MAX_DEPTH:
            self.fault(node, key, "too many values, or too deep")
            refuse(self.document.faults)
        self.document.places.setdefault(key, _start(node))
        if node.tag.removeprefix("tag:yaml.org,2002:") not in _PLAIN_TAGS:
            self.fault(node, key, "tags are not allowed")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*key, index)) for index, child in enumerate(node.value)]
        quoted = isinstance(node, yaml.ScalarNode) and bool(node.style)  # plain is "" in C, None in Python
        return node.value if quoted else scalar(str(node.value))

    def mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name_node, value_node in node.value:
            if not isinstance(name_node, yaml.ScalarNode):
                self.fault(name_node, key, "a key must be one word")
                continue
            here = (*key, str(name_node.value))
            if name_node.value in result:
                first = self.document.places[here].line
                self.fault(name_node, here, f"given twice, first in line {first}")
                continue
            self.document.places[here] = _start(name_node)
            result[name_node.value] = self.build(value_node, here)
        return result


def scalar(text: str) -> bool | int | float | str | None:
    """What the plain word `text` stands for, by YAML's core schema without its oddities."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text) if len(text) <= MAX_DIGITS else text
    return float(text) if _DECIMAL.match(text) else text


def _start(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
