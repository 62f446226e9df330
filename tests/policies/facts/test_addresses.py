from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts import addresses_in, buyers, is_buyer, marketplace_of
from gatepost_policies.facts.tables import table

ALIAS = "abcdefghij12345"


@pytest.mark.parametrize("entry", table("marketplaces")["marketplaces"], ids=lambda entry: entry["domain"])
def test_every_stores_alias_is_a_buyer_of_its_marketplace(entry: dict[str, str]) -> None:
    address = f"{ALIAS}@{entry['domain']}"
    assert (is_buyer(address), marketplace_of(address)) == (True, entry["id"])


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"{ALIAS}@MARKETPLACE.Amazon.COM", id="capitals"),
        pytest.param(f"{ALIAS}@marketplace.amazon.com.", id="trailing-dot"),
        pytest.param(f"{ALIAS}@ｍａｒｋｅｔｐｌａｃｅ．amazon．com", id="full-width"),
        pytest.param(f"{ALIAS}+0f8fad5b-d9cb-469f-a165-70867728950e@marketplace.amazon.de", id="plus-form"),
        pytest.param(f"<{ALIAS}@marketplace.amazon.de>", id="angle-brackets"),
        pytest.param(f"{ALIAS}%marketplace.amazon.com@relay.example", id="percent-hack"),
        pytest.param(f"@relay.example:{ALIAS}@marketplace.amazon.com", id="source-route"),
        pytest.param(f"@marketplace.amazon.com:{ALIAS}@relay.example", id="route-through-the-store"),
        pytest.param(f'"{ALIAS}@marketplace.amazon.com"@relay.example', id="quoted-inner-address"),
        pytest.param(f"marketplace.amazon.com!{ALIAS}@relay.example", id="bang-path"),
        pytest.param(f"{ALIAS}@marketplace.amazon.com.vn", id="a-store-not-listed"),
        pytest.param(f"{ALIAS}@marketplace.amazon.co", id="another-store-not-listed"),
    ],
)
def test_whatever_reaches_a_buyer_is_a_buyer(address: str) -> None:
    assert buyers([address]) == (address,)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("ann@shop.example", id="anyone"),
        pytest.param(f"{ALIAS}@marketplace.amazon.com.evil.example", id="longer-domain"),
        pytest.param(f"{ALIAS}@evilmarketplace.amazon.com", id="glued-prefix"),
        pytest.param(f"{ALIAS}@marketplace-amazon.com", id="hyphen"),
        pytest.param(f"{ALIAS}@marketplace.\u0430mazon.com", id="look-alike-letter"),
        pytest.param(f"{ALIAS}@amazon.com", id="amazon-itself"),
        pytest.param(f"{ALIAS}@marketplace.amazon.", id="no-store"),
        pytest.param("", id="empty"),
        pytest.param("@", id="at-sign"),
    ],
)
def test_look_alikes_are_no_buyers(address: str) -> None:
    assert buyers([address]) == ()


def test_an_unknown_store_has_no_marketplace() -> None:
    assert marketplace_of(f"{ALIAS}@marketplace.amazon.com.vn") == ""


def test_buyers_keep_their_order_and_their_spelling() -> None:
    given_ = ["x@y.example", f"{ALIAS}@MARKETPLACE.AMAZON.DE", f"{ALIAS}@marketplace.amazon.fr"]
    assert buyers(given_) == tuple(given_[1:])


@given(st.text())
def test_any_text_can_be_asked(address: str) -> None:
    assert isinstance(is_buyer(address), bool)
    assert isinstance(marketplace_of(address), str)


@pytest.mark.parametrize(
    ("field", "found"),
    [
        pytest.param(
            "Anna <anna@example.org>, b@example.org", ("anna@example.org", "b@example.org"), id="two"
        ),
        pytest.param('"Last, First" <a@example.org>', ("a@example.org",), id="comma in a name"),
        pytest.param("(" * 19_000 + "a@example.org", ("a@example.org",), id="nested comments"),
        pytest.param("undisclosed-recipients:;", (), id="none"),
    ],
)
def test_the_addresses_of_a_field_are_found(field: str, found: tuple[str, ...]) -> None:
    assert addresses_in([field]) == found
