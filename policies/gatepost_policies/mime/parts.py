"""Splits a mail into its leaf parts by byte positions, without recursion and without needless copies."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gatepost_policies.mime.charsets import decode_text
from gatepost_policies.mime.headers import (
    HeaderBlock,
    decode_base64,
    decode_words,
    media_type,
    parameters,
    read_headers,
)

MAX_DEPTH: Final = 50
MAX_PARTS: Final = 1_000
MAX_BOUNDARY: Final = 256  # RFC 2046 allows 70; a longer one is read, not trusted to be short
_MAX_TAIL: Final = 1_000  # bytes of white space after a delimiter
MAX_OUTSIDE: Final = 20_000  # bytes kept of what stands outside of all parts
MAX_READINGS: Final = 3  # of one part whose headers contradict each other

_MULTIPART: Final = "multipart/"
_MESSAGES: Final = frozenset({"message/rfc822", "message/global", "message/news"})
# Fields of which a mail has one: a second is a way to show two receivers two mails (RFC 5322 §3.6).
_SINGLE: Final = frozenset({"from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that holds content rather than parts."""

    path: str  # IMAP-style part number
    content_type: str
    parameters: dict[str, list[str]]
    disposition: str  # "inline", "attachment", or ""
    name: str
    content_id: str  # without angle brackets
    location: str  # Content-Location
    content: bytes = field(repr=False)  # transfer encoding removed
    embedded: bool = False  # inside a message/rfc822 part
    sender: str = ""  # From of that message
    doubtful: bool = False  # a second reading of contradictory headers

    def parameter(self, name: str) -> str:
        """The first value of a Content-Type parameter, or ""."""
        found = self.parameters.get(name)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail split: its own header block, its leaves in order, and what was wrong with it."""

    headers: HeaderBlock
    leaves: tuple[Leaf, ...]
    defects: tuple[str, ...]
    outside: tuple[str, ...] = ()  # words before the first part and behind the last: MIME readers skip them


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of bytes that still has to be read as a part."""

    raw: bytes
    start: int
    end: int
    path: str
    depth: int
    embedded: bool
    sender: str = ""
    digest: bool = False  # inside multipart/digest, where message/rfc822 is the default (RFC 2046 §5.1.5)
    root: bool = False


def split(raw: bytes) -> Message:
    """The headers and leaf parts of `raw`. Never raises; every limit that bites is named in `defects`."""
    return _Splitter().run(raw)


class _Splitter:
    """The work list of one split: pieces still to be read, leaves and defects so far."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.defects: dict[str, None] = {}
        self.pieces: list[_Piece] = []
        self.found: list[_Piece] = []  # by the part being read
        self.outside: list[str] = []
        self.seen = 0

    def run(self, raw: bytes) -> Message:
        """Read `raw` as a whole mail."""
        top = _Piece(raw, 0, len(raw), "", 0, embedded=False, root=True)
        headers = read_headers(raw)
        self._headers(headers)
        self._part(top, headers)
        while self.pieces:
            piece = self.pieces.pop()
            if self.seen >= MAX_PARTS:
                self._defect("too-many-parts")
                break
            self.seen += 1
            self._part(piece, read_headers(piece.raw, piece.start, piece.end))
        return Message(headers, tuple(self.leaves), tuple(self.defects), tuple(self.outside))

    def _defect(self, *names: str) -> None:
        for name in names:
            self.defects[name] = None

    def _headers(self, headers: HeaderBlock) -> None:
        counted: dict[str, int] = {}
        for name, _ in headers.fields:
            low = name.lower()
            counted[low] = counted.get(low, 0) + 1
            if counted[low] == 2 and low in _SINGLE:
                self._defect(f"double-header:{name.title()}")

    def _part(self, piece: _Piece, headers: HeaderBlock) -> None:
        self._defect(*headers.defects)
        types = _distinct(headers.values("content-type")) or [""]
        encodings = [_token(value) for value in headers.values("content-transfer-encoding")]
        encodings = _distinct(encodings) or [""]
        if len(types) > 1:
            self._defect("two-content-types")
        if len(encodings) > 1:
            self._defect("two-transfer-encodings")
        readings = [(kind, encodings[0]) for kind in types] + [(types[0], code) for code in encodings[1:]]
        for number, (kind, encoding) in enumerate(readings[:MAX_READINGS]):
            self._reading(piece, headers, (kind, encoding), doubtful=number > 0)
        # The work list is a stack: what was found first has to lie on top.
        self.pieces.extend(reversed(self.found))
        self.found.clear()

    def _reading(self, piece: _Piece, headers: HeaderBlock, said: tuple[str, str], *, doubtful: bool) -> None:
        declared, encoding = said
        default = "message/rfc822" if piece.digest else "text/plain"
        kind = media_type(declared) or default
        found, whole = parameters(declared) if ";" in declared else ({}, True)
        if not whole:
            self._defect("headers-too-long")
        if kind.startswith(_MULTIPART) and self._multipart(piece, headers, kind, found):
            return
        # A mail that was attached as a file is one: whoever reads the files reads it.
        is_file = _token(headers.first("content-disposition")) == "attachment"
        if kind in _MESSAGES and not is_file and self._message(piece, headers, encoding):
            return
        if kind.startswith(_MULTIPART):
            kind = "text/plain"
        self._leaf(piece, headers, (kind, encoding), found, doubtful=doubtful)

    def _deeper(self, piece: _Piece) -> bool:
        if piece.depth < MAX_DEPTH:
            return True
        self._defect("too-deep")
        return False

    def _multipart(self, piece: _Piece, headers: HeaderBlock, kind: str, found: dict[str, list[str]]) -> bool:
        boundaries = _distinct([value.strip() for value in found.get("boundary", []) if value.strip()])
        if not boundaries or not self._deeper(piece):
            self._defect(*([] if boundaries else ["missing-boundary"]))
            return False
        if len(boundaries) > 1:
            self._defect("two-boundaries")
        children: list[_Piece] = []
        for boundary in boundaries[:MAX_READINGS]:
            mark = boundary[:MAX_BOUNDARY].encode("utf-8", "surrogatepass")
            spans, ended, behind = _between(piece.raw, headers.body_at, piece.end, mark)
            if spans:
                self._outside(piece.raw, headers.body_at, spans[0][0] - len(mark) - 2)
                self._outside(piece.raw, behind, piece.end)
            if not ended:
                self._defect("missing-boundary-end" if spans else "missing-boundary-start")
            children += [
                _Piece(
                    piece.raw,
                    start,
                    end,
                    f"{piece.path}.{number}" if piece.path else str(number),
                    piece.depth + 1,
                    piece.embedded,
                    piece.sender,
                    digest=kind == "multipart/digest",
                )
                for number, (start, end) in enumerate(spans, start=1)
            ]
        self.found.extend(children)
        return bool(children)

    def _outside(self, raw: bytes, start: int, end: int) -> None:
        """Keep words that stand outside of all parts, but for the notice to programs that know no MIME."""
        words = raw[start : min(end, start + MAX_OUTSIDE)].strip(b"\r\n\t -") if end > start else b""
        if words and len(self.outside) < MAX_DEPTH and not _is_notice(words):
            self.outside.append(decode_text(words)[0])

    def _message(self, piece: _Piece, headers: HeaderBlock, encoding: str) -> bool:
        if not self._deeper(piece):
            return False
        raw, start, end = piece.raw, headers.body_at, piece.end
        if encoding in ("base64", "quoted-printable"):  # forbidden by RFC 2046 §5.2.1, and sent
            raw = self._decoded(raw[start:end], encoding)
            start, end = 0, len(raw)
        path = f"{piece.path}.1" if piece.path else "1"
        sender = decode_words(read_headers(raw, start, end).first("from"))[:1000]
        self.found.append(_Piece(raw, start, end, path, piece.depth + 1, embedded=True, sender=sender))
        return True

    def _leaf(
        self,
        piece: _Piece,
        headers: HeaderBlock,
        said: tuple[str, str],
        found: dict[str, list[str]],
        *,
        doubtful: bool,
    ) -> None:
        disposition = headers.first("content-disposition")
        placed, _ = parameters(disposition) if ";" in disposition else ({}, True)
        name = next((value for key in ("filename", "name") for value in placed.get(key, [])), "")
        kind, encoding = said
        leaf = Leaf(
            path=piece.path or "1",
            content_type=kind,
            parameters=found,
            disposition=_token(disposition),
            name=(name or next(iter(found.get("name", [])), ""))[:1000],
            content_id=headers.first("content-id").strip("<> \t")[:1000],
            location=decode_words(headers.first("content-location"))[:4000],
            content=self._decoded(piece.raw[headers.body_at : piece.end], encoding),
            embedded=piece.embedded,
            sender=piece.sender,
            doubtful=doubtful,
        )
        self.leaves.append(leaf)

    def _decoded(self, content: bytes, encoding: str) -> bytes:
        match encoding:
            case "base64":
                content, well_formed = decode_base64(content)
                if not well_formed:
                    self._defect("bad-base64")
            case "quoted-printable":
                content = binascii.a2b_qp(content)
            case "" | "7bit" | "8bit" | "binary":
                pass
            case _:
                self._defect("unknown-transfer-encoding")
        return content


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _token(value: str) -> str:
    return value.split(";", 1)[0].split("(", 1)[0].strip().strip('"').lower()


def _is_notice(words: bytes) -> bool:
    low = words.lower()
    return len(words) < 300 and (b"mime" in low or b"multi-part" in low) and b"http" not in low


def _between(raw: bytes, start: int, end: int, boundary: bytes) -> tuple[list[tuple[int, int]], bool, int]:
    """The ranges between the delimiter lines of `boundary`, whether the closing one was there, its end."""
    spans: list[tuple[int, int]] = []
    opened = -1
    for line_at, after, closing in _delimiters(raw, start, end, boundary):
        if opened >= 0:
            spans.append((opened, max(opened, line_at)))
        if closing:
            return spans, True, after
        opened = after
        if len(spans) > MAX_PARTS:
            return spans, True, end  # the splitter stops at this many and says so
    if opened >= 0:
        spans.append((opened, end))
    return spans, False, end


def _delimiters(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line: where the part before it ends, where the next begins, whether it closes."""
    mark = b"--" + boundary
    at = raw.find(mark, start, end)
    while at >= 0:
        after = at + len(mark)
        line_at = at == start or raw[at - 1] == 0x0A
        line_end = raw.find(b"\n", after, min(end, after + _MAX_TAIL)) if line_at else -1
        rest = raw[after : line_end if line_end >= 0 else min(end, after + _MAX_TAIL)].rstrip(b" \t\r")
        if line_at and rest in (b"", b"--"):
            before = at - 1 if at > start else at  # the line break belongs to the delimiter (RFC 2046 §5.1.1)
            if before > start and raw[before - 1] == 0x0D:
                before -= 1
            after = end if line_end < 0 else line_end + 1
            yield max(before, start), after, rest == b"--"
        at = raw.find(mark, after, end)
