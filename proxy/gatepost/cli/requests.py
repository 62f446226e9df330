"""A file of review requests made elsewhere -> rows for the ledger."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gatepost.daemon.clock import SystemClock
from gatepost.errors import ConfigError
from gatepost.model import OrderId
from gatepost.store.ledger import Elsewhere

MAX_BYTES = 64 * 1024 * 1024  # about a million orders
MAX_FAULTS = 20  # told at once
_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}\Z", re.ASCII)
_ORDER_HEADS = frozenset({"order-id", "amazon-order-id", "order id", "order_id", "orderid", "order"})


def read_requests(file: Path) -> Sequence[Elsewhere]:
    """Every request in `file`. Raises ConfigError that names the lines that are wrong; then none counts."""
    now, faults, requests = SystemClock().now(), [], []
    for number, row in enumerate(_rows(file), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or (number == 1 and cells[0].lower() in _ORDER_HEADS):
            continue
        try:
            requests.append(_request(cells, now))
        except ValueError as error:
            faults.append(f"{file}:{number}: {error}")
    if faults:
        more = len(faults) - MAX_FAULTS
        raise ConfigError("\n".join([*faults[:MAX_FAULTS], *([f"and {more} more"] if more > 0 else [])]))
    return requests


def _rows(file: Path) -> list[list[str]]:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{file}: can't be read: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{file}: larger than {MAX_BYTES} bytes; split it")
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8 at byte {error.start}") from error
    first = lines[0] if lines else ""
    separator = max(",;\t", key=first.count)
    # One line is one row: a quotation mark that is never closed must not swallow the rest of the file.
    return [next(csv.reader([line], delimiter=separator), []) for line in lines]


def _request(cells: Sequence[str], now: datetime) -> Elsewhere:
    order = cells[0]
    if not _ORDER.match(order):
        raise ValueError(f"not an order ID: {order[:40]!r}; expected like 112-1234567-1234567")
    at = _moment(cells[1]) if len(cells) > 1 and cells[1] else now
    return Elsewhere(OrderId(order), at, cells[2] if len(cells) > 2 else "imported")


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"not a date: {text[:40]!r}; expected like 2026-11-23") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
