"""What a person at a terminal sees when the gateway starts: where everything is, and the first two mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path("docs/examples")


@dataclass(frozen=True, slots=True)
class Places:
    """Where this gateway is to be found."""

    smtp: Sequence[tuple[str, int]]
    site: str  # URL, "" when switched off
    store: str
    relay: str  # "" while the capture relay stands in
    edition: str
    admin: tuple[str, str] | None  # name and one-time password, on the first start


def welcome(places: Places, examples: Path = EXAMPLES) -> str:
    """The text, ready to print."""
    smtp = [f"{host}:{port}" for host, port in places.smtp]
    lines = [
        "",
        "  Gatepost is running.",
        "",
        f"    SMTP         {', '.join(smtp)}",
        f"    Review site  {places.site or 'switched off'}",
        f"    Guidelines   {places.edition}",
        f"    State        {places.store}",
        f"    Relay        {places.relay or 'none: what would go out is kept and shown on the site'}",
    ]
    if places.admin:
        name, password = places.admin
        lines += ["", f"    First login  {name} / {password}   (asks for a new password at once)"]
    lines += ["", "  Send a first mail:", ""]
    if (examples / "send.py").is_file():
        target = "" if smtp[:1] == ["127.0.0.1:2525"] else f" {smtp[0]}"
        lines += [
            f"    python3 {examples}/send.py {examples}/{name}.eml{target}".ljust(70) + f" # {what}"
            for name, what in (("compliant", "goes out"), ("refused", "is refused, and told why"))
        ]
    else:
        lines += ["    point any mail client at the SMTP address above, without login, and write to"]
        lines += ["    k3v9x2m7q4w8z1p@marketplace.amazon.com"]
    return "\n".join([*lines, "", "  Stop with Ctrl-C.", ""])
