"""What a link leads to: a carrier's tracking page, Amazon, the operator's own list, or none of these.

A carrier's page is allowed for what it shows, not for its host alone: its address must look like a
tracking page or carry this parcel's number, and must not pass the reader on to another address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from gatepost_policies.checks.case import Case
from gatepost_policies.facts.hosts import Url, parse_url
from gatepost_policies.model import Link, LinkKind, Section
from gatepost_policies.yamlfile import parse

_FILE = Path(__file__).parents[1] / "data" / "tracking_pages.yaml"
_NUMBER = re.compile(r"[0-9A-Za-z]{8,40}")
_ORDER_ID = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
_PASSES_ON = re.compile(r"[=/#](?:https?:|//|www\.)", re.IGNORECASE)
_AMAZON = re.compile(
    r"(?:[a-z0-9-]+\.)*amazon\.(?:com|ca|com\.mx|com\.br|co\.uk|de|fr|it|es|nl|se|pl|com\.be|ie|com\.tr|ae|sa|eg"
    r"|in|co\.jp|com\.au|sg|co\.za)\Z"
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?![0-9]{2,5}(?:/|$))")
_DEFAULT_PORTS = {"http": 80, "https": 443}


NEEDLESS_AMAZON_PAGE = "an Amazon page that fulfilling the order does not need"


@dataclass(frozen=True, slots=True)
class Site:
    """The judgement on one link, with the reason."""

    link: Link
    allowed: bool
    why: str


def assess(case: Case) -> tuple[Site, ...]:
    """Every link of the mail with its judgement, in reading order; worked out once a case."""
    return case.once("sites", lambda case: tuple(_site(link, case) for link in case.mail.links))


def is_amazon(host: str) -> bool:
    """Whether the canonical `host` belongs to one of Amazon's stores."""
    return _AMAZON.match(host) is not None


def carrier_of(host: str) -> str:
    """The carrier that the canonical `host` belongs to; "" when it is none's."""
    domains = _domains()
    labels = host.split(".")
    for index in range(len(labels) - 1):
        carrier = domains.get(".".join(labels[index:]))
        if carrier:
            return carrier
    return ""


def _site(link: Link, case: Case) -> Site:
    exempt = _not_a_site(link, case)
    if exempt:
        return Site(link, True, exempt)
    fault = _unsafe(link)
    if fault:
        return Site(link, False, fault)
    if _is_listed(link.host, case.settings.allowed_hosts):
        return Site(link, True, "on the operator's list")
    carrier = carrier_of(link.host)
    if (carrier or is_amazon(link.host)) and _is_name(link):
        return Site(link, True, "a name, not an address")
    if carrier:
        fault = _carrier_fault(link, case)
        return Site(link, not fault, fault or "carrier tracking")
    if is_amazon(link.host):
        fault = _amazon_fault(link, case)
        return Site(link, not fault, fault or "Amazon page for this order")
    return Site(link, False, "not needed to fulfil the order")


def _not_a_site(link: Link, case: Case) -> str:
    if link.kind in (LinkKind.REMOTE, LinkKind.CSS, LinkKind.BASE):
        return "loaded to show the mail, not a link to follow"
    if link.kind is LinkKind.HEADER:
        return "in a header, not shown to the reader"
    if not link.host:
        return "not a website"
    if link.span is not None and case.section(link.span) is Section.QUOTED:
        return "in quoted history"
    return ""


def _unsafe(link: Link) -> str:
    """Why no list can allow this link: its address is made to mislead."""
    parts = parts_of(link.url)
    if parts.userinfo:
        return "the address hides where it leads (user name before the host)"
    if parts.port is not None and parts.port != _DEFAULT_PORTS.get(parts.scheme, 443):
        return "the address names an unusual port"
    return ""


def parts_of(url: str) -> Url:
    """The parts of an address as the mail carries it; one without a scheme begins with its host."""
    return parse_url(url if _SCHEME.match(url) else f"//{url.lstrip('/')}")


def _is_name(link: Link) -> bool:
    """Whether a host stands bare in the text as a name does: "your Amazon.com order"."""
    if link.kind is not LinkKind.BARE or link.url.lower().startswith("www."):
        return False
    parts = parts_of(link.url)
    return not parts.scheme and not parts.rest.strip("/?#")


def _is_listed(host: str, listed: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[index:]) in listed for index in range(len(labels)))


def _carrier_fault(link: Link, case: Case) -> str:
    parts = parts_of(link.url)
    if parts.scheme == "http" and not case.settings.values.get("carrier_http", True):
        return "not secure: the edition asks for https"
    where = unquote(parts.rest)
    if _PASSES_ON.search(where):
        return "the carrier's page would pass the reader on to another address"
    numbers = _numbers_in_text(case)
    spelled = _squeeze(where)
    tokens = _tokens(where)
    if any(number in spelled or any(token in number for token in tokens) for number in numbers):
        return ""
    if numbers and tokens:
        return "the link is for another parcel than the number in the mail"
    if numbers and not where.strip("/?#"):
        return ""  # the carrier's home page, to enter the number that the mail gives
    if tokens:
        return ""  # the only number there is: the parcel's, whatever the carrier calls the page
    address = f"{parts.host}{where}".lower()
    return "" if any(word in address for word in _words()) else "not a tracking page of the carrier"


def _numbers_in_text(case: Case) -> frozenset[str]:
    """The tracking numbers that the mail gives outside of addresses, letters and digits only."""
    return case.once("tracking numbers", _find_numbers)


def _find_numbers(case: Case) -> frozenset[str]:
    inside: dict[int, list[tuple[int, int]]] = {}
    for link in case.mail.links:
        if link.span is not None and link.kind is LinkKind.BARE:
            inside.setdefault(link.span.passage, []).append((link.span.start, link.span.end))
    return frozenset(
        _squeeze(tracking.number)
        for tracking in case.facts.tracking
        if (span := tracking.span) is not None
        and not any(start <= span.start < end for start, end in inside.get(span.passage, ()))
    )


def _tokens(where: str) -> list[str]:
    """What in an address may be a parcel's number: letters and digits in a row, eight digits at least."""
    found = _NUMBER.findall(_ORDER_ID.sub("", where))
    return [token.upper() for token in found if sum(map(str.isdigit, token)) >= 8]


def _squeeze(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _amazon_fault(link: Link, case: Case) -> str:
    pages = case.settings.values.get("amazon_pages", "needed")
    parts = parts_of(link.url)
    if pages == "all":
        return "not secure: the edition asks for https" if parts.scheme == "http" else ""
    where = unquote(parts.rest)
    if _PASSES_ON.search(where):
        return "the page would pass the reader on to another address"
    path = re.split("[?#]", where, maxsplit=1)[0].lower()
    if any(prefix in path for prefix in case.settings.values.get("amazon_paths", ())):
        return ""
    return NEEDLESS_AMAZON_PAGE


@lru_cache(maxsize=1)
def _data() -> tuple[Mapping[str, str], tuple[str, ...]]:
    value = parse(_FILE.read_bytes(), str(_FILE)).value
    domains = {domain: carrier for carrier, owned in value["carriers"].items() for domain in owned}
    return domains, tuple(value["words"])


def _domains() -> Mapping[str, str]:
    return _data()[0]


def _words() -> tuple[str, ...]:
    return _data()[1]
