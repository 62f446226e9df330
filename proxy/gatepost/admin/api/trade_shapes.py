"""What the API takes and gives of order data, feeds and letters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from gatepost.admin.api.operation import Shape
from gatepost.admin.api.shapes import Note, Reason, Stamp

OrderNumber = Annotated[str, Field(pattern=r"^[0-9]{3}-[0-9]{7}-[0-9]{7}$")]
Short = Annotated[str, Field(max_length=100)]
Sum = Annotated[Decimal, Field(ge=0, lt=10**10, max_digits=14, decimal_places=4)]


class UploadQuery(Shape):
    """A file of order data."""

    name: Annotated[str, Field(max_length=200)] = "upload"
    """What it is called in the list of imports."""


class Fault(Shape):
    """A row that could not be used."""

    line: int
    why: str


class Imported(Shape):
    """What became of an uploaded file."""

    kind: str
    rows: int
    bad: int
    faults: list[Fault]
    """The first of the bad rows."""
    imported_before: str | None
    """When the same file was imported; then nothing was changed."""


class ImportedFile(Shape):
    """One file that was imported."""

    name: str
    kind: str
    rows: int
    bad: int
    by: str
    at: Stamp


class Imports(Shape):
    """What was imported, the newest first."""

    imports: list[ImportedFile]


class OrderFacts(Shape):
    """What the order data says of an order."""

    order_id: str
    known: dict[str, Any]


class ShipmentBody(Shape):
    """A parcel."""

    order_id: OrderNumber
    carrier: Annotated[str, Field(min_length=1, max_length=100)]
    tracking_number: Short = ""
    ship_date: date | None = None
    """Today, where it is not said."""
    item: Short = ""
    """order-item-id; empty: the whole order."""
    quantity: Annotated[int, Field(ge=0, lt=10**9)] = 0
    method: Short = ""


class AdjustmentBody(Shape):
    """What is paid back for an item."""

    order_id: OrderNumber
    item: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Short
    """An adjustment-reason-code."""
    currency: Annotated[str, Field(pattern="^[A-Za-z]{3}$")]
    item_price: Sum = Decimal()
    item_tax: Sum = Decimal()
    shipping: Sum = Decimal()
    shipping_tax: Sum = Decimal()
    gift_wrap: Sum = Decimal()
    gift_wrap_tax: Sum = Decimal()
    cancelled: Annotated[int, Field(ge=0, lt=10**9)] = 0


class Recorded(Shape):
    """Whether it was new."""

    order_id: str
    recorded: bool


class WaitingEntry(Shape):
    """What waits for a feed."""

    order_id: str
    feed: Literal["shipping-confirmation", "order-adjustments"]
    recorded_at: Stamp
    by: str


class FeedQueue(Shape):
    """All that was recorded and went out in no feed yet."""

    waiting: list[WaitingEntry]


class FeedBody(Shape):
    """Which feed to write."""

    feed: Literal["shipping-confirmation", "order-adjustments"]
    form: Literal["text", "xml"] = "text"


class FeedQuery(Shape):
    """Which feed."""

    name: Annotated[str, Field(min_length=1, max_length=4_096)]


class Feed(Shape):
    """A feed that was written."""

    name: str
    """What it is asked for by; a command's is a path on its machine."""
    feed: str
    entries: int
    at: Stamp


class Feeds(Shape):
    """The feeds that were written, the newest first."""

    feeds: list[Feed]


class FeedCheck(Shape):
    """Where mails and feeds disagree on shipments."""

    told_only: list[str]
    """Orders whose shipment a mail confirmed, and no feed."""
    confirmed_only: list[str]
    """The reverse."""


class BuyerRequest(Shape):
    """The review request of one order."""

    order_id: str
    state: str | None
    message_id: str | None


class BuyerView(Shape):
    """What is known of a buyer."""

    address: str
    stopped: bool
    orders: list[BuyerRequest]
    messages: list[str]
    """Mails to them, the newest first."""


class StopBody(Shape):
    """Who wants no more mail."""

    value: Annotated[str, Field(min_length=3, max_length=320)]
    """An order ID or a buyer's address."""
    reason: Reason


class Stop(Shape):
    """One entry of the stop list."""

    kind: Literal["order", "buyer"]
    value: str
    reason: Note
    by: str
    at: Stamp


class Stops(Shape):
    """The stop list, the newest first."""

    stops: list[Stop]


class LetterBody(Shape):
    """Which letter to make, and what of it the data doesn't say."""

    letter: Short
    order_id: OrderNumber
    language: Short = ""
    """That of the order's store, where it is not said."""
    delivery: date | None = None
    amount: Annotated[Decimal, Field(gt=0, lt=10**10, max_digits=14, decimal_places=4)] | None = None
    refund_date: date | None = None
    reason: Literal["", "no-stock", "could-not-ship"] = ""
    html: bool = False
    send: bool = False
    """Send it through the gateway, which judges it like any mail."""


class LetterMade(Shape):
    """A letter with the verdict that it would get, and what became of it."""

    language: str
    subject: str
    text: str
    to: str
    action: str
    findings: list[str]
    """The rules that found something."""
    answer: str | None
    """With `send`: what the gateway said."""
    message_id: str | None


class WordsBody(Shape):
    """Own letters of a language."""

    words: Annotated[str, Field(max_length=200_000)]


class LetterWords(Shape):
    """The letters of a language as they stand."""

    language: str
    words: str
    own: bool
    by: str
    at: Stamp | None
