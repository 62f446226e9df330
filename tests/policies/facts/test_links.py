from __future__ import annotations

import pytest

from gatepost_policies.facts import read
from gatepost_policies.facts.links import MAX_HEADER_LINKS, joined
from gatepost_policies.model import Link, LinkKind
from kit.mails import html_mail, mail, multipart, part


def links(raw: bytes) -> list[Link]:
    return list(read(raw).mail.links)


@pytest.mark.parametrize(
    ("body", "host", "shown"),
    [
        pytest.param("<a href='https://A.example/x'>our shop</a>", "a.example", "our shop", id="plain"),
        pytest.param(
            "<a href='https://a.example'>www.b.com</a>", "a.example", "www.b.com", id="shows-another-host"
        ),
        pytest.param("<a href='https://amazon.com@a.example/'>t</a>", "a.example", "t", id="user-part"),
        pytest.param("<a href='//a.example/x'>t</a>", "a.example", "t", id="no-scheme"),
        pytest.param("<a href='shop.com/x'>t</a>", "shop.com", "t", id="host-only"),
        pytest.param("<a href='ht\ntps://a.exam\tple'>t</a>", "a.example", "t", id="blanks"),
        pytest.param("<a href='https://xn--bcher-kva.de'>t</a>", "xn--bcher-kva.de", "t", id="punycode"),
        pytest.param("<a href='&#104;ttps://a.example'>t</a>", "a.example", "t", id="entities"),
        pytest.param("<a href='mailto:a@b.example?subject=unsubscribe'>t</a>", "", "t", id="mailto"),
        pytest.param("<a href='tel:+123'>t</a>", "", "t", id="tel"),
        pytest.param(
            "<a href='https://a.example'><img src=cid:1 alt='Logo'></a>", "a.example", "Logo", id="picture"
        ),
        pytest.param("<a href='https://a.example'></a>", "a.example", "", id="shows-nothing"),
    ],
)
def test_a_link_tells_where_it_leads_and_what_it_shows(body: str, host: str, shown: str) -> None:
    (link,) = links(html_mail(body))
    assert (link.host, link.shown, link.kind) == (host, shown, LinkKind.HREF)


def test_a_link_within_the_page_is_none() -> None:
    assert links(html_mail("<a href='#top'>t</a>")) == []


def test_relative_links_start_from_the_base() -> None:
    base, link = links(html_mail("<base href='https://a.example/'><a href='x/y'>t</a>"))
    assert (base.kind, link.url, link.host) == (LinkKind.BASE, "https://a.example/x/y", "a.example")


def test_an_address_shown_by_its_own_link_counts_once() -> None:
    assert len(links(html_mail("<a href='https://shop.com'>https://shop.com</a>"))) == 1


def test_an_address_beside_a_link_counts_too() -> None:
    assert [link.kind for link in links(html_mail("<a href=https://a.example>x</a> or shop.com"))] == [
        LinkKind.HREF,
        LinkKind.BARE,
    ]


def test_links_come_in_reading_order() -> None:
    body = "one.com <a href=https://two.example>t</a> <img src=https://three.example/p> four.com"
    assert [link.host for link in links(html_mail(body))] == [
        "one.com",
        "two.example",
        "three.example",
        "four.com",
    ]


@pytest.mark.parametrize(
    ("header", "host", "label"),
    [
        pytest.param(
            "List-Unsubscribe: <https://a.example/u>, <mailto:u@a.example>",
            "a.example",
            "header:List-Unsubscribe",
            id="list",
        ),
        pytest.param(
            "List-Help: https://a.example/help", "a.example", "header:List-Help", id="without-brackets"
        ),
        pytest.param(
            "X-Unsubscribe-Web: <https://a.example/>", "a.example", "header:X-Unsubscribe-Web", id="own-field"
        ),
    ],
)
def test_headers_that_are_shown_as_links_are_links(header: str, host: str, label: str) -> None:
    link = links(mail("hi", headers=header))[0]
    assert (link.host, link.label, link.kind, link.span) == (host, label, LinkKind.HEADER, None)


def test_other_headers_are_no_links() -> None:
    assert (
        links(mail("hi", headers="Received: from https://a.example\nX-Mailer: desk (https://a.example)"))
        == []
    )


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        pytest.param(
            multipart(part("BEGIN:VCALENDAR\r\nURL:https://a.exa\r\n mple/x\r\n", "text/calendar")),
            LinkKind.CALENDAR,
            id="calendar",
        ),
        pytest.param(
            multipart(part("BEGIN:VCARD\r\nURL:https://a.example/x\r\n", "text/vcard")),
            LinkKind.VCARD,
            id="vcard",
        ),
        pytest.param(
            multipart(part("hi"), part("see https://a.example/x", 'text/plain; name="a.txt"')),
            LinkKind.DOCUMENT,
            id="text-file",
        ),
        pytest.param(mail("see https://a.example/x"), LinkKind.BARE, id="body"),
        pytest.param(mail("", subject="https://a.example/x"), LinkKind.BARE, id="subject"),
    ],
)
def test_links_of_other_parts_are_found(raw: bytes, kind: LinkKind) -> None:
    assert [(link.host, link.kind) for link in links(raw)] == [("a.example", kind)]


def test_links_of_a_mail_within_the_mail_are_found() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhttps://a.example/x"
    assert [link.host for link in links(multipart(inner))] == ["a.example"]


def test_a_button_for_outlook_counts() -> None:
    body = (
        "x<!--[if mso]><v:roundrect href='https://a.example'><center>Rate</center></v:roundrect><![endif]-->"
    )
    (link,) = links(html_mail(body))
    assert (link.host, link.shown, link.span) == ("a.example", "Rate", None)


def test_links_of_headers_end_at_the_limit() -> None:
    header = "List-Help: " + " ".join(f"<https://a.example/{n}>" for n in range(MAX_HEADER_LINKS + 5))
    assert len(links(mail("hi", headers=header))) == MAX_HEADER_LINKS


def test_a_base_that_is_no_address_changes_nothing() -> None:
    assert joined("http://[", "x/y") == "x/y"
