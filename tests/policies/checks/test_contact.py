"""Ways to reach the seller outside of Amazon."""

from __future__ import annotations

from kit.judged import case, words


def test_each_address_and_number_is_found_once() -> None:
    text = "Write to help@lampshop.com or call +49 221 1234567. Again: help@lampshop.com"
    assert sorted(words("contact_details", case(text))) == ["+49 221 1234567", "help@lampshop.com"]


def test_a_buyers_alias_is_no_contact_detail() -> None:
    assert words("contact_details", case("We wrote to abcdefghij12345@marketplace.amazon.com.")) == []


def test_a_carriers_number_may_be_needed() -> None:
    assert words("contact_details", case("DHL answers at +49 228 4333112 on the parcel.")) == []


def test_the_buyers_own_number_is_not_the_sellers() -> None:
    text = "Thank you for the number.\n\nOn 3 May 2026 Ann wrote:\n> call me at +1 401 555 0142"
    assert words("contact_details", case(text)) == []


def test_a_carrier_named_elsewhere_excuses_no_number() -> None:
    built = case("Call us at +49 221 1234567.", subject="DHL and order 112-1234567-1234567")
    assert words("contact_details", built) == ["+49 221 1234567"]
