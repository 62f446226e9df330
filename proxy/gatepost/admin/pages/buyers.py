"""One buyer: their orders, review requests and mails; and who wants no more mail."""

from __future__ import annotations

from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.pages.orders import ORDER
from gatepost.admin.visit import Visit
from gatepost_policies.facts import is_buyer

_LONGEST = 320  # octets of an address: RFC 5321 §4.5.3.1


async def buyer(visit: Visit) -> Response:
    """What is known of the buyer behind an alias."""
    address = requests.asked(visit.request, "address", _LONGEST)
    if not address:
        return visit.page("buyer.html", buyer=None, address="")
    if not is_buyer(address):
        visit.note("wait", "That is no buyer's address: it looks like abc123@marketplace.amazon.com.")
        return visit.go("/buyers")
    return visit.page("buyer.html", buyer=await visit.desk.books.buyer(address), address=address)


async def stops(visit: Visit) -> Response:
    """The stop list."""
    return visit.page("stops.html", stopped=await visit.desk.books.stopped())


async def change_stops(visit: Visit) -> Response:
    """Put an order or a buyer on the stop list, or take one off it."""
    async with requests.form_of(visit.request) as form:
        value = requests.text(form, "value", _LONGEST)
        reason, goes = requests.text(form, "reason", 500), requests.text(form, "do") == "go"
    if goes:
        gone = await visit.desk.books.go(value, by=visit.who.name)
        visit.note(
            "good" if gone else "wait", f"{value} {'gets mail again' if gone else 'was not on the list'}."
        )
    elif not can_be_stopped(value):
        visit.note("bad", "Give an order ID or a buyer's address.")
    elif len(reason) < 3:
        visit.note("bad", "Say why: the reason stands in the audit trail.")
    else:
        await visit.desk.books.stop(value, by=visit.who.name, reason=reason)
        visit.note("good", f"{value} gets no more mail on your own initiative.")
    return visit.go("/stops")


def can_be_stopped(value: str) -> bool:
    """Whether it is an order ID or a buyer's address."""
    return bool(ORDER.fullmatch(value)) or is_buyer(value)
