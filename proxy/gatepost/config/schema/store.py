"""Where state is kept, and for how long."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, SecretStr

from gatepost.config.schema.base import Count, NamedFile, Seconds, Section


def _is_database(url: str) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("expected postgresql://USER@HOST/DATABASE")
    if ":" in parts.netloc.rpartition("@")[0] or "password" in dict(parse_qsl(parts.query)):
        raise ValueError(
            "a password never stands in a URL: use database_password_file or GATEPOST_STORE_DATABASE_PASSWORD"
        )
    return url


class Store(Section):
    """Where state is kept."""

    path: Path = Path("var/gatepost.db")
    """SQLite file; its folder is made when it is missing."""
    database_url: Annotated[str, AfterValidator(_is_database)] = ""
    """postgresql://USER@HOST/DATABASE, in place of path: for many nodes."""
    database_password_file: NamedFile | None = None
    """File with the password of database_url."""
    database_password: SecretStr | None = None
    """Only from GATEPOST_STORE_DATABASE_PASSWORD, never in the file."""
    busy_seconds: Seconds = 5
    """Wait for another process's lock, and for a database server to come back."""
    node_lease_seconds: Seconds = 15
    """With database_url: a node not heard of for so long counts as dead."""


class Retention(Section):
    """How long what is kept."""

    held_days: Count = 14
    """Held mails that nobody decided on."""
    decisions_days: Count = 400
    """What was decided and why (without the mails themselves)."""
    captured_days: Count = 7
    """Mails of the capture relay."""
    orders_days: Count = 90
    """Buyers' names and addresses in order data; the orders themselves stay for ledger_days."""
    threads_days: Count = 90
    """That a buyer wrote: so long a mail to them can be known as an answer."""
    ledger_days: Count = 1825
    """That an order was asked for a review; then it could be asked anew."""
