"""What order reports and feeds say, one row each, as frozen values. What a file doesn't say is empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from gatepost.model import OrderId


class Kind(Enum):
    """What a file of order data is, by Amazon's own names."""

    ORDERS = "orders"  # unshipped orders, order reports, all orders
    RETURNS = "returns"
    SHIPPING = "shipping-confirmation"
    ADJUSTMENTS = "order-adjustments"


ADJUSTMENT_REASONS = frozenset(
    {
        "NoInventory", "CustomerReturn", "GeneralAdjustment", "CouldNotShip", "DifferentItem", "Abandoned",
        "CustomerCancel", "PriceError", "ProductOutofStock", "CustomerAddressIncorrect", "Exchange", "Other",
        "CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure",
        "TransactionRecord", "Undeliverable", "RefusedDelivery",
    }
)  # fmt: skip
"""Every adjustment-reason-code of the Order Adjustments feed (OrderAdjustment.xsd)."""

PARTS = (
    "item-price-adj",
    "item-tax-adj",
    "shipping-price-adj",
    "shipping-tax-adj",
    "gift-wrap-price-adj",
    "gift-wrap-tax-adj",
)
"""The columns of an adjustment that are paid back, in the order of the flat file."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One item of an order."""

    order: OrderId
    item: str = ""  # order-item-id, 14 digits
    sku: str = ""
    name: str = ""
    quantity: int = 0
    shipped: int = 0
    price: Decimal | None = None  # of all its pieces, with tax and shipping as far as the report has them
    currency: str = ""
    buyer: str = ""  # alias address, lower case
    marketplace: str = ""  # MarketplaceId
    status: str = ""
    placed: date | None = None
    ship_by: date | None = None
    deliver_from: date | None = None
    deliver_by: date | None = None
    recipient: str = ""
    address: tuple[str, ...] = ()
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """One parcel, or a part of one, of an order (I1)."""

    order: OrderId
    day: date
    carrier: str  # carrier-code, or carrier-name where the code is "Other"
    number: str = ""
    item: str = ""  # empty: the whole order
    quantity: int = 0
    method: str = ""


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """What is paid back for one item of an order (I2): `parts` in the order of PARTS."""

    order: OrderId
    item: str
    reason: str
    currency: str
    parts: tuple[Decimal, ...]
    cancelled: int = 0
    day: date | None = None

    @property
    def amount(self) -> Decimal:
        """The sum that is paid back, positive."""
        return sum((abs(part) for part in self.parts), Decimal())


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One returned item."""

    order: OrderId
    rma: str = ""
    sku: str = ""
    name: str = ""
    quantity: int = 0
    arrived: date | None = None
    refunded: Decimal | None = None
    currency: str = ""


Line = OrderLine | ShipmentLine | AdjustmentLine | ReturnLine


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be used, by its line in the file."""

    number: int
    why: str
    text: str  # the row as it stands in the file


@dataclass(frozen=True, slots=True)
class Import:
    """One file that was, or is being, imported."""

    id: int
    digest: str  # sha256 of the file
    name: str
    kind: Kind
    by: str
    started_at: datetime
    done_at: datetime | None
    rows: int
    bad: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """An order or a buyer who wants no more mail on the seller's own initiative."""

    kind: str  # "order" or "buyer"
    value: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One recorded line, and the file that it went out in."""

    id: str
    line: Line
    recorded_at: datetime
    by: str
    exported_at: datetime | None
    exported_in: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was written, by the name that its entries are noted under."""

    name: str  # a command's file with its folder, else a name of the gateway's own
    kind: Kind
    entries: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Unequal:
    """Where mails and feeds disagree (I3)."""

    told_only: Sequence[OrderId]  # a shipment was confirmed by mail, and no feed says so
    confirmed_only: Sequence[OrderId]  # the reverse


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The seller's own letters of one language, as they were set on the site."""

    language: str
    words: str  # YAML, as the files of letters.folder
    at: datetime
    by: str
