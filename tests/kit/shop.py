"""An invented shop in all marketplaces: orders, parcels, returns, refunds and mails that fit together.

Everything follows from the marketplace and a number, so that two calls make the same; the files have each
marketplace's encoding, currency, forms of dates and, in Japan, translated headers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from gatepost.letters import Composed, Facts, LetterKind, compose, load
from gatepost.model import OrderId
from kit import orderfiles

FIRST_DAY = date(2026, 11, 9)


@dataclass(frozen=True, slots=True)
class Market:
    """One of Amazon's stores."""

    domain: str
    currency: str
    country: str
    language: str
    name: str
    street: str
    city: str
    postal_code: str
    item: str
    encoding: str = "utf-8"
    day: str = "%Y-%m-%dT10:00:00+00:00"  # how its order reports write a day
    comma: bool = False  # sums as 49,00


_european = partial(Market, encoding="cp1252", comma=True)
MARKETS: Mapping[str, Market] = {
    "us": Market(
        "com", "USD", "US", "en", "Jane Doe",
        "12 Main Street", "Springfield", "62701", "Brass lamp",
    ),
    "ca": Market(
        "ca", "CAD", "CA", "en", "Zoë Roy",
        "5 Rue Élan", "Québec", "G1R 4P5", "Brass lamp", "cp1252",
    ),
    "mx": Market(
        "com.mx", "MXN", "MX", "es", "José Peña",
        "Calle Olmo 3", "Mérida", "97000", "Lámpara", "cp1252",
    ),
    "br": _european(
        "com.br", "BRL", "BR", "pt", "João Lima",
        "Rua Sé 8", "São Paulo", "01001-000", "Luminária"),
    "uk": Market("co.uk", "GBP", "GB", "en", "Ann Lee", "1 High Street", "Leeds", "LS1 4AP", "Brass lamp"),
    "de": _european(
        "de", "EUR", "DE", "de", "Jörg Groß",
        "Hauptstr. 12", "München", "80331", "Messinglampe"),
    "fr": _european(
        "fr", "EUR", "FR", "fr", "Zoé Noël",
        "3 rue Été", "Orléans", "45000", "Lampe en laiton"),
    "it": _european("it", "EUR", "IT", "it", "Niccolò Re", "Via Roma 1", "Forlì", "47121", "Lampada"),
    "es": _european("es", "EUR", "ES", "es", "Begoña Gil", "Calle Ñ 2", "Málaga", "29001", "Lámpara"),
    "nl": _european("nl", "EUR", "NL", "nl", "Chloë Bos", "Kade 4", "Utrecht", "3511 AB", "Messing lamp"),
    "se": _european(
        "se", "SEK", "SE", "sv", "Åsa Öberg",
        "Storgatan 1", "Malmö", "211 22", "Mässingslampa"),
    "pl": Market("pl", "PLN", "PL", "pl", "Łukasz Żak", "ul. Długa 1", "Łódź", "90-001", "Lampa mosiężna"),
    "be": _european("com.be", "EUR", "BE", "fr", "Noé Maès", "Rue Haute 2", "Liège", "4000", "Lampe"),
    "ie": Market(
        "ie", "EUR", "IE", "en", "Seán Ó Sé",
        "2 Quay Street", "Galway", "H91 A2C3", "Brass lamp", "cp1252",
    ),
    "tr": Market("com.tr", "TRY", "TR", "tr", "Işıl Şahin", "Çınar Sok. 4", "İzmir", "35210", "Pirinç lamba"),
    "ae": Market("ae", "AED", "AE", "en", "Omar Said", "Palm Road 1", "Dubai", "00000", "Brass lamp"),
    "sa": Market(
        "sa", "SAR", "SA", "en", "Huda Zaki",
        "King Road 9", "Riyadh", "11564", "Brass lamp", "utf-16",
    ),
    "eg": Market("eg", "EGP", "EG", "en", "Nour Aly", "Nile Street 3", "Cairo", "11511", "Brass lamp"),
    "in": Market("in", "INR", "IN", "en", "Asha Rao", "7 Lake Road", "Pune", "411001", "Brass lamp"),
    "jp": Market(
        "co.jp", "JPY", "JP", "ja", "山田太郎", "千代田1-1", "千代田区", "100-0001", "真鍮ランプ",
        "cp932", "%Y/%m/%d 10:00:00 JST",
    ),
    "au": Market("com.au", "AUD", "AU", "en", "Lee Ford", "8 Bay Road", "Perth", "6000", "Brass lamp"),
    "sg": Market("sg", "SGD", "SG", "en", "Mei Tan", "9 Orchard Road", "Singapore", "238823", "Brass lamp"),
    "za": Market("co.za", "ZAR", "ZA", "en", "Thandi Nkosi", "4 Long Street", "Durban", "4001", "Brass lamp"),
}  # fmt: skip
"""By the short name of the store."""

_IN_JAPAN = {
    "order-id": "注文番号", "order-item-id": "注文商品番号", "purchase-date": "購入日",
    "promise-date": "出荷予定日", "buyer-email": "購入者メールアドレス", "sku": "出品者SKU",
    "product-name": "商品名", "quantity-purchased": "購入数量",
    "quantity-shipped": "出荷済み数量", "recipient-name": "受取人名", "ship-postal-code": "お届け先郵便番号",
    "currency": "通貨", "item-price": "商品価格",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sale:
    """One order with all that became of it: sent four days after it was placed, one lamp of two returned."""

    market: Market
    number: int

    @property
    def order(self) -> OrderId:
        """Its order ID."""
        store = list(MARKETS.values()).index(self.market)
        return OrderId(f"{300 + store}-{self.number:07d}-{self.number * 7919 % 10**7:07d}")

    @property
    def item(self) -> str:
        """Its order-item-id."""
        return f"{10**13 + self.number:014d}"

    @property
    def buyer(self) -> str:
        """The buyer's alias."""
        return f"b{self.number:014d}@marketplace.amazon.{self.market.domain}"

    @property
    def placed(self) -> date:
        """The day of the order."""
        return FIRST_DAY - timedelta(days=self.number % 20)

    @property
    def sent(self) -> date:
        """The day of the parcel."""
        return self.placed + timedelta(days=4)

    @property
    def tracking(self) -> str:
        """A UPS number with its right check digit."""
        body = f"12345E{self.number % 10**9:09d}"
        values = [int(sign) if sign.isdigit() else (ord(sign) - 63) % 10 for sign in body]
        total = sum(values[::2]) + 2 * sum(values[1::2])
        return f"1Z{body}{-total % 10}"

    @property
    def price(self) -> Decimal:
        """Of both lamps."""
        return Decimal(4900 if self.market.currency == "JPY" else 49)

    @property
    def refund(self) -> Decimal:
        """For the one that came back."""
        return self.price / 2

    def money(self, value: Decimal) -> str:
        """A sum as the store's reports write it."""
        text = f"{value:.0f}" if self.market.currency == "JPY" else f"{value:.2f}"
        return text.replace(".", ",") if self.market.comma else text

    def letter(self, kind: LetterKind, *, reason: str = "no-stock") -> Composed:
        """A mail that says what the files say."""
        market = self.market
        facts = Facts(
            order=self.order,
            buyer=self.buyer,
            recipient=market.name,
            seller="Lamps & Co",
            items=((1 if kind is LetterKind.RETURN else 2, market.item),),
            address=(market.name, market.street, market.postal_code, market.city, market.country),
            carrier="UPS",
            tracking=self.tracking,
            delivery=self.sent + timedelta(days=5),
            amount=self.refund,
            currency=market.currency,
            refund_date=self.sent + timedelta(days=12),
            reason=reason,
        )
        return compose(kind, facts, load(market.language))

    def mail(self, kind: LetterKind, *, with_html: bool = False) -> bytes:
        """The same as bytes, to its buyer."""
        return self.letter(kind).mail(sender="s@shop.example", to=self.buyer, with_html=with_html)


def sales(market: Market, count: int = 3) -> list[Sale]:
    """The first `count` orders of a store."""
    return [Sale(market, number) for number in range(1, count + 1)]


def report(path: Path, some: Sequence[Sale], *, shipped: bool = True) -> Path:
    """The order report of one store, in its own form."""
    market = some[0].market
    rows = [_order(sale, shipped=shipped) for sale in some]
    names = _IN_JAPAN if market.country == "JP" else {}
    columns = [names.get(name, name) for name in orderfiles.UNSHIPPED]
    translated = [{names.get(name, name): value for name, value in row.items()} for row in rows]
    return orderfiles.write(path, columns, translated, encoding=market.encoding)


def _order(sale: Sale, *, shipped: bool) -> dict[str, str]:
    market = sale.market
    return orderfiles.order(
        order_id=sale.order,
        order_item_id=sale.item,
        purchase_date=sale.placed.strftime(market.day),
        promise_date=(sale.placed + timedelta(days=5)).strftime(market.day),
        buyer_email=sale.buyer,
        sku=f"LAMP-{sale.number}",
        product_name=market.item,
        quantity_shipped="2" if shipped else "0",
        quantity_to_ship="0" if shipped else "2",
        recipient_name=market.name,
        ship_address_1=market.street,
        ship_city=market.city,
        ship_state="",
        ship_postal_code=market.postal_code,
        ship_country=market.country,
        currency=market.currency,
        item_price=sale.money(sale.price),
    )


def all_orders(path: Path, some: Iterable[Sale]) -> Path:
    """The report of all orders of several stores, told apart by their channel; it names no buyer."""
    columns = (
        "amazon-order-id",
        "purchase-date",
        "order-status",
        "sales-channel",
        "sku",
        "product-name",
        "quantity",
    )
    rows = [
        {
            "amazon-order-id": sale.order,
            "purchase-date": sale.placed.isoformat(),
            "order-status": "Shipped",
            "sales-channel": f"Amazon.{sale.market.domain}",
            "sku": f"LAMP-{sale.number}",
            "product-name": sale.market.item,
            "quantity": "2",
        }
        for sale in some
    ]  # fmt: skip
    return orderfiles.write(path, columns, rows)


def shipments(path: Path, some: Iterable[Sale]) -> Path:
    """The shipping-confirmation feed."""
    rows = [
        orderfiles.shipment(
            order_id=sale.order, ship_date=sale.sent.isoformat(), tracking_number=sale.tracking
        )
        for sale in some
    ]
    return orderfiles.write(path, orderfiles.SHIPPING, rows)


def adjustments(path: Path, some: Iterable[Sale]) -> Path:
    """The order-adjustments feed: one lamp of each order is paid back."""
    rows = [
        orderfiles.adjustment(
            order_id=sale.order,
            order_item_id=sale.item,
            currency=sale.market.currency,
            item_price_adj=str(sale.refund),
        )
        for sale in some
    ]
    return orderfiles.write(path, orderfiles.ADJUSTMENT, rows)


def returns(path: Path, some: Sequence[Sale]) -> Path:
    """The returns report of one store."""
    rows = [
        {
            "Order ID": sale.order,
            "Amazon RMA ID": f"RMA{sale.number}",
            "Merchant SKU": f"LAMP-{sale.number}",
            "Item Name": sale.market.item,
            "Return quantity": "1",
            "Currency code": sale.market.currency,
            "Refunded Amount": sale.money(sale.refund),
            "Return delivery date": (sale.sent + timedelta(days=11)).strftime("%d-%b-%Y"),
            "Return request date": (sale.sent + timedelta(days=6)).strftime("%d-%b-%Y"),
        }
        for sale in some
    ]
    return orderfiles.write(path, orderfiles.RETURNS, rows, encoding=some[0].market.encoding)
