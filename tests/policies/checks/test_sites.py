"""Which websites a mail may lead to."""

from __future__ import annotations

import pytest

from gatepost_policies.checks.sites import assess, carrier_of, is_amazon
from kit.judged import case, with_settings

UPS = "1Z5R89390357567127"

ALLOWED = [
    ("a carrier's page with the number", f"https://www.ups.com/track?tracknum={UPS}"),
    ("a carrier's page over http", f"http://www.ups.com/track?tracknum={UPS}"),
    (
        "the number after the hash",
        "https://www.royalmail.com/track-your-item#/tracking-results/RB123456785GB",
    ),
    (
        "a path of another language",
        "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode=1",
    ),
    ("a tracking page to fill in", "http://www.singpost.com/ra/ra_article_status.asp"),
    ("another page that carries the number", f"Tracking number {UPS}: https://www.ups.com/x/{UPS}"),
    ("a number that runs into a word", f"Tracking number {UPS} UPS https://www.ups.com/track?tracknum={UPS}"),
    ("the carrier's home beside a number", f"Tracking number {UPS}, see www.ups.com"),
    ("an order's page at Amazon", "https://www.amazon.com/gp/css/order-details?orderID=112-1234567-1234567"),
    ("returns at Amazon", "https://www.amazon.de/returns"),
    ("the marketplace by its name", "Thank you for your Amazon.com order."),
    ("a carrier by its name", "We sent it with DHL.de."),
]
FORBIDDEN = [
    ("a shop", "https://lampshop.com/", "not needed to fulfil the order"),
    ("a carrier's shop", "https://www.ups.com/store/boxes", "not a tracking page"),
    ("a carrier's home without a number", "see www.ups.com", "not a tracking page"),
    (
        "another parcel",
        f"Tracking number: {UPS}\nhttps://www.ups.com/track?tracknum=1Z12345E6605272234",
        "another parcel",
    ),
    (
        "a carrier that passes on",
        f"https://www.ups.com/track?tracknum={UPS}&u=https%3A%2F%2Fa.com",
        "pass the reader",
    ),
    ("a name before the host", f"https://www.ups.com@lampshop.com/track?n={UPS}", "user name"),
    ("an unusual port", f"https://www.ups.com:8443/track?tracknum={UPS}", "port"),
    ("a look-alike", f"https://www.ups.com.parcels.net/track?tracknum={UPS}", "not needed"),
    ("a tracker of many carriers", "https://www.17track.net/en/track?nums=RB123456785GB", "not needed"),
    ("a review page at Amazon", "https://www.amazon.com/review/create-review", "does not need"),
    (
        "a page of Amazon's that passes on",
        "https://www.amazon.com/gp/help?u=https://a.com",
        "pass the reader",
    ),
    ("the marketplace by its address", "See www.amazon.com", "does not need"),
    ("not quite Amazon", "https://www.amazon.com.orders.net/gp/css/order-details", "not needed"),
]


@pytest.mark.parametrize("text", [pytest.param(row[1], id=row[0]) for row in ALLOWED])
def test_what_fulfilling_an_order_needs_is_allowed(text: str) -> None:
    sites = assess(case(text))
    assert sites
    assert all(site.allowed for site in sites), sites


@pytest.mark.parametrize(("text", "why"), [pytest.param(*row[1:], id=row[0]) for row in FORBIDDEN])
def test_what_it_does_not_need_is_not(text: str, why: str) -> None:
    faults = [site.why for site in assess(case(text)) if not site.allowed]
    assert len(faults) == 1
    assert why in faults[0]


def test_the_edition_of_2020_asks_for_https_and_allows_amazon() -> None:
    text = f"http://www.ups.com/track?tracknum={UPS} https://www.amazon.com/dp/B0 http://www.amazon.com/dp/B1"
    assert [site.allowed for site in assess(case(text, edition="amazon-2020-11"))] == [False, True, False]


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("docs.example.com", True),
        ("eu.docs.example.com", True),
        ("example.com", False),
        ("mydocs.example.com", False),
    ],
)
def test_a_listed_host_stands_for_its_subdomains(host: str, allowed: bool) -> None:
    [site] = assess(case(f"https://{host}/a", allowed="docs.example.com"))
    assert site.allowed is allowed


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<a href='mailto:a@shop.com'>write</a>", id="an address to write to"),
        pytest.param("<a href='#top'>top</a>", id="a place in the mail"),
        pytest.param("<img src='https://shop.com/a.png'>", id="a picture that is loaded"),
        pytest.param("<p style='background:url(https://shop.com/a.png)'>x</p>", id="a background"),
    ],
)
def test_what_is_no_website_to_follow_is_allowed(html: str) -> None:
    assert all(site.allowed for site in assess(case(html=f"<p>Your lamp</p>{html}")))


def test_links_in_quoted_history_are_not_the_sellers() -> None:
    text = "It is ready.\n\nOn 3 May 2026 Ann wrote:\n> see www.lampshop.com"
    assert [site.why for site in assess(case(text))] == ["in quoted history"]


def test_a_page_of_amazons_is_judged_by_the_paths_of_the_edition() -> None:
    built = with_settings(
        case("https://www.amazon.com/gp/help/x"), amazon_pages="needed", amazon_paths=["/dp/"]
    )
    assert [site.allowed for site in assess(built)] == [False]


@pytest.mark.parametrize(
    ("host", "carrier"),
    [
        ("www.ups.com", "UPS"),
        ("ups.com", "UPS"),
        ("toi.kuronekoyamato.co.jp", "Yamato"),
        ("notups.com", ""),
        ("com", ""),
    ],
)
def test_a_carrier_is_known_by_its_domains(host: str, carrier: str) -> None:
    assert carrier_of(host) == carrier


@pytest.mark.parametrize(
    ("host", "ours"),
    [("amazon.de", True), ("www.amazon.co.uk", True), ("amazon.example.com", False), ("my-amazon.de", False)],
)
def test_amazon_is_known_by_its_stores(host: str, ours: bool) -> None:
    assert is_amazon(host) is ours
