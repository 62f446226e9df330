"""Goes through the passages of a mail once and notes what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gatepost_policies.facts.addresses import marketplace_of
from gatepost_policies.facts.contact import find_emails, find_phones
from gatepost_policies.facts.dates import find_days
from gatepost_policies.facts.ground import Ground
from gatepost_policies.facts.items import find_items
from gatepost_policies.facts.money import find_amounts
from gatepost_policies.facts.orders import find_orders
from gatepost_policies.facts.postal import find_addresses
from gatepost_policies.facts.tracking import find_carriers, find_in_links, find_numbers
from gatepost_policies.model import (
    Amount,
    CarrierName,
    Day,
    Facts,
    Item,
    Mail,
    OrderId,
    Passage,
    Source,
    Span,
    Tracking,
)
from gatepost_policies.text import unmask

MAX_TEXT: Final = 500_000  # characters of one passage that facts are sought in
_TEXTS: Final = frozenset(
    {Source.SUBJECT, Source.PLAIN, Source.HTML, Source.ALT, Source.PICTURE, Source.DOCUMENT}
)
# Stores that write the month first in 04/05/2026.
_MONTH_FIRST: Final = frozenset({"ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"})


@dataclass(slots=True)
class _Notes:
    order_ids: list[OrderId] = field(default_factory=list)
    tracking: list[Tracking] = field(default_factory=list)
    carriers: list[CarrierName] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    addresses: list[Span] = field(default_factory=list)
    emails: list[Span] = field(default_factory=list)
    phones: list[Span] = field(default_factory=list)


def find_facts(mail: Mail) -> Facts:
    """What `mail` says, in reading order, each with its place."""
    notes = _Notes()
    store = _store(mail)
    for number, passage in enumerate(mail.passages):
        if passage.text:
            _note(notes, number, passage, store)
    notes.tracking = _with_links(notes.tracking, find_in_links(mail.links))
    return Facts(
        order_ids=tuple(notes.order_ids),
        tracking=tuple(notes.tracking),
        carriers=tuple(notes.carriers),
        days=tuple(notes.days),
        amounts=tuple(notes.amounts),
        items=tuple(notes.items),
        addresses=tuple(notes.addresses),
        emails=tuple(notes.emails),
        phones=tuple(notes.phones),
    )


def _with_links(written: list[Tracking], linked: list[Tracking]) -> list[Tracking]:
    """The numbers of text and links together: a link to the carrier says whose a bare number is."""
    carriers = {found.number: found for found in linked}
    known = {found.number for found in written}
    told = [
        Tracking(one.number, carriers[one.number].carrier, one.span, carriers[one.number].valid)
        if not one.carrier and one.number in carriers
        else one
        for one in written
    ]
    return told + [found for found in linked if found.number not in known]


def _store(mail: Mail) -> str:
    """The MarketplaceId of the first buyer's address in the mail's To field."""
    for value in mail.values("to"):
        for address in re.findall(r"[^\s<>,;\"]{1,200}@[^\s<>,;\"]{1,200}", value[:5_000])[:20]:
            found = marketplace_of(address)
            if found:
                return found
    return ""


def _note(notes: _Notes, number: int, passage: Passage, store: str) -> None:
    ground = Ground(number, unmask(passage.text[:MAX_TEXT]))
    orders = find_orders(ground)
    notes.order_ids += orders
    if passage.source not in _TEXTS:
        return
    notes.emails += find_emails(ground)
    carriers = find_carriers(ground)
    notes.carriers += carriers
    if not ground.runs:
        return
    taken: Sequence[Span] = [order.span for order in orders]
    tracking = find_numbers(ground, carriers, taken)
    days = find_days(ground, month_first=store in _MONTH_FIRST)
    notes.tracking += tracking
    notes.days += days
    notes.amounts += find_amounts(ground, store)
    notes.items += find_items(ground)
    notes.addresses += find_addresses(ground)
    numbers = [found.span for found in tracking if found.span]
    notes.phones += find_phones(ground, [*numbers, *(day.span for day in days)], taken)
