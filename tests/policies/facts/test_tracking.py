from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts import tracking
from gatepost_policies.facts.tracking import find_carriers, find_in_links, find_numbers
from gatepost_policies.model import Link, LinkKind, Span, Tracking
from kit.grounds import ground, words

UPS = "1Z5R89390357567127"
USPS = "9400111202555842332669"


def numbers(text: str) -> list[tuple[str, str, bool]]:
    """Number, carrier and validity of what is found in `text`."""
    passage = ground(text)
    found = find_numbers(passage, find_carriers(passage), [])
    return [(one.number, one.carrier, one.valid) for one in found]


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        pytest.param("sent with UPS today", "UPS", id="exact"),
        pytest.param("via fedex ground", "FedEx", id="any-case"),
        pytest.param("mit der Deutschen Post, per DHL.", "DHL", id="within-a-sentence"),
        pytest.param("ヤマト運輸でお届けします", "Yamato", id="japanese"),
        pytest.param("佐川急便にて", "Sagawa", id="japanese-sagawa"),
        pytest.param("przez InPost (paczkomat)", "InPost", id="polish"),
        pytest.param("Yurtiçi Kargo ile", "Yurtiçi Kargo", id="turkish"),
    ],
)
def test_a_carrier_is_known_by_its_name(text: str, carrier: str) -> None:
    assert carrier in [name.carrier for name in find_carriers(ground(text))]


@pytest.mark.parametrize(
    "text", ["the ups and downs", "start-ups", "GLSX", "seurat", "a correos", "tnt explosives"]
)
def test_words_that_resemble_a_carrier_are_none(text: str) -> None:
    assert find_carriers(ground(text)) == []


def test_two_carriers_side_by_side_are_both_found() -> None:
    assert [name.carrier for name in find_carriers(ground("UPS DHL"))] == ["UPS", "DHL"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"Tracking number: {UPS}", (UPS, "UPS", True), id="sure-shape-with-a-label"),
        pytest.param(f"here it is: {UPS}", (UPS, "UPS", True), id="sure-shape-alone"),
        pytest.param("1Z 5R8 939 03 5756 7127", (UPS, "UPS", True), id="in-groups"),
        pytest.param(
            "Tracking no. 1Z5R89390357567128", ("1Z5R89390357567128", "UPS", False), id="wrong-check-digit"
        ),
        pytest.param(f"USPS {USPS}", (USPS, "USPS", True), id="carrier-and-shape"),
        pytest.param("USPS 9400 1112 0255 5842 3326 69", (USPS, "USPS", True), id="usps-in-groups"),
        pytest.param("FedEx tracking: 986578788855", ("986578788855", "FedEx", True), id="fedex"),
        pytest.param(
            "Sendungsnummer (DHL): 00340434161094042557", ("00340434161094042557", "DHL", True), id="german"
        ),
        pytest.param("Numéro de suivi : 6A12345678901", ("6A12345678901", "", True), id="label-only"),
        pytest.param(
            "お問い合わせ番号：1234-5678-9012 ヤマト運輸", ("123456789012", "Yamato", True), id="japanese"
        ),
        pytest.param(
            "Tracking:\nRR 123 456 785 US", ("RR123456785US", "USPS", True), id="s10-on-the-next-line"
        ),
        pytest.param(
            "Numer przesyłki InPost: 520113014230722029585646",
            ("520113014230722029585646", "InPost", True),
            id="polish",
        ),
        pytest.param("PostNL: 3STEST123456789", ("3STEST123456789", "PostNL", True), id="dutch"),
        pytest.param("TBA123456789012", ("TBA123456789012", "Amazon Logistics", True), id="amazon"),
    ],
)
def test_a_number_with_context_is_a_parcels(text: str, found: tuple[str, str, bool]) -> None:
    assert numbers(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("call 2175550123", id="telephone"),
        pytest.param("item 123456789012", id="twelve-digits-alone"),
        pytest.param("EAN 4006381333931", id="bar-code"),
        pytest.param("UPS is fast. Item 12345678901234567890123", id="carrier-with-another-shape"),
        pytest.param("tracking is free. Your invoice is 123456789012", id="label-of-another-sentence"),
        pytest.param("12.11.2026 10:30:00", id="date"),
        pytest.param("info12345678@shop.example", id="e-mail"),
    ],
)
def test_a_number_without_context_is_none(text: str) -> None:
    assert numbers(text) == []


def test_an_order_id_is_no_parcel() -> None:
    text = "tracking for order 112-1234567-1234567"
    taken = [Span(0, text.index("112"), len(text))]
    assert find_numbers(ground(text), [], taken) == []


def test_the_place_covers_the_number_as_written() -> None:
    text = "UPS: 1Z 5R8 939 03 5756 7127!"
    (found,) = find_numbers(ground(text), find_carriers(ground(text)), [])
    assert words(text, found.span) == "1Z 5R8 939 03 5756 7127"


@pytest.mark.parametrize(
    ("url", "host", "found"),
    [
        pytest.param(
            f"https://www.ups.com/track?tracknum={UPS}", "www.ups.com", (UPS, "UPS", True), id="query"
        ),
        pytest.param(
            "https://www.royalmail.com/track#/RB123456785GB",
            "www.royalmail.com",
            ("RB123456785GB", "Royal Mail", True),
            id="fragment",
        ),
        pytest.param(
            "https://www.fedex.com/?trknbr=986578788856",
            "www.fedex.com",
            ("986578788856", "FedEx", False),
            id="invalid",
        ),
    ],
)
def test_a_tracking_address_gives_its_number(url: str, host: str, found: tuple[str, str, bool]) -> None:
    link = Link(url, host, "", LinkKind.HREF, None, "text/html")
    assert find_in_links([link]) == [Tracking(found[0], found[1], None, found[2])]


def test_other_addresses_give_none() -> None:
    link = Link(f"https://shop.example/{UPS}", "shop.example", "", LinkKind.HREF, None, "text/html")
    assert find_in_links([link]) == []


@given(st.text(alphabet=st.sampled_from("0123456789 -1ZUPSDHLtracking:\n日")))
def test_places_are_in_range(text: str) -> None:
    passage = ground(text)
    for one in find_numbers(passage, find_carriers(passage), []):
        assert one.span is not None
        assert 0 <= one.span.start < one.span.end <= len(text)


def test_a_carriers_shape_with_a_wrong_check_digit_is_that_carriers() -> None:
    assert numbers("FedEx tracking number: 986578788856") == [("986578788856", "FedEx", False)]


def test_finds_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "MAX_NUMBERS", 1)
    assert len(numbers(f"{UPS} and 1Z879E930346834440")) == 1


def test_short_numbers_in_a_tracking_address_are_none() -> None:
    link = Link("https://www.ups.com/track?loc=en1234US", "www.ups.com", "", LinkKind.HREF, None, "text/html")
    assert find_in_links([link]) == []
