from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.feeds.rows import LINES
from gatepost.orderdata import ADJUSTMENT_REASONS, Kind
from kit import orderfiles


@pytest.mark.parametrize("reason", sorted(ADJUSTMENT_REASONS))
def test_every_reason_of_amazons_is_taken(reason: str) -> None:
    LINES[Kind.ADJUSTMENTS](orderfiles.adjustment(adjustment_reason_code=reason))


@pytest.mark.parametrize(
    ("kind", "cells", "why"),
    [
        (Kind.ADJUSTMENTS, orderfiles.adjustment(adjustment_reason_code="Sorry"), "adjustment-reason-code"),
        (Kind.ADJUSTMENTS, orderfiles.adjustment(currency="dollars"), "currency"),
        (Kind.SHIPPING, orderfiles.shipment(ship_date=""), "ship-date"),
        (Kind.SHIPPING, orderfiles.shipment(carrier_code=""), "carrier-code"),
        (Kind.ORDERS, orderfiles.order(order_id="112"), "order-id"),
    ],
)
def test_a_fault_is_told_by_its_column(kind: Kind, cells: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}: "):
        LINES[kind](cells)


@given(
    st.sampled_from(list(Kind)), st.dictionaries(st.sampled_from(orderfiles.UNSHIPPED), st.text(max_size=20))
)
def test_no_row_raises_anything_but_its_fault(kind: Kind, cells: dict[str, str]) -> None:
    with contextlib.suppress(ValueError):
        LINES[kind](cells)
