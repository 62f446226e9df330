"""Reads a header block: fields, encoded words (RFC 2047), parameters (RFC 2231); bounded and linear."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from gatepost_policies.mime.charsets import decode_text
from gatepost_policies.model import Header

MAX_HEADERS: Final = 10_000
MAX_HEADER_BYTES: Final = 102_400  # of one field; Postfix keeps as much
MAX_BLOCK_BYTES: Final = 2_097_152  # of one header block
MAX_PARAMETERS: Final = 100
MAX_PARAMETER_BYTES: Final = 16_384  # of a value that is parsed for parameters

_FIELD: Final = re.compile(rb"([!-9;-~]++)[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)\n?")
_FOLD: Final = re.compile(r"\r?\n(?=[ \t])")
_ENCODED_WORD: Final = re.compile(r"=\?([^?\s*]{1,60}+)(?:\*[^?\s]{0,20}+)?\?([bBqQ])\?([^?]*+)\?=")
_PARAMETER: Final = re.compile(
    r""";\s*+([^\s=;*"]++)(?:\*(\d{1,3}+))?(\*)?\s*+=\s*+("(?:[^"\\]++|\\.)*+"?|[^\s;]*+)""", re.DOTALL
)
_TOKEN_PAIR: Final = re.compile(r"\s*+([A-Za-z0-9!#$&^_.+-]++)\s*+/\s*+([A-Za-z0-9!#$&^_.+-]++)")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields of one header block, raw and in order, and where the body begins."""

    fields: tuple[tuple[str, str], ...]  # name as written, value unfolded but not decoded
    body_at: int
    defects: tuple[str, ...] = ()

    def values(self, name: str) -> list[str]:
        """All values of the field `name` (given in lower case)."""
        return [value for key, value in self.fields if key.lower() == name]

    def first(self, name: str) -> str:
        """The first value of `name`, or ""."""
        return next((value for key, value in self.fields if key.lower() == name), "")

    def decoded(self) -> tuple[Header, ...]:
        """The fields with their encoded words decoded."""
        return tuple(Header(name, decode_words(value)) for name, value in self.fields)


def read_headers(raw: bytes, start: int = 0, end: int | None = None) -> HeaderBlock:
    """The header block that begins at `start` of `raw`.

    A line that is no field ends the block, as a blank line does; the defect "missing-blank-line" says so.
    """
    end = len(raw) if end is None else end
    position = start
    if raw.startswith(b"From ", position, end):  # the separator line of an mbox
        position = _after_line(raw, position, end)
    fields: list[tuple[str, str]] = []
    limit = min(end, position + MAX_BLOCK_BYTES)
    too_long = False
    while position < limit and len(fields) < MAX_HEADERS:
        match = _FIELD.match(raw, position, end)
        if match is None:
            return _ended(raw, (position, end), fields, too_long=too_long)
        position = match.end()
        value = match[2]
        if len(value) > MAX_HEADER_BYTES:
            too_long, value = True, value[:MAX_HEADER_BYTES]
        fields.append((match[1].decode("ascii"), _unfold(value)))
    if position >= end:
        return HeaderBlock(tuple(fields), end, ("headers-too-long",) if too_long else ())
    return HeaderBlock(tuple(fields), _body_start(raw, position, end), ("headers-too-long",))


def _ended(
    raw: bytes, place: tuple[int, int], fields: list[tuple[str, str]], *, too_long: bool
) -> HeaderBlock:
    position, end = place
    defects = ["headers-too-long"] if too_long else []
    if raw.startswith(b"\r\n", position, end):
        position += 2
    elif raw.startswith(b"\n", position, end):
        position += 1
    else:
        defects.append("missing-blank-line")
    return HeaderBlock(tuple(fields), position, tuple(defects))


def _body_start(raw: bytes, position: int, end: int) -> int:
    """Where the body begins when the block was too long to be read to its end."""
    places = [
        at + len(mark) for mark in (b"\n\r\n", b"\n\n") if (at := raw.find(mark, position - 1, end)) >= 0
    ]
    return min(places, default=end)


def _after_line(raw: bytes, position: int, end: int) -> int:
    at = raw.find(b"\n", position, end)
    return end if at < 0 else at + 1


def _unfold(value: bytes) -> str:
    text = value.decode("ascii") if value.isascii() else decode_text(value)[0]
    if "\n" in text:  # folds; and line feeds that only decoding made, as of UTF-16
        text = _FOLD.sub("", text).replace("\n", " ")
    return _CONTROLS.sub("", text).strip()


def decode_words(value: str) -> str:
    """`value` with its RFC 2047 encoded words decoded; what is none of them stays as written.

    Neighbouring words of one charset are joined as bytes first: senders cut characters in two (RFC 2047 §5
    forbids it, mail has it).
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending: list[bytes] = []
    charset = ""
    position = 0

    def flush() -> None:
        if pending:
            out.append(_CONTROLS.sub("", decode_text(b"".join(pending), charset)[0]))
            pending.clear()

    for match in _ENCODED_WORD.finditer(value):
        between = value[position : match.start()]
        if between.strip() or not pending or match[1].lower() != charset:
            flush()
            if between.strip() or position == 0:
                out.append(between)
        charset = match[1].lower()
        pending.append(_word_bytes(match[2], match[3]))
        position = match.end()
    flush()
    out.append(value[position:])
    return "".join(out).replace("\n", " ").replace("\r", "")


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    if encoding in "bB":
        return decode_base64(raw)[0]
    try:
        return binascii.a2b_qp(raw, header=True)
    except (binascii.Error, ValueError):
        return raw


def decode_base64(content: bytes) -> tuple[bytes, bool]:
    """The bytes that base64 `content` stands for, and whether it was well-formed.

    Text after the padding is decoded too: some receivers stop there, some go on, and both are to be judged.
    """
    packed = content.translate(None, b" \t\r\n")
    body = packed.rstrip(b"=")
    if b"=" not in body:
        return _decode_run(body, len(packed))
    runs = [_decode_run(run, 0)[0] for run in body.split(b"=")[:1000] if run]
    return b"".join(runs), False


def _decode_run(run: bytes, packed_length: int) -> tuple[bytes, bool]:
    whole = packed_length % 4 == 0
    try:
        return binascii.a2b_base64(run + b"=" * (-len(run) % 4), strict_mode=True), whole
    except binascii.Error:
        pass
    kept = run.translate(None, _NOT_BASE64)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)), False


_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64: Final = bytes(octet for octet in range(256) if octet not in _ALPHABET)


def media_type(value: str) -> str:
    """The type/subtype that a Content-Type value names, in lower case; "" when it names none."""
    match = _TOKEN_PAIR.match(value)
    return f"{match[1]}/{match[2]}".lower() if match else ""


def parameters(value: str) -> tuple[dict[str, list[str]], bool]:
    """The parameters of a Content-Type or Content-Disposition value, and whether all were read.

    Names in lower case; RFC 2231 continuations joined and percent-decoded; a repeated name keeps each value.
    """
    whole = len(value) <= MAX_PARAMETER_BYTES
    plain: dict[str, list[str]] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value[:MAX_PARAMETER_BYTES])):
        if count >= MAX_PARAMETERS:
            whole = False
            break
        name, section, extended, text = match[1].lower(), match[2], bool(match[3]), _unquote(match[4])
        if section is None and not extended:
            plain.setdefault(name, []).append(decode_words(text))
        else:
            pieces.setdefault(name, []).append((int(section or 0), extended, text))
    for name, found in pieces.items():
        plain.setdefault(name, []).insert(0, _join_pieces(sorted(found, key=lambda piece: piece[0])))
    return plain, whole


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text
    inner = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    return re.sub(r"\\(.)", r"\1", inner) if "\\" in inner else inner


def _join_pieces(found: list[tuple[int, bool, str]]) -> str:
    charset, out = "", []
    for order, (_, extended, text) in enumerate(found):
        piece = text
        if extended and order == 0 and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        out.append(unquote_to_bytes(piece) if extended else piece.encode("utf-8", "surrogatepass"))
    return decode_text(b"".join(out), charset)[0]
