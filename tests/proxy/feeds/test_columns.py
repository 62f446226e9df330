from __future__ import annotations

import pytest

from gatepost.feeds.columns import column, kind_of
from gatepost.orderdata import Kind
from kit import orderfiles


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Order ID", "order-id"), ("amazon-order-id", "order-id"), ("注文番号", "order-id"),
        ("\ufefforder-id", "order-id"), ('"order-id"', "order-id"), ("Refunded Amount", "refunded"),
        ("購入者メールアドレス", "buyer-email"), ("item_price", "item-price"),
        ("something-new", "something-new"),
    ],
)  # fmt: skip
def test_one_column_has_one_name(written: str, name: str) -> None:
    assert column(written) == name


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (orderfiles.UNSHIPPED, Kind.ORDERS),
        (("amazon-order-id", "purchase-date", "order-status"), Kind.ORDERS),
        (orderfiles.RETURNS, Kind.RETURNS),
        (orderfiles.SHIPPING, Kind.SHIPPING),
        (orderfiles.ADJUSTMENT, Kind.ADJUSTMENTS),
        (("sku", "price"), None),
        (("order-id",), None),
    ],
)
def test_the_header_says_the_kind(columns: tuple[str, ...], kind: Kind | None) -> None:
    assert kind_of([column(name) for name in columns]) is kind
