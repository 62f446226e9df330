"""What is wrong with a value, in words for whoever wrote it. Values are echoed only where a choice is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gatepost.config.keys import nearest

_PLAIN = {
    "extra_forbidden": "unknown key",
    "missing": "is missing",
    "string_type": "expected text (a number needs quotes)",
    "path_type": "expected a path",
    "bool_type": "expected true or false",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "dict_type": "expected keys and values",
    "model_type": "expected keys and values",
    "model_attributes_type": "expected keys and values",
    "too_short": "needs at least one entry",
    "finite_number": "expected a number",
}
_BOUNDS = {
    "greater_than": ("must be more than", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be less than", "lt"),
    "less_than_equal": ("must be at most", "le"),
}


def say(kind: str, message: str, context: Mapping[str, Any], value: Any) -> str:
    """One sentence about an error of pydantic's `kind`; its own `message` where we have no better."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return f"{words} {context[name]:g}"
    if kind in ("enum", "literal_error"):
        return _choice(str(context["expected"]), value)
    text = message.removeprefix("Value error, ")
    if "network" not in text and type(context.get("error")).__module__ == "ipaddress":
        return "not a network; expected one like 10.0.0.0/8 or 2001:db8::/32"
    return text


def _choice(expected: str, value: Any) -> str:
    words = re.findall(r"'([^']*)'", expected)
    close = nearest(value, words) if isinstance(value, str) else ""
    hint = f'; did you mean "{close}"?' if close else ""
    return f"expected one of: {', '.join(words)}{hint}"
