"""What is logged."""

from __future__ import annotations

from typing import Literal

from gatepost.config.schema.base import Section


class Log(Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """debug, info, warning or error."""
    format: Literal["json", "text"] = "json"
    """json, or text for people."""
