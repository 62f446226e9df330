"""What runs in the child process: look at what comes on stdin until it closes."""

from __future__ import annotations

import resource
import sys

from gatepost.childprocess import serve
from gatepost.vision.seen import Seen

FILE_BYTES = 0
"""Nothing is written to disk."""


def main() -> None:
    """Serve the parent: (name, bytes) in, Seen out."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from gatepost.vision.pictures import warm

    warm()
    serve(_look)


def _look(file: tuple[str, bytes]) -> Seen:
    from gatepost.vision.looking import look

    try:
        return look(*file)
    except MemoryError:
        return Seen(unread="the file needs more memory than is given to one")
    except Exception as error:  # a decoder's own fault: the file is unread, the child lives on
        return Seen(unread=f"the file can't be read ({type(error).__name__})")
