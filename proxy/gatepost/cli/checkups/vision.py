"""Reading pictures and documents: whether what it needs is installed."""

from __future__ import annotations

from gatepost.cli.checkups.found import Finding, ok, warning
from gatepost.config.schema import Unread, Vision
from gatepost.vision.eyes import missing_libraries


def vision(config: Vision) -> list[Finding]:
    """What becomes of mails with pictures and documents."""
    fate = "held" if config.unread is Unread.HOLD else "judged by what else they say"
    if not config.enabled:
        return [ok("pictures", f"reading is switched off: mails with pictures or documents are {fate}")]
    missing = missing_libraries()
    if missing:
        found = f"not there: {', '.join(missing)}; mails with pictures or documents are {fate}"
        return [warning("pictures", found, "pip install 'gatepost[vision]', or set vision.unread: pass")]
    return [ok("pictures", "pictures and documents are read")]
