"""Files of a mail that are texts or mails themselves: read here, whatever they are called or said to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gatepost_policies.facts.addresses import addresses_in, buyers
from gatepost_policies.mime import Leaf, sniff, split, unwrap

MAX_WITHIN: Final = 3  # mails and winmail.dat within each other
MAIL, WINMAIL, SVG = "message/rfc822", "application/ms-tnef", "image/svg+xml"
MAILS: Final = frozenset({"message/rfc822", "message/global", "message/news"})
WRAPPED: Final = frozenset({MAIL, WINMAIL})
PAGES: Final = frozenset({"text/html", SVG})
_TEXTS: Final = frozenset(
    {
        "application/octet-stream", "application/csv", "application/json", "application/xml",
        "application/x-yaml", "application/vnd.ms-excel", "application/ics",
    }
)  # fmt: skip
_LOOKED_AT: Final = 8_192  # bytes
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))


def text_kind(content: bytes, declared: str) -> str:
    """What kind of text `content` is: a media type, "text/plain" for any other, "" for what is none."""
    detected = sniff(content)
    if not detected and declared in MAILS:
        return MAIL
    if detected in WRAPPED or detected in PAGES or detected.startswith("text/"):
        return detected
    if detected not in ("", "application/xml"):
        return ""
    is_said = declared.startswith("text/") or declared in _TEXTS
    return "text/plain" if is_said and is_text(content) else ""


def is_text(content: bytes) -> bool:
    """Whether bytes of no known kind are text: no control characters, unless it is marked as UTF-16."""
    head = content[:_LOOKED_AT]
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return bool(head) and (is_wide or len(head.translate(None, _CONTROLS)) == len(head))


def text_bytes(raw: bytes) -> int:
    """How much of a mail is text to be judged, rather than files to be looked at."""
    return sum(
        len(leaf.content)
        for leaf in split(raw).leaves
        if leaf.content_type.startswith("text/") or text_kind(leaf.content, leaf.content_type)
    )


def is_of_buyer(leaf: Leaf) -> bool:
    """Whether a part of a mail within the mail holds a buyer's words."""
    return leaf.embedded and bool(buyers(addresses_in([leaf.sender])))


def unpacked(leaf: Leaf, kind: str) -> tuple[Iterator[Leaf], tuple[str, ...]]:
    """The parts of a mail or of a winmail.dat that came as a file, and what was wrong with it."""
    if kind == MAIL:
        message = split(leaf.content)
        sender = next(
            (header.value for header in message.headers.decoded() if header.name.lower() == "from"), ""
        )
        return (_within(leaf, part, sender) for part in message.leaves), message.defects
    found, whole = unwrap(leaf.content)
    parts = (
        Leaf(
            path=f"{leaf.path}.{number}",
            content_type=each.content_type or "application/octet-stream",
            parameters={"charset": [each.charset]} if each.charset else {},
            disposition="attachment" if each.name else "",
            name=each.name[:1000],
            content_id="",
            location="",
            content=each.content,
            embedded=leaf.embedded,
            sender=leaf.sender,
        )
        for number, each in enumerate(found, start=1)
    )
    return parts, () if whole else (f"unread-file:{leaf.name or 'winmail.dat'}: it is broken",)


def _within(leaf: Leaf, part: Leaf, sender: str) -> Leaf:
    sender = part.sender if part.embedded else sender
    return replace(part, path=f"{leaf.path}.{part.path}", embedded=True, sender=sender)
