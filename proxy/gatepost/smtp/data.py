"""DATA, read in chunks: finds the end, takes off the stuffed dots, counts every octet.

The one end of a mail is CRLF.CRLF (RFC 5321 §4.1.1.4), whatever bare CR or LF stands around other dots.
Scripts often send bare LFs inside a mail. They become CRLF here, before anything reads the mail, so that what
is judged is, octet for octet, what is relayed; a signature over the mail holds, because signers see CRLF too.
With `mend_line_feeds` off, and always for a bare CR or a NUL, the mail is refused whole. Past a limit the
rest is read and dropped, so that the next mail on the connection works.
"""

from __future__ import annotations

from io import BytesIO

from gatepost.smtp import replies
from gatepost.smtp.replies import Reply

_END = b"\r\n.\r\n"
_DISCARD_OCTETS = 1_048_576


class Flood(Exception):
    """The client goes on and on past the limit: only closing the connection helps."""


class DataReader:
    """Reads one mail out of the chunks of a connection; holds at most `most_bytes` of it."""

    def __init__(self, *, most_bytes: int, most_line_bytes: int, mend_line_feeds: bool = True) -> None:
        self._most, self._most_line = most_bytes, most_line_bytes
        self._mend = mend_line_feeds
        self._kept = BytesIO()
        self._carry = b"\r\n"  # the line end of the DATA command itself: a first `.` ends the mail
        self._skip = 2  # of it, not to be kept
        self._line = 0  # octets of the line that is being read
        self.received_bytes = 0
        self.problem: Reply | None = None

    def feed(self, chunk: bytes) -> bytes | None:
        """Take the next octets. Returns what follows the end of the mail, or None before its end.

        Raises Flood when a client that is past the limit does not come to an end.
        """
        self.received_bytes += len(chunk)
        octets = self._carry + chunk
        end, stuffed = _find_end(octets)
        if end < 0:
            cut = octets.find(b"\r", max(0, len(octets) - 4))  # a CR near the edge may begin CRLF.CRLF
            piece, self._carry = (octets, b"") if cut < 0 else (octets[:cut], octets[cut:])
            self._take(piece, stuffed)
            self._check_flood()
            return None
        self._take(octets[: end + 2], stuffed)
        return octets[end + len(_END) :]

    def drop(self, problem: Reply) -> None:
        """Keep nothing more: the mail is refused with `problem` once it has ended."""
        if self.problem is None:
            self.problem = problem
        self._kept = BytesIO()

    @property
    def kept_bytes(self) -> int:
        """How much memory the mail takes."""
        return self._kept.tell()

    def content(self) -> bytes:
        """The mail, when it has ended and there is no problem."""
        return self._kept.getvalue()

    def _take(self, piece: bytes, stuffed: bool) -> None:
        if stuffed:
            piece = piece.replace(b"\r\n.", b"\r\n")
        if self._skip and piece:
            piece, self._skip = piece[self._skip :], 0
        self._measure(piece)
        if self.problem is None and (problem := self._keep(piece)) is not None:
            self.drop(problem)

    def _keep(self, piece: bytes) -> Reply | None:
        """Keep a piece, which never begins or ends within a CRLF; or say what is wrong with it."""
        whole_lines = piece.replace(b"\r\n", b"  ")  # same length: the fastest way to see what is left
        if b"\r" in whole_lines or (b"\n" in whole_lines and not self._mend):
            return replies.BARE_LINE_END
        if b"\0" in piece:
            return replies.NUL_OCTET
        if b"\n" in whole_lines:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self._kept.write(piece)
        return replies.TOO_BIG if self.kept_bytes > self._most else None

    def _measure(self, piece: bytes) -> None:
        """Follow the length of the line that is being read; a line past the limit ends the keeping."""
        start = -self._line  # where that line began, seen from this piece
        while self.problem is None and len(piece) - start > self._most_line:
            line_end = piece.rfind(b"\n", max(start, 0), start + self._most_line + 2)
            if line_end < 0:
                self.drop(replies.LINE_TOO_LONG)
            start = line_end + 1
        last = piece.rfind(b"\n")
        self._line = len(piece) - last - 1 if last >= 0 else self._line + len(piece)

    def _check_flood(self) -> None:
        """Past the limit: an endless line may go on for 1 MiB, a mail for as much again as is allowed."""
        beyond = self.received_bytes - self._most
        if beyond > _DISCARD_OCTETS and (
            self._line > self._most_line or beyond > self._most + _DISCARD_OCTETS
        ):
            raise Flood


def _find_end(octets: bytes) -> tuple[int, bool]:
    """Where CRLF.CRLF begins (or -1), and whether any line before it has a stuffed dot."""
    first = octets.find(b"\r\n.")
    if first < 0:
        return -1, False
    if octets.startswith(_END, first):
        return first, False
    return octets.find(_END, first + 2), True
