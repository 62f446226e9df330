"""What runs in the child process: look at what comes on stdin until it closes."""

from __future__ import annotations

import os
import pickle
import resource
import struct
import sys
from typing import IO

from gatepost.vision.seen import NOTHING, Limits, Seen

SIZE = struct.Struct(">Q")
FILE_BYTES = 0
"""Nothing is written to disk."""


def main() -> None:
    """Serve the parent: one Seen when ready, then (name, bytes) in, Seen out."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print is not an answer
    from gatepost.vision.looking import look
    from gatepost.vision.pictures import warm

    warm()
    _answer(sink, NOTHING)
    limits = Limits()
    while head := source.read(SIZE.size):
        name, content = pickle.loads(source.read(SIZE.unpack(head)[0]))  # noqa: S301 - our own parent
        try:
            seen = look(name, content, limits)
        except MemoryError:
            seen = Seen(unread="the file needs more memory than is given to one")
        except Exception as error:  # a decoder's own fault: the file is unread, the child lives on
            seen = Seen(unread=f"the file can't be read ({type(error).__name__})")
        _answer(sink, seen)


def _answer(sink: IO[bytes], seen: Seen) -> None:
    answer = pickle.dumps(seen)
    sink.write(SIZE.pack(len(answer)) + answer)
    sink.flush()
