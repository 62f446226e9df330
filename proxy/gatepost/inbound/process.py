"""What runs in the process for heavy mails that arrive: look at what comes on stdin until it closes."""

from __future__ import annotations

import resource

from gatepost.childprocess import serve
from gatepost.inbound.look import Looked, Rules, look
from gatepost.privacy import keep_to_itself

MEMORY_BYTES = 2 * 1024**3
"""Address space of the process."""


def main() -> None:
    """Serve the parent: a mail in, what was found or the name of what failed out."""
    keep_to_itself()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    serve(_look)


def _look(question: tuple[bytes, Rules]) -> Looked | str:
    try:
        return look(*question)
    except Exception as error:  # told to the parent, to whom the mail counts as not looked at
        return type(error).__name__
