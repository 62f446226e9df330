"""The mails that a mail names in its thread headers (RFC 5322 §3.6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MOST_IDS: Final = 50
_LONGEST_FIELD: Final = 20_000
_ID: Final = re.compile(r"<([^<>\s]{1,250})>")


def thread_ids(fields: Iterable[str]) -> tuple[str, ...]:
    """The message ids in such headers, without their brackets, each once; at most MOST_IDS, the last ones."""
    found = (match[1] for field in fields for match in _ID.finditer(field[:_LONGEST_FIELD]))
    return tuple(dict.fromkeys(found))[-MOST_IDS:]


def case_of(address: str) -> str:
    """The case behind the `+` of a buyer's alias; "" without one."""
    local, sign, _ = address.strip().strip("<>").lower().rpartition("@")
    return local.partition("+")[2] if sign else ""
