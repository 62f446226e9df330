"""Templates and what they need: everything escaped, times told in words, hostile text made visible."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from gatepost.admin.words import DEEDS, STATES, VERBS
from gatepost.ports import Clock
from gatepost_policies import clauses

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_KEEP = "\n\t"
URGENT, SOON = timedelta(hours=2), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of `static/`, read once."""

    content: bytes
    type: str
    digest: str


def static_files() -> Mapping[str, StaticFile]:
    """Every file that the pages load, by name; nothing else is ever served."""
    return {
        path.name: StaticFile(
            path.read_bytes(), _TYPES[path.suffix], hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        )
        for path in sorted((_HERE / "static").iterdir())
        if path.suffix in _TYPES
    }


class Pages:
    """The templates, ready to render."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.static = static_files()
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters.update(
            {
                "plain": plain,
                "line": line,
                "ago": self._ago,
                "left": self._left,
                "urgency": self._urgency,
                "stamp": stamp,
                "iso": iso,
                "size": size,
                "asks": asks,
            }
        )
        self._templates.globals.update(static=self._static, states=STATES, verbs=VERBS, told=DEEDS)
        for name in self._templates.list_templates():  # compiled now, not while the first reader waits
            self._templates.get_template(name)

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """The page as text."""
        return self._templates.get_template(template).render(values)

    def page(self, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
        """The page as an answer."""
        return HTMLResponse(self.text(template, values), status)

    def _static(self, name: str) -> str:
        return f"/static/{name}?v={self.static[name].digest}"

    def _ago(self, at: datetime) -> str:
        age = self._clock.now() - at
        return f"{duration(age)} ago" if age >= timedelta(minutes=1) else "just now"

    def _left(self, at: datetime | None) -> str:
        if at is None:
            return ""
        left = at - self._clock.now()
        return f"{duration(left)} left" if left > timedelta(0) else f"{duration(-left)} over"

    def _urgency(self, at: datetime | None) -> str:
        """A word for how near `at` is; the style sheet has a colour for each."""
        left = SOON if at is None else at - self._clock.now()
        bounds = ((timedelta(0), "over"), (URGENT, "urgent"), (SOON, "soon"))
        return next((word for bound, word in bounds if left < bound), "calm")


def plain(text: str) -> str:
    """`text` with every control and direction character replaced by a visible sign."""
    if text.isprintable():
        return text
    return "".join(
        character if character in _KEEP or not _is_sly(character) else _sign(character) for character in text
    )


def line(text: str) -> str:
    """`plain`, on one line."""
    return plain(" ".join(text.split()))


def _is_sly(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _sign(character: str) -> str:
    """The Unicode picture of a C0 control; the code point of anything else."""
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"


def duration(span: timedelta) -> str:
    """A length of time in its two largest units, short enough for a table."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes % 60} min"


def stamp(at: datetime) -> str:
    """A time for people, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def iso(at: datetime) -> str:
    """A time for programs, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def size(count: int) -> str:
    """A size in bytes, for people."""
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1_000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def asks(clause: str) -> str:
    """What a clause of the guidelines asks; "" for a clause that is not known any more."""
    known = clauses.load().get(clause)
    return known.asks if known else ""
