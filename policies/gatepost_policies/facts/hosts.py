"""Host names in one canonical form, and which of them are domains that exist under a public suffix."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import unquote

from publicsuffixlist import PublicSuffixList

_EXAMPLE: Final = ".example"
MAX_HOST: Final = 253  # RFC 1035
_DOTS: Final = re.compile("[\u3002\uff0e\uff61\u2024]")
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{0,30}):")
_AUTHORITY: Final = re.compile(r"[\\/]{0,8}([^/\\?#]*)")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"0x[0-9a-f]*|\d+")
_BLANKS: Final = re.compile(r"[\x00-\x20]+")
_WEB: Final = frozenset({"http", "https", "ftp", "ws", "wss", "hxxp", "hxxps", "ftps"})


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of an address that judging needs; `host` is canonical or ""."""

    scheme: str  # lower case; "" for a relative address
    userinfo: str
    host: str
    port: int | None
    rest: str  # path, query and fragment as written


@lru_cache(maxsize=4096)
def parse_url(url: str) -> Url:
    """The parts of `url` as a browser would read it (WHATWG URL, special schemes). Never raises."""
    text = _BLANKS.sub("", url) if _BLANKS.search(url) else url
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else ""
    if match and scheme not in _WEB and not text.startswith("//", match.end()):
        # `shop.example:8080/x` has no scheme: what looks like one is its host.
        if "." in scheme and text[match.end() : match.end() + 1].isdigit():
            return _with_authority("", text)
        return Url(scheme, "", "", None, text[match.end() :])
    after = text[match.end() :] if match else text
    if not match and not after.startswith(("//", "\\\\", "/\\", "\\/")):
        return Url("", "", "", None, text)
    return _with_authority({"hxxp": "http", "hxxps": "https"}.get(scheme, scheme), after)


def _with_authority(scheme: str, after: str) -> Url:
    match = _AUTHORITY.match(after)
    authority = match[1] if match else ""
    userinfo, _, place = authority.rpartition("@")
    host, colon, port = place.rpartition(":")
    if not colon or "]" in port:
        host, port = place, ""
    number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else None
    rest = after[match.end() :] if match else ""
    return Url(scheme, userinfo, canonical_host(host), number, rest)


@lru_cache(maxsize=4096)
def canonical_host(host: str) -> str:
    """`host` in lower case, percent-decoded, IDNA A-labels, no trailing dot, IP literals as dotted numbers.

    "" when it can't be a host. Applying it twice changes nothing.
    """
    if "%" in host:
        host = unquote(host)
    if not host.isascii():
        host = _DOTS.sub(".", unicodedata.normalize("NFKC", host)).replace("\u00ad", "")
    host = host.strip().strip("[]").rstrip(".").lower()
    if not host or len(host) > 4 * MAX_HOST:
        return ""
    if ":" in host:
        return _ipv6(host)
    address = _ipv4(host) if host[-1].isdigit() or "0x" in host else None
    return address or _name(host)


def _name(host: str) -> str:
    host = host if host.isascii() else _ascii(host)
    if len(host) > MAX_HOST or any(_LABEL.fullmatch(label) is None for label in host.split(".")):
        return ""
    return host


def _ipv6(host: str) -> str:
    try:
        return str(IPv6Address(host.split("%", 1)[0]))
    except (AddressValueError, ValueError):
        return ""


def _ipv4(host: str) -> str | None:
    """The dotted form of any way to write an IPv4 address: decimal, hex, octal, one to four numbers."""
    parts = host.split(".")
    if len(parts) > 4 or any(_NUMBER.fullmatch(part) is None or len(part) > 20 for part in parts):
        return None
    numbers = [_number(part) for part in parts]
    if any(number is None for number in numbers):
        return None
    *heads, last = [number or 0 for number in numbers]
    if any(head > 255 for head in heads) or last >= 256 ** (4 - len(heads)):
        return None
    total = last + sum(head << (8 * (3 - at)) for at, head in enumerate(heads))
    return str(IPv4Address(total))


def _number(part: str) -> int | None:
    try:
        if part.startswith("0x"):
            return int(part[2:] or "0", 16)
        return int(part, 8) if len(part) > 1 and part[0] == "0" else int(part)
    except ValueError:
        return None


def _ascii(host: str) -> str:
    import idna  # only a mail with such a host pays the import

    try:
        return idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except (idna.IDNAError, UnicodeError, IndexError):
        pass
    out = []
    for label in host.split("."):  # not registrable, but a browser may still go there
        try:
            out.append(label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii"))
        except UnicodeError:
            return ""
    return ".".join(out)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=8192)
def registrable(host: str) -> str:
    """The registrable domain of a canonical host, or "" when its suffix is no public one.

    `.example` (RFC 2606) counts as a suffix: it can't be registered, and stands for domains that can.
    """
    if host.endswith(_EXAMPLE):
        return ".".join(host.split(".")[-2:])
    return _suffixes().privatesuffix(host) or ""


@lru_cache(maxsize=8192)
def suffix(host: str) -> str:
    """The public suffix of a canonical host, or ""."""
    return _suffixes().publicsuffix(host) or ""
