"""Order data: what was imported, one order and what is recorded of it, where mails and feeds disagree."""

from __future__ import annotations

import re

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests, uploads
from gatepost.admin.books import Taken
from gatepost.admin.specimen import download
from gatepost.admin.visit import Visit
from gatepost.errors import FeedError
from gatepost.model import OrderId
from gatepost.orderdata import ADJUSTMENT_REASONS, PARTS, Kind

ORDER = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)
FEEDS = (Kind.SHIPPING, Kind.ADJUSTMENTS)
LONGEST_FEED_NAME = 4_096  # a command's is a path
SHOWN = 200  # of each list on the page of disagreements
_OVERHEAD = 65_536  # of a form around its file
_ADJUSTED = ("order-item-id", "adjustment-reason-code", "currency", "quantity-cancelled", *PARTS)
_SENT = ("carrier-code", "tracking-number", "ship-date", "order-item-id", "quantity-purchased", "ship-method")


_OF = ("price", "price's tax", "shipping", "shipping's tax", "gift wrap", "gift wrap's tax")
_SUMS = tuple((name, f"Paid back of the {words}") for name, words in zip(PARTS, _OF, strict=True))


async def orders(visit: Visit) -> Response:
    """What was imported and what waits for a feed; or the order that was looked up."""
    wanted = requests.asked(visit.request, "order", 60)
    if ORDER.fullmatch(wanted):
        return visit.go(f"/orders/{wanted}")
    if wanted:
        visit.note("wait", "An order ID looks like 112-1234567-1234567.")
        return visit.go("/orders")
    books = visit.desk.books
    return visit.page(
        "orders.html",
        imports=await books.imports(),
        waiting=(await books.waiting())[:SHOWN],
        feeds=await books.feeds(),
        kinds=[kind.value for kind in FEEDS],
    )


async def upload(visit: Visit) -> Response:
    """Import an uploaded file."""
    limit = visit.desk.books.file_bytes + _OVERHEAD
    async with requests.form_of(visit.request, limit) as form:
        given = form.get("file")
        if not isinstance(given, UploadFile) or not given.size:
            visit.note("bad", "Choose a file.")
            return visit.go("/orders")
        name = given.filename or "upload"
        try:
            taken = await uploads.from_form(visit, name, given.file)
        except FeedError as error:
            visit.note("bad", f"{name}: {error}. Nothing was imported.")
        else:
            visit.note("bad" if taken.bad else "good", f"{name}: {told(taken)}")
    return visit.go("/orders")


def told(taken: Taken) -> str:
    """What became of a file, in a sentence or a few."""
    if taken.before:
        return f"imported on {taken.before}; nothing changed."
    words = f"{taken.kind.value}, {taken.rows} rows."
    if not taken.bad:
        return words
    lines = "; ".join(f"line {fault.number}: {fault.why}" for fault in taken.faults[:5])
    return f"{words} {taken.bad} rows could not be used: {lines}{' …' if taken.bad > 5 else ''}"


async def order(visit: Visit) -> Response:
    """What the data says of one order."""
    id = path_order(visit)
    found = await visit.desk.books.order(id)
    known = found[0] if found else None
    return visit.page(
        "facts.html", order=id, known=known, reasons=sorted(ADJUSTMENT_REASONS), parts_of_sum=_SUMS
    )


async def shipment(visit: Visit) -> Response:
    """Record a parcel."""
    return await _record(visit, Kind.SHIPPING, _SENT)


async def adjustment(visit: Visit) -> Response:
    """Record a refund."""
    return await _record(visit, Kind.ADJUSTMENTS, _ADJUSTED)


async def _record(visit: Visit, kind: Kind, names: tuple[str, ...]) -> Response:
    id = path_order(visit)
    async with requests.form_of(visit.request) as form:
        cells = {"order-id": id, **{name: requests.text(form, name, 200) for name in names}}
    try:
        new = await visit.desk.books.record(kind, cells, by=visit.who.name)
    except FeedError as error:
        visit.note("bad", f"Not recorded: {error}.")
    else:
        visit.note("good" if new else "wait", "Recorded." if new else "It is on record already.")
    return visit.go(f"/orders/{id}")


async def write_feed(visit: Visit) -> Response:
    """Have what waits go out in a feed."""
    async with requests.form_of(visit.request) as form:
        word, xml = requests.text(form, "kind"), requests.text(form, "form") == "xml"
    kind = next((each for each in FEEDS if each.value == word), None)
    if kind is None:
        raise HTTPException(400)
    made = await visit.desk.books.write_feed(kind, xml=xml, by=visit.who.name)
    if made is None:
        visit.note("wait", f"Nothing waits for {kind.value}.")
    else:
        visit.note("good", f"Written: {made.entries} of {kind.value}. Save it below and give it to Amazon.")
    return visit.go("/orders")


async def feed(visit: Visit) -> Response:
    """A feed that was written, to be saved."""
    return await saved_feed(visit, requests.asked(visit.request, "name", LONGEST_FEED_NAME))


async def saved_feed(visit: Visit, name: str) -> Response:
    """The feed of that name as a file; 404 when there is none."""
    content = await visit.desk.books.feed(name) if name else None
    if content is None:
        raise HTTPException(404, "no feed of that name was written")
    return download(content, name)


async def unequal(visit: Visit) -> Response:
    """Orders whose shipment was confirmed by mail and in no feed, and the reverse (I3)."""
    found = await visit.desk.books.unequal()
    return visit.page("feedcheck.html", told=found.told_only, confirmed=found.confirmed_only, shown=SHOWN)


def path_order(visit: Visit) -> OrderId:
    """The order in the path; 404 for what can't be one."""
    id = str(visit.request.path_params["order"])
    if not ORDER.fullmatch(id):
        raise HTTPException(404)
    return OrderId(id)
