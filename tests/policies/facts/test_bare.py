from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts import bare
from gatepost_policies.facts.bare import find_bare


@pytest.mark.parametrize(
    ("text", "host"),
    [
        pytest.param("see https://shop.example/x.", "shop.example", id="scheme"),
        pytest.param("(https://shop.com/a_(b))", "shop.com", id="in-brackets"),
        pytest.param("<https://shop.com>", "shop.com", id="angled"),
        pytest.param("[shop](https://shop.com/x)", "shop.com", id="markdown"),
        pytest.param("see www.shop.com now", "www.shop.com", id="www"),
        pytest.param("visit shop.com today", "shop.com", id="bare"),
        pytest.param("visit:shop.example.online", "shop.example.online", id="after-a-colon"),
        pytest.param("Visit MyShop.Com", "myshop.com", id="capitals"),
        pytest.param("Visit MyShop.it", "myshop.it", id="capital-name-with-a-word-as-its-ending"),
        pytest.param("Visit Myshop.Fr", "myshop.fr", id="capital-ending"),
        pytest.param("VISIT MYSHOP.DE", "myshop.de", id="all-capitals"),
        pytest.param("our shop: mein-laden.de", "mein-laden.de", id="country"),
        pytest.param("go to shop.it/sale", "shop.it", id="word-ending-with-path"),
        pytest.param("1688.com", "1688.com", id="digits"),
        pytest.param("t.co/abc", "t.co", id="short"),
        pytest.param("shop[.]com", "shop.com", id="bracketed-dot"),
        pytest.param("shop [dot] com", "shop.com", id="spelt-dot"),
        pytest.param("shop (dot) co (dot) uk", "shop.co.uk", id="two-spelt-dots"),
        pytest.param("shop dot com", "shop.com", id="dot-as-a-word"),
        pytest.param("shop . com", "shop.com", id="spaced-dot"),
        pytest.param("shop .com", "shop.com", id="space-before"),
        pytest.param("www. shop. com", "www.shop.com", id="space-after"),
        pytest.param("www . shop . com", "www.shop.com", id="spaced-www"),
        pytest.param("w w w . s h o p . c o m", "www.shop.com", id="spaced-letters"),
        pytest.param("hxxps://shop.com/x", "shop.com", id="hxxps"),
        pytest.param("https : // shop.com", "shop.com", id="spaced-scheme"),
        pytest.param("ｓｈｏｐ．ｃｏｍ", "shop.com", id="full-width"),
        pytest.param("shop。com", "shop.com", id="ideographic-stop"),
        pytest.param("shop·com", "shop.com", id="middle-dot"),
        pytest.param("詳しくはexample.jpをご覧ください", "example.jp", id="within-japanese"),
        pytest.param("https://example.jpをご覧", "example.jp", id="scheme-within-japanese"),
        pytest.param("例え.jp", "xn--r8jz45g.jp", id="idn"),
        pytest.param("bücher.de", "xn--bcher-kva.de", id="umlaut"),
        pytest.param("\u0430mazon.de", "xn--mazon-3ve.de", id="look-alike"),
        pytest.param("http://3232235777/x", "192.168.1.1", id="decimal-address"),
        pytest.param("https://amazon.com@evil.example/", "evil.example", id="user-part"),
        pytest.param("Bestellung bei Amazon.de-Händler", "amazon.de", id="glued-by-a-hyphen"),
        pytest.param("from shop.com.Please", "shop.com", id="glued-sentence"),
        pytest.param("**shop.com**", "shop.com", id="bold"),
        pytest.param("_shop.com_", "shop.com", id="underlined"),
        pytest.param("//shop.com/x", "shop.com", id="protocol-relative"),
        pytest.param("www.shop.nowhere", "www.shop.nowhere", id="www-with-an-ending-that-does-not-exist"),
        pytest.param("visit shop.example", "shop.example", id="example"),
        pytest.param("shop.com:8443/x", "shop.com", id="port"),
    ],
)
def test_an_address_in_text_is_found(text: str, host: str) -> None:
    assert [one.host for one in find_bare(text)] == [host]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("see invoice.pdf and photo.jpg", id="file-names"),
        pytest.param("unzip manual.zip, read readme.md", id="files-with-suffixes-that-exist"),
        pytest.param("version 1.2.3 or v2.10", id="versions"),
        pytest.param("EUR 12.50 or 1.234.567", id="amounts"),
        pytest.param("Mr.Smith and Dr.Shaw and St.John", id="titles"),
        pytest.param("It has arrived.Please check", id="missing-space"),
        pytest.param("We sent your order.it is late", id="missing-space-before-a-word-that-is-a-suffix"),
        pytest.param("Tel.Nr. 5, pedido.Sr. García, ordine.Il pacco", id="capital-after-a-full-stop"),
        pytest.param("Acme Ltd.Co and Inc.Com", id="company-forms"),
        pytest.param("I am here.John.is it ok", id="name-between-full-stops"),
        pytest.param("We ship quickly.it takes a day", id="adverb"),
        pytest.param("Thanks.So we wait. Done.No more", id="missing-space-before-a-capital"),
        pytest.param("write to sales@shop.com or max.info@shop.de", id="e-mail"),
        pytest.param("bob [at] shop.de", id="spelt-e-mail"),
        pytest.param("e.g. this, i.e. that, z.B. dies, m.in. tamto, u.a.", id="abbreviations"),
        pytest.param("on 12.11.2026 at 10.30", id="dates-and-times"),
        pytest.param("order 112-1234567-1234567", id="order"),
        pytest.param("No.1 choice, Nr.5", id="numbers"),
        pytest.param("Acme Co.Ltd and S.p.A and d.o.o", id="companies"),
        pytest.param("10 a.m. and 5 p.m.", id="hours"),
        pytest.param("the dot com boom", id="idiom"),
        pytest.param("and/or", id="slash"),
        pytest.param("注文しました。商品を", id="japanese-sentence"),
        pytest.param("wait...what", id="ellipsis"),
        pytest.param("Please wait. Com is a word", id="spaced-sentence"),
        pytest.param("size 3.in height", id="inches"),
    ],
)
def test_what_is_no_address_is_left_alone(text: str) -> None:
    assert [one.host for one in find_bare(text)] == []


def test_the_place_covers_exactly_what_is_written() -> None:
    text = "㎏: shop [dot] com/x!"
    (one,) = find_bare(text)
    assert text[one.start : one.end] == "shop [dot] com/x"
    assert one.url == "shop.com/x"


def test_order_of_finds_is_order_of_text() -> None:
    text = "a.com then https://b.com then c.com"
    assert [one.host for one in find_bare(text)] == ["a.com", "b.com", "c.com"]


@given(st.text(alphabet=st.sampled_from("abcom./:@-_ []()dtwh。。あ\u00e4")))
def test_places_are_in_order_and_in_range(text: str) -> None:
    found = find_bare(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))


def test_a_scheme_before_nothing_is_no_address() -> None:
    assert find_bare("http:// or https://, see http://.") == []


def test_finds_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare, "MAX_FOUND", 2)
    assert len(find_bare("a.com b.com c.com")) == 2


def test_an_undisguised_www_needs_no_way_back() -> None:
    assert bare.undisguise("see www.lamps.example today") == ("see www.lamps.example today", None)
