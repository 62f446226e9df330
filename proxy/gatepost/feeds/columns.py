"""Header names of Amazon's reports -> one name a column, and what kind of file they make.

Columns come and go, and differ by store and year: a file is read by its names, never by position.
"""

from __future__ import annotations

from collections.abc import Sequence

from gatepost.orderdata import Kind

_OTHER_NAMES = {
    "amazon-order-id": "order-id",
    "amazonorderid": "order-id",
    "amazon-order-item-code": "order-item-id",
    "amazon-order-item-id": "order-item-id",
    "order-item-code": "order-item-id",
    "merchant-sku": "sku",
    "item-name": "product-name",
    "title": "product-name",
    "quantity": "quantity-purchased",
    "return-quantity": "quantity-purchased",
    "currency-code": "currency",
    "amazon-rma-id": "rma-id",
    "refunded-amount": "refunded",
    "return-delivery-date": "arrived",
    "latest-ship-date": "promise-date",
    "delivery-start-date": "delivery-from",
    "earliest-delivery-date": "delivery-from",
    "delivery-end-date": "delivery-by",
    "latest-delivery-date": "delivery-by",
    "buyer-email-address": "buyer-email",
    "ship-address-line-1": "ship-address-1",
    "ship-zip": "ship-postal-code",
    # Japan's store translates the headers of some reports.
    "注文番号": "order-id",
    "注文id": "order-id",
    "注文商品番号": "order-item-id",
    "注文商品id": "order-item-id",
    "購入日": "purchase-date",
    "注文日": "purchase-date",
    "出荷予定日": "promise-date",
    "出荷期限": "promise-date",
    "購入者メールアドレス": "buyer-email",
    "購入者のメールアドレス": "buyer-email",
    "商品名": "product-name",
    "出品者sku": "sku",
    "購入数量": "quantity-purchased",
    "数量": "quantity-purchased",
    "出荷済み数量": "quantity-shipped",
    "受取人名": "recipient-name",
    "お届け先郵便番号": "ship-postal-code",
    "配送先郵便番号": "ship-postal-code",
    "通貨": "currency",
    "商品価格": "item-price",
    "注文ステータス": "order-status",
}

_SIGNS = (  # all of the first, one of the second: the first that fits says the kind
    (Kind.ADJUSTMENTS, {"order-id", "adjustment-reason-code"}, ()),
    (Kind.RETURNS, {"order-id"}, ("return-request-date", "rma-id")),
    (Kind.ORDERS, {"order-id"}, ("purchase-date", "order-status", "quantity-to-ship")),
    (Kind.SHIPPING, {"order-id", "ship-date"}, ("carrier-code", "carrier-name", "tracking-number")),
)


def column(name: str) -> str:
    """The one name of a column, whatever its capitals, spaces or translation."""
    plain = "-".join(name.strip().strip('"\ufeff').lower().replace("_", "-").replace("/", "-").split())
    return _OTHER_NAMES.get(plain, plain)


def kind_of(columns: Sequence[str]) -> Kind | None:
    """What a file with these columns is; None when it is none of ours."""
    names = set(columns)
    for kind, needed, one_of in _SIGNS:
        if needed <= names and (not one_of or names.intersection(one_of)):
            return kind
    return None
