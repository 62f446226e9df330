"""The grammar of MAIL and RCPT, on the raw text (RFC 5321 §4.1.2, RFC 3461, RFC 6531).

What is accepted is kept letter for letter: the address that is judged is the one that is relayed. The
patterns are linear, and a command line is bounded before it gets here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from gatepost.model import Recipient
from gatepost.smtp import replies
from gatepost.smtp.replies import Refusal, Reply

ADDRESS_OCTETS = 254  # RFC 5321 §4.5.3.1.3: 256 with the angle brackets

_BEYOND = "\u0080-\U0010ffff"
_ATOM = f"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_BEYOND}-]+"
_QUOTED = f'"(?:[ !#-\\[\\]-~{_BEYOND}]|\\\\[ -~])+"'
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*|{_QUOTED}")
_LABEL = f"[A-Za-z0-9_{_BEYOND}](?:[A-Za-z0-9_{_BEYOND}-]{{0,62}}(?<!-))?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LITERAL = re.compile(r"\[([0-9A-Za-z:.]+)\]")
_KEYWORD = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^= \x00-\x1f\x7f]+))?")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+")  # RFC 3461 §4
_UTF8_XTEXT = re.compile(rf"(?:[!-*,-<>-~{_BEYOND}]|\+[0-9A-F]{{2}})+")  # RFC 6533 §3, near enough
_ADDRESS_TYPE = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Sender:
    """One MAIL FROM: the address ("" is the null sender) and its parameters."""

    address: str
    size_bytes: int = 0  # as declared; 0 when not said
    smtputf8: bool = False
    body: str = ""
    ret: str = ""
    envid: str = ""


@dataclass(frozen=True, slots=True)
class _Troubles:
    """What to say of a bad path, by command."""

    syntax: Reply
    address: Reply
    no_domain: Reply


_OF_MAIL = _Troubles(replies.MAIL_SYNTAX, replies.BAD_SENDER, replies.SENDER_NEEDS_DOMAIN)
_OF_RCPT = _Troubles(replies.RCPT_SYNTAX, replies.BAD_RECIPIENT, replies.RECIPIENT_NEEDS_DOMAIN)


def parse_mail(argument: str, *, extended: bool = True) -> Sender:
    """Read what follows `MAIL `. Raises Refusal; `extended` says whether EHLO was sent."""
    address, rest = _path(argument, "FROM:", _OF_MAIL)
    given = _parameters(rest, _MAIL_PARAMETERS, extended)
    smtputf8 = "SMTPUTF8" in given
    if not address.isascii() and not smtputf8:
        raise Refusal(replies.NEEDS_SMTPUTF8)
    return Sender(
        address,
        size_bytes=int(given.get("SIZE") or 0),
        smtputf8=smtputf8,
        body=given.get("BODY", "").upper(),
        ret=given.get("RET", "").upper(),
        envid=given.get("ENVID", ""),
    )


def parse_rcpt(argument: str, *, smtputf8: bool, extended: bool = True) -> Recipient:
    """Read what follows `RCPT `. Raises Refusal; `smtputf8` says whether MAIL asked for it."""
    address, rest = _path(argument, "TO:", _OF_RCPT)
    if not address:
        raise Refusal(replies.BAD_RECIPIENT)
    given = _parameters(rest, _RCPT_PARAMETERS, extended)
    orcpt = given.get("ORCPT", "")
    if not (address.isascii() and orcpt.isascii()) and not smtputf8:
        raise Refusal(replies.NEEDS_SMTPUTF8)
    return Recipient(address, notify=given.get("NOTIFY", "").upper(), orcpt=orcpt)


def same_mailbox(address: str) -> str:
    """A key by which two spellings of one mailbox compare equal: domains know no letter case."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def _path(argument: str, keyword: str, troubles: _Troubles) -> tuple[str, str]:
    """The address between the angle brackets, and what follows them."""
    text = argument[len(keyword) :].lstrip(" ")  # a space behind the colon is common, if not allowed
    if argument[: len(keyword)].upper() != keyword or not text.startswith("<"):
        raise Refusal(troubles.syntax)
    close = 1 if text.startswith("<>") else _domain_end(text, _local_end(text, troubles), troubles)
    address = text[1:close]
    if len(address.encode()) > ADDRESS_OCTETS:
        raise Refusal(replies.ADDRESS_TOO_LONG)
    if not address.isprintable():
        raise Refusal(troubles.address)
    rest = text[close + 1 :]
    if rest and not rest.startswith(" "):
        raise Refusal(troubles.syntax)
    return address, rest


def _local_end(text: str, troubles: _Troubles) -> int:
    """Where the domain begins, behind the local part and its `@`."""
    if text.startswith("<@"):
        raise Refusal(replies.NO_SOURCE_ROUTES)
    local = _LOCAL.match(text, 1)
    if local is None:
        raise Refusal(troubles.address)
    match text[local.end() : local.end() + 1]:
        case "@":
            return local.end() + 1
        case ">":
            raise Refusal(troubles.no_domain)
        case _:
            raise Refusal(troubles.address)


def _domain_end(text: str, start: int, troubles: _Troubles) -> int:
    """Where the closing bracket stands behind the domain that begins at `start`."""
    found = _LITERAL.match(text, start)
    if found is not None and not _is_literal(found[1]):
        raise Refusal(troubles.address)
    found = found or _DOMAIN.match(text, start)
    if found is None or text[found.end() : found.end() + 1] != ">":
        raise Refusal(troubles.address)
    return found.end()


def _is_literal(text: str) -> bool:
    """Whether `text` is an address literal without its square brackets (RFC 5321 §4.1.3)."""
    try:
        if text[:5].upper() == "IPV6:":
            return isinstance(ip_address(text[5:]), IPv6Address)
        return ip_address(text).version == 4
    except ValueError:
        return False


Check = Callable[[str | None], bool]


def _parameters(text: str, known: dict[str, Check], extended: bool) -> dict[str, str]:
    """The parameters by upper-case keyword, values as written; flags have the value ""."""
    given: dict[str, str] = {}
    for word in text.split():
        found = _KEYWORD.fullmatch(word)
        if found is None:
            raise Refusal(replies.BAD_PARAMETER)
        keyword, value = found[1].upper(), found[2]
        if keyword not in known or not extended:
            raise Refusal(replies.UNKNOWN_PARAMETER)
        if keyword in given or not known[keyword](value):
            raise Refusal(replies.BAD_PARAMETER)
        given[keyword] = value or ""
    return given


def _one_of(*values: str) -> Check:
    return lambda value: value is not None and value.upper() in values


def _xtext(most: int) -> Check:
    return lambda value: value is not None and len(value) <= most and _XTEXT.fullmatch(value) is not None


def _is_size(value: str | None) -> bool:
    """RFC 1870 §3: at most 20 digits."""
    return value is not None and len(value) <= 20 and value.isascii() and value.isdigit()


def _is_notify(value: str | None) -> bool:
    """RFC 3461 §4.1: NEVER alone, or a list without repetition."""
    words = (value or "").upper().split(",")
    return words == ["NEVER"] or (
        len(set(words)) == len(words) and set(words) <= {"SUCCESS", "FAILURE", "DELAY"}
    )


def _is_orcpt(value: str | None) -> bool:
    """RFC 3461 §4.2: `addr-type;xtext`, at most 500 octets."""
    kind, semicolon, address = (value or "").partition(";")
    if not semicolon or len((value or "").encode()) > 500 or not _ADDRESS_TYPE.fullmatch(kind):
        return False
    return (_UTF8_XTEXT if kind.lower() == "utf-8" else _XTEXT).fullmatch(address) is not None


_MAIL_PARAMETERS: dict[str, Check] = {
    "SIZE": _is_size,
    "BODY": _one_of("7BIT", "8BITMIME"),
    "SMTPUTF8": lambda value: value is None,
    "RET": _one_of("FULL", "HDRS"),
    "ENVID": _xtext(100),
    "AUTH": _xtext(512),  # RFC 4954 §5: who wrote it, by the client's word; accepted and dropped
}
_RCPT_PARAMETERS: dict[str, Check] = {"NOTIFY": _is_notify, "ORCPT": _is_orcpt}
