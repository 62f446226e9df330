from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts.hosts import Url, canonical_host, parse_url, registrable, suffix


@pytest.mark.parametrize(
    ("host", "canonical"),
    [
        pytest.param("WWW.Shop.Example", "www.shop.example", id="case"),
        pytest.param("shop.example.", "shop.example", id="trailing-dot"),
        pytest.param("sh%6Fp.example", "shop.example", id="percent"),
        pytest.param("ｓｈｏｐ．ｃｏｍ", "shop.com", id="full-width"),
        pytest.param("shop。com", "shop.com", id="ideographic-dot"),
        pytest.param("sh\u00adop.com", "shop.com", id="soft-hyphen"),
        pytest.param("bücher.de", "xn--bcher-kva.de", id="idn"),
        pytest.param("xn--bcher-kva.de", "xn--bcher-kva.de", id="a-label"),
        pytest.param("\u0430mazon.de", "xn--mazon-3ve.de", id="look-alike"),
        pytest.param("straße.de", "xn--strae-oqa.de", id="idna-2008"),
        pytest.param("2130706433", "127.0.0.1", id="decimal-address"),
        pytest.param("0x7f.1", "127.0.0.1", id="hexadecimal-address"),
        pytest.param("0177.0.0.01", "127.0.0.1", id="octal-address"),
        pytest.param("[2001:DB8::1]", "2001:db8::1", id="ipv6"),
        pytest.param("1.2.3.4.5", "1.2.3.4.5", id="five-numbers-are-a-name"),
        pytest.param("09.1.1.1", "09.1.1.1", id="no-octal-number-is-a-name"),
        pytest.param("300.1.1.1", "300.1.1.1", id="too-large-a-number-is-a-name"),
        pytest.param("1.2.3.256", "1.2.3.256", id="too-large-a-last-number-is-a-name"),
        pytest.param("a\u2260b.com", "xn--ab-miv.com", id="not-registrable"),
        pytest.param("", "", id="empty"),
        pytest.param("a..b", "", id="empty-label"),
        pytest.param("-a.com", "", id="leading-hyphen"),
        pytest.param("a b.com", "", id="blank"),
        pytest.param("x" * 300 + ".com", "", id="too-long"),
        pytest.param("[::g]", "", id="no-ipv6"),
    ],
)
def test_hosts_have_one_form(host: str, canonical: str) -> None:
    assert canonical_host(host) == canonical


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        pytest.param("https://A.example/x?y#z", Url("https", "", "a.example", None, "/x?y#z"), id="plain"),
        pytest.param("HTTP://a.example:8080", Url("http", "", "a.example", 8080, ""), id="port"),
        pytest.param(
            "https://amazon.com@evil.example/",
            Url("https", "amazon.com", "evil.example", None, "/"),
            id="user",
        ),
        pytest.param(
            "https://a@b@evil.example", Url("https", "a@b", "evil.example", None, ""), id="two-at-signs"
        ),
        pytest.param(
            r"https:\\evil.example\@a.example",
            Url("https", "", "evil.example", None, r"\@a.example"),
            id="backslashes",
        ),
        pytest.param("https:evil.example", Url("https", "", "evil.example", None, ""), id="no-slashes"),
        pytest.param(
            "ht\ntps://evil.ex\tample", Url("https", "", "evil.example", None, ""), id="blanks-within"
        ),
        pytest.param("//evil.example/x", Url("", "", "evil.example", None, "/x"), id="no-scheme"),
        pytest.param("hxxps://evil.example", Url("https", "", "evil.example", None, ""), id="hxxps"),
        pytest.param("/path/only", Url("", "", "", None, "/path/only"), id="relative"),
        pytest.param("mailto:a@b.example", Url("mailto", "", "", None, "a@b.example"), id="mailto"),
        pytest.param("shop.example:8080/x", Url("", "", "shop.example", 8080, "/x"), id="host-and-port"),
        pytest.param("http://[::1]:80/", Url("http", "", "::1", 80, "/"), id="ipv6"),
        pytest.param(
            "http://evil.example?x@a.example",
            Url("http", "", "evil.example", None, "?x@a.example"),
            id="query",
        ),
    ],
)
def test_addresses_are_read_as_browsers_do(url: str, parts: Url) -> None:
    assert parse_url(url) == parts


def test_registrable_domains_come_from_the_public_suffix_list() -> None:
    assert registrable("www.shop.co.uk") == "shop.co.uk"
    assert registrable("file.pdf") == ""
    assert suffix("co.uk") == "co.uk"


@given(st.text())
def test_the_canonical_form_is_stable(host: str) -> None:
    once = canonical_host(host)
    assert canonical_host(once) == once


@given(st.text())
def test_any_text_can_be_taken_for_an_address(url: str) -> None:
    assert canonical_host(parse_url(url).host) == parse_url(url).host
