"""What forwarders vouch for: the Authenticated Received Chain of a mail (RFC 8617).

A forwarder may change a mail, and the sender's signature then fits no more. It says in the chain what it
saw before. That is worth as much as the forwarder: only those on the operator's list are heard, and only
as far as nobody else had the mail after them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from gatepost.inbound.lookups import Lookup, Unanswered
from gatepost.inbound.signatures import LEAST_KEY_BITS, LOOKUP_SECONDS, asking

MOST_INSTANCES: Final = 10
"""Links of a chain that is checked; a longer one is not believed (RFC 8617 allows 50)."""
MOST_FIELD: Final = 10_000  # octets of one line of the chain
_INSTANCE: Final = re.compile(rb"\A\s*i\s*=\s*([0-9]{1,3})\s*;")
_DEEPEST_COMMENT: Final = 5
_COMMENT: Final = re.compile(r"\((?:[^()\\]|\\.)*\)")
_METHOD: Final = re.compile(r"\s*([a-z0-9-]+)(?:/[0-9]+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY: Final = re.compile(
    r"\b(header|smtp|policy|body)\.([a-z0-9-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;]+))", re.IGNORECASE
)
_CHAIN: Final = (b"arc-seal", b"arc-message-signature", b"arc-authentication-results")


class State(Enum):
    """What is known of a chain."""

    NONE = "none"
    PASS = "pass"  # noqa: S105 - a word of RFC 8601
    FAIL = "fail"
    UNTRUSTED = "untrusted"  # the last link is nobody's on the list: not even looked at
    UNANSWERED = "unanswered"  # the DNS did not answer


@dataclass(frozen=True, slots=True)
class Result:
    """One result that a forwarder wrote down (RFC 8601): `dkim=pass header.d=amazon.com`."""

    method: str
    value: str
    properties: Mapping[str, str] = field(default_factory=dict)  # "header.d" -> "amazon.com", lower case


@dataclass(frozen=True, slots=True)
class Chain:
    """A mail's chain: its sealers, the last first, and what those say that can be believed."""

    state: State = State.NONE
    sealers: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    covers: frozenset[str] = frozenset()  # header fields that the last link signs, lower case


NO_CHAIN: Final = Chain()


def chain_of(raw: bytes, lookup: Lookup, sealers: Collection[str]) -> Chain:
    """The chain of a mail, believed as far as its last links are sealed by `sealers`. Never raises."""
    try:
        headers, _ = dkim.rfc822_parse(raw)
        links = _seals(headers)
        if not links:
            return NO_CHAIN
        domains = tuple(links[number] for number in sorted(links, reverse=True))
        if domains[0] not in sealers or max(links) != len(links) or len(links) > MOST_INSTANCES:
            return Chain(State.UNTRUSTED, domains)
        return _checked(raw, lookup, domains, sealers)
    except Unanswered:
        return Chain(State.UNANSWERED)
    except Exception:  # dkimpy raises whatever a hostile header makes it raise: such a chain proves nothing
        return Chain(State.FAIL)


def _seals(headers: list[tuple[bytes, bytes]]) -> dict[int, str]:
    """Who sealed, by the number of the link. Raises ValueError for a chain that nobody can read."""
    found: dict[int, str] = {}
    for name, value in headers:
        if name.lower() not in _CHAIN:
            continue
        if len(value) > MOST_FIELD or len(found) > MOST_INSTANCES:
            raise ValueError("an endless chain")
        if name.lower() != b"arc-seal":
            continue
        place = _INSTANCE.match(value)
        domain = parse_tag_value(value).get(b"d", b"").decode("ascii", "replace").lower()
        if place is None or int(place[1]) in found:
            raise ValueError("a seal without its place")
        found[int(place[1])] = domain
    return found


def _checked(raw: bytes, lookup: Lookup, domains: tuple[str, ...], sealers: Collection[str]) -> Chain:
    chain = dkim.ARC(raw, minkey=LEAST_KEY_BITS, timeout=LOOKUP_SECONDS)
    status, found, _ = chain.verify(dnsfunc=asking(lookup))
    if status != dkim.CV_Pass or not all(one["as-valid"] for one in found):
        return Chain(State.FAIL, domains)
    covers = _covered(chain.headers, found[0])
    believed = []
    for one in found:  # the last first
        if not _is_sealed_by(one, sealers):
            break
        believed.append(one["aar-value"].decode("utf-8", "replace"))
    results = tuple(result for text in believed for result in results_in(text))
    return Chain(State.PASS, domains, results, covers)


def _is_sealed_by(one: Mapping[str, Any], sealers: Collection[str]) -> bool:
    signed, sealed = (one[key].decode("ascii", "replace").lower() for key in ("ams-domain", "as-domain"))
    return sealed in sealers and signed in sealers


def _covered(headers: list[tuple[bytes, bytes]], last: Mapping[str, Any]) -> frozenset[str]:
    """What the last link's signature covers. Raises ValueError where that is a part of the body only."""
    for name, value in headers:
        place = _INSTANCE.match(value)
        if name.lower() == b"arc-message-signature" and place and int(place[1]) == last["instance"]:
            try:
                tags = parse_tag_value(value)
            except InvalidTagValueList as error:
                raise ValueError("a signature that nobody can read") from error
            if b"l" in tags:
                raise ValueError("it covers a part of the mail only")
            return frozenset(one.strip().lower() for one in tags[b"h"].decode("ascii", "replace").split(":"))
    return frozenset()


def results_in(text: str) -> tuple[Result, ...]:
    """The results in an ARC-Authentication-Results field, read leniently; what is none is left out."""
    return tuple(_results(text[:MOST_FIELD]))


def _results(text: str) -> Iterator[Result]:
    for _ in range(_DEEPEST_COMMENT):  # comments nest: the inner ones first
        text = _COMMENT.sub(" ", text)
    for part in text.split(";"):
        said = _METHOD.match(part)
        if said is None or said[1].lower() == "i":
            continue
        properties = {
            f"{found[1]}.{found[2]}".lower(): (found[3] or found[4] or "").lower()
            for found in _PROPERTY.finditer(part, said.end())
        }
        yield Result(said[1].lower(), said[2].lower(), properties)
