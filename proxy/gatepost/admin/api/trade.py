"""Order data, feeds, the stop list and letters through the API."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import uploads
from gatepost.admin.api import trade_shapes as shapes
from gatepost.admin.api.operation import body_of, content_type, query_of
from gatepost.admin.pages import compose
from gatepost.admin.pages.buyers import can_be_stopped
from gatepost.admin.pages.orders import path_order, saved_feed
from gatepost.admin.visit import Visit
from gatepost.errors import ConfigError, FeedError, JudgeError
from gatepost.letters import Wish
from gatepost.orderdata import PARTS, Feed, Kind, ShipmentLine
from gatepost.report import iso
from gatepost_policies.facts import is_buyer

REPORT = "text/tab-separated-values"
TYPES = frozenset(
    {REPORT, "text/plain", "text/csv", "text/xml", "application/xml", "application/octet-stream"}
)
_WORDS_BYTES = 1_000_000


async def imports(visit: Visit) -> Response:
    """What was imported, the newest first."""
    rows = [
        {
            "name": each.name,
            "kind": each.kind.value,
            "rows": each.rows,
            "bad": each.bad,
            "by": each.by,
            "at": iso(each.done_at or each.started_at),
        }
        for each in await visit.desk.books.imports()
    ]
    return JSONResponse({"imports": rows})


async def import_(visit: Visit) -> Response:
    """Import the body: a report or a feed, streamed to disk first."""
    asked = query_of(visit, shapes.UploadQuery)
    if content_type(visit) not in TYPES:
        raise HTTPException(415, f"send {', '.join(sorted(TYPES))}")
    try:
        taken = await uploads.from_stream(visit, asked.name)
    except FeedError as error:
        raise HTTPException(422, str(error)) from None
    return JSONResponse(
        {
            "kind": taken.kind.value,
            "rows": taken.rows,
            "bad": taken.bad,
            "faults": [{"line": fault.number, "why": fault.why} for fault in taken.faults],
            "imported_before": taken.before or None,
        }
    )


async def facts(visit: Visit) -> Response:
    """What the order data says of an order."""
    id = path_order(visit)
    found = await visit.desk.books.order(id)
    if found is None:
        raise HTTPException(404, "nothing is on record for this order")
    return JSONResponse({"order_id": id, "known": _plain(asdict(found[0]))})


def _plain(value: Any) -> Any:
    """Days and sums as words, as `gatepost orders show --json` has them."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, (date, Decimal)) else value


async def shipment(visit: Visit) -> Response:
    """Record a parcel."""
    body = await body_of(visit, shapes.ShipmentBody)
    cells = {
        "order-id": body.order_id,
        "carrier-code": body.carrier,
        "tracking-number": body.tracking_number,
        "ship-date": body.ship_date.isoformat() if body.ship_date else "",
        "order-item-id": body.item,
        "quantity-purchased": str(body.quantity or ""),
        "ship-method": body.method,
    }
    return await _recorded(visit, Kind.SHIPPING, cells)


async def adjustment(visit: Visit) -> Response:
    """Record a refund."""
    body = await body_of(visit, shapes.AdjustmentBody)
    sums = (
        body.item_price, body.item_tax, body.shipping, body.shipping_tax, body.gift_wrap, body.gift_wrap_tax,
    )  # fmt: skip
    cells = {
        "order-id": body.order_id,
        "order-item-id": body.item,
        "adjustment-reason-code": body.reason,
        "currency": body.currency,
        "quantity-cancelled": str(body.cancelled or ""),
        **{name: f"{value:f}" for name, value in zip(PARTS, sums, strict=True) if value},
    }
    return await _recorded(visit, Kind.ADJUSTMENTS, cells)


async def _recorded(visit: Visit, kind: Kind, cells: dict[str, str]) -> Response:
    try:
        new = await visit.desk.books.record(kind, cells, by=visit.who.name)
    except FeedError as error:
        raise HTTPException(422, str(error)) from None
    return JSONResponse({"order_id": cells["order-id"], "recorded": new})


async def waiting(visit: Visit) -> Response:
    """What was recorded and went out in no feed yet."""
    rows = [
        {
            "order_id": each.line.order,
            "feed": (Kind.SHIPPING if isinstance(each.line, ShipmentLine) else Kind.ADJUSTMENTS).value,
            "recorded_at": iso(each.recorded_at),
            "by": each.by,
        }
        for each in await visit.desk.books.waiting()
    ]
    return JSONResponse({"waiting": rows})


async def feeds(visit: Visit) -> Response:
    """The feeds that were written, the newest first."""
    rows = [_feed(each) for each in await visit.desk.books.feeds()]
    return JSONResponse({"feeds": rows})


async def write_feed(visit: Visit) -> Response:
    """Have what waits go out in a feed."""
    body = await body_of(visit, shapes.FeedBody)
    made = await visit.desk.books.write_feed(Kind(body.feed), xml=body.form == "xml", by=visit.who.name)
    if made is None:
        raise HTTPException(409, "nothing waits for this feed")
    return JSONResponse(_feed(made), 201)


async def feed(visit: Visit) -> Response:
    """A feed that was written, as a file."""
    return await saved_feed(visit, query_of(visit, shapes.FeedQuery).name)


def _feed(feed: Feed) -> dict[str, Any]:
    return {"name": feed.name, "feed": feed.kind.value, "entries": feed.entries, "at": iso(feed.at)}


async def feed_check(visit: Visit) -> Response:
    """Orders whose shipment was confirmed by mail and in no feed, and the reverse."""
    found = await visit.desk.books.unequal()
    return JSONResponse({"told_only": list(found.told_only), "confirmed_only": list(found.confirmed_only)})


async def buyer(visit: Visit) -> Response:
    """What is known of a buyer."""
    address = str(visit.request.path_params["address"])
    if not is_buyer(address):
        raise HTTPException(404, "this is no buyer's address")
    found = await visit.desk.books.buyer(address)
    orders = []
    for order in found.orders:
        claim = found.claims.get(order)
        state, message = (claim.state.value, claim.message) if claim else (None, None)
        orders.append({"order_id": order, "state": state, "message_id": message})
    messages = [entry.id for entry in found.entries]
    return JSONResponse(
        {"address": found.address, "stopped": found.stopped, "orders": orders, "messages": messages}
    )


async def stops(visit: Visit) -> Response:
    """The stop list."""
    rows = [
        {
            "kind": each.kind,
            "value": each.value,
            "reason": each.reason,
            "by": each.by,
            "at": iso(each.at),
        }
        for each in await visit.desk.books.stopped()
    ]
    return JSONResponse({"stops": rows})


async def stop(visit: Visit) -> Response:
    """Put an order or a buyer on the stop list."""
    body = await body_of(visit, shapes.StopBody)
    if not can_be_stopped(body.value):
        raise HTTPException(422, "value: an order ID or a buyer's address")
    await visit.desk.books.stop(body.value, by=visit.who.name, reason=body.reason)
    return Response(status_code=204)


async def go(visit: Visit) -> Response:
    """Take an order or a buyer off the stop list."""
    if not await visit.desk.books.go(str(visit.request.path_params["value"]), by=visit.who.name):
        raise HTTPException(404, "it is not on the stop list")
    return Response(status_code=204)


async def letter(visit: Visit) -> Response:
    """Make a letter, judge it, and with `send` give it to the gateway."""
    body = await body_of(visit, shapes.LetterBody)
    values = body.model_dump(exclude={"order_id", "html", "send"})
    try:
        made = await visit.desk.books.letter(Wish(order=body.order_id, **values), html=body.html)
        verdict = (await compose.judged(visit, made)).verdict
        answer = await visit.desk.books.send(made, by=visit.who.name) if body.send else None
    except (FeedError, ConfigError) as error:
        raise HTTPException(422, str(error)) from None
    except JudgeError as error:
        raise HTTPException(503, str(error)) from None
    return JSONResponse(
        {
            "language": made.language,
            "subject": made.subject,
            "text": made.text,
            "to": made.to,
            "action": verdict.action.word,
            "findings": [finding.rule for finding in verdict.findings],
            "answer": answer.kind.value if answer else None,
            "message_id": answer.id if answer else None,
        }
    )


async def words(visit: Visit) -> Response:
    """The letters of a language."""
    return JSONResponse(await _words(visit, _language(visit)))


async def keep_words(visit: Visit) -> Response:
    """Keep own letters once they pass."""
    language = _language(visit)
    body = await body_of(visit, shapes.WordsBody, limit=_WORDS_BYTES)
    try:
        await visit.desk.books.keep_words(language, body.words, by=visit.who.name)
    except ConfigError as error:
        raise HTTPException(422, str(error)) from None
    return JSONResponse(await _words(visit, language))


async def drop_words(visit: Visit) -> Response:
    """Go back to the former letters."""
    if not await visit.desk.books.drop_words(_language(visit), by=visit.who.name):
        raise HTTPException(404, "there are no own letters in this language")
    return Response(status_code=204)


async def _words(visit: Visit, language: str) -> dict[str, Any]:
    kept = await visit.desk.books.words(language)
    at = iso(kept.at) if kept.at else None
    return {"language": language, "words": kept.text, "own": kept.own, "by": kept.by, "at": at}


def _language(visit: Visit) -> str:
    language = str(visit.request.path_params["language"])
    if language not in visit.desk.books.languages:
        raise HTTPException(404, "there are no letters in this language")
    return language
