"""Hostile mails: each ends with a result, its defects named, and work that grows no faster than the mail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost_policies.facts import read
from gatepost_policies.model import Reading, Span
from kit.effort import calls
from kit.mails import html_mail, mail, multipart, part
from kit.winmail import winmail


def nested(levels: int) -> bytes:
    """A multipart in a multipart in a multipart …"""
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels)
    )


ATTACHED = b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"

BOMBS: dict[str, tuple[Callable[[int], bytes], str]] = {
    "nested-parts": (nested, "too-deep"),
    "nested-mails": (lambda n: b"Content-Type: message/rfc822\r\n\r\n" * n, "too-deep"),
    "attached-mails": (lambda n: multipart(*[ATTACHED + b"Subject: x\r\n\r\nhi"] * n), ""),
    "mails-attached-to-mails": (lambda n: ATTACHED * n, "too-deep"),
    "files-of-outlook": (
        lambda n: multipart(part(winmail(files={f"{at}.eml": b"x" for at in range(n)}))),
        "",
    ),
    "many-parts": (lambda n: multipart(*[b"\r\nx"] * n), "too-many-parts"),
    "many-headers": (lambda n: b"X: y\r\n" * (10 * n) + b"\r\nhi", "headers-too-long"),
    "long-header": (lambda n: b"Subject: " + b"y" * (100 * n) + b"\r\n\r\nhi", "headers-too-long"),
    "encoded-words": (
        lambda n: b"Subject: " + b"=?utf-8?q?a?= " * (20 * n) + b"\r\n\r\nhi",
        "headers-too-long",
    ),
    "parameters": (
        lambda n: mail("hi", headers="Content-Type: text/plain" + "; a=b" * n),
        "headers-too-long",
    ),
    "continuations": (
        lambda n: mail(
            "hi", headers="Content-Type: text/plain" + "".join(f"; a*{at}*=%41" for at in range(n))
        ),
        "headers-too-long",
    ),
    "deep-html": (lambda n: html_mail("<div>" * (10 * n)), "html-too-deep"),
    "many-attributes": (
        lambda n: html_mail("<a " + " ".join(f"a{at}" for at in range(4 * n))),
        "html-too-complex",
    ),
    "re-opened-formatting": (
        lambda n: html_mail("<p>" + "".join(f"<font size={at}>" for at in range(400)) + "<p>x" * (2 * n)),
        "html-too-complex",
    ),
    "many-rules": (lambda n: html_mail("<style>" + ".c{color:red}" * (4 * n) + "</style>"), "css-too-long"),
    "many-links": (lambda n: html_mail("<a href=http://a.com>x</a>" * (10 * n)), "too-many-links"),
    "many-pictures": (lambda n: html_mail("<img src=cid:x>" * (5 * n)), "too-many-pictures"),
    "much-hidden": (lambda n: html_mail("x<p hidden>y</p>" * n), "too-much-hidden"),
    "unclosed-comments": (lambda n: html_mail("<!--" * n), ""),
    "unclosed-style-comments": (lambda n: html_mail("<style>" + "/*" * n + "</style>"), ""),
    "unclosed-blocks": (lambda n: html_mail("<style>" + "@media x{" * n + "</style>"), ""),
    "refreshes": (
        lambda n: html_mail("<meta http-equiv=refresh content='0;url=" + " " * (20 * n) + "'>"),
        "",
    ),
    "quotations": (lambda n: html_mail("<blockquote type=cite>x</blockquote>" * n), ""),
    "dots": (lambda n: mail("a." * n), ""),
    "spaced-dots": (lambda n: mail("a . b " * n), ""),
    "at-signs": (lambda n: mail("a@" * n), ""),
    "schemes": (lambda n: mail("http://" * n), ""),
    "brackets": (lambda n: mail("http://a.com/" + "(" * n), ""),
    "digits": (lambda n: mail("1" * n), ""),
    "groups": (lambda n: mail("12 34 " * n), ""),
    "days": (lambda n: mail("1.1.2026 " * n), ""),
    "months": (lambda n: mail("may 5 " * n), ""),
    "blanks-after-a-month": (lambda n: mail("1 november" + " " * (50 * n) + "x"), ""),
    "quantities": (lambda n: mail("qty 1\r\n" * n), ""),
    "carriers": (lambda n: mail("UPS " * n + "1234567890"), ""),
    "labels": (lambda n: mail("tracking " * n + "1Z5R89390357567127"), ""),
    "quotation-marks": (lambda n: mail(">\r\n" * n), ""),
    "attributions": (lambda n: mail("On 1 May 2026 a@b.c wrote:\r\n" * n), ""),
    "overrides": (lambda n: mail("\u202eab\u202c" * n), ""),
    "zero-width": (lambda n: mail("a\u200b" * n), ""),
    "ligatures": (lambda n: mail("\ufdfa" * n), ""),
    "boundaries": (lambda n: mail("--a" * n, headers="Content-Type: multipart/mixed; boundary=a"), ""),
    "padding": (lambda n: mail("QQ==" * n, headers="Content-Transfer-Encoding: base64"), ""),
    "flowed": (lambda n: mail("a \r\n" * n, headers="Content-Type: text/plain; format=flowed"), ""),
}


@pytest.mark.parametrize(("bomb", "defect"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_ends_with_its_defect(bomb: Callable[[int], bytes], defect: str) -> None:
    assert not defect or defect in read(bomb(1_500)).mail.defects


@pytest.mark.parametrize("bomb", [bomb for bomb, _ in BOMBS.values()], ids=BOMBS.keys())
def test_twice_the_mail_is_at_most_about_twice_the_work(bomb: Callable[[int], bytes]) -> None:
    small, large = bomb(400), bomb(800)
    for bytes_ in (small, large):
        read(bytes_)  # tables are loaded on first use
    once, twice = calls(lambda: read(small)), calls(lambda: read(large))
    assert twice < 2.5 * once + 2_000


def test_broken_offsets_are_impossible_for_evidence(reading_of_everything: Reading) -> None:
    spans = all_spans(reading_of_everything)
    texts = [passage.text for passage in reading_of_everything.mail.passages]
    assert spans
    assert all(0 <= span.start < span.end <= len(texts[span.passage]) for span in spans)


@pytest.fixture(scope="module")
def reading_of_everything() -> Reading:
    text = "Order 112-1234567-1234567 UPS 1Z5R89390357567127 on 1 May 2026, 2 x Lamp $5 shop.com a@b.com"
    return read(
        multipart(part(text), part(f"<p>㎏ {text}", "text/html"), part(text, "text/plain; name=a.txt"))
    )


def all_spans(reading: Reading) -> list[Span]:
    """Every place that a reading tells of."""
    facts = reading.facts
    listed = (facts.order_ids, facts.carriers, facts.days, facts.amounts, facts.items)
    told = [item.span for group in listed for item in group]
    numbers = [one.span for one in facts.tracking if one.span]
    shown = [link.span for link in reading.mail.links if link.span]
    return [*told, *numbers, *shown, *facts.addresses, *facts.emails, *facts.phones]


PIECES = (
    b"\r\n",
    b"\r\n\r\n",
    b"--b1\r\n",
    b"--b1--",
    b"Content-Type: text/html; charset=utf-16\r\n",
    b"Content-Type: multipart/mixed; boundary=b1\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"=?utf-8?b?aGk=?=",
    b"<a href='http://a.com'>shop . com</a>",
    b"<style>a{display:none}",
    b"<!--[if mso]>",
    b"<blockquote type=cite>",
    b"> quoted\r\n",
    b"On 1 May 2026 a@b.c wrote:\r\n",
    b"112-1234567-1234567",
    b"UPS 1Z5R89390357567127",
    b"12 Main Street\r\nSpringfield, IL 62704\r\n",
    b"\xe2\x80\xaemoc.pohs",
    b"\xef\xbc\x8ecom",
    b"\xed\xa0\x80\xff\x00",
    b"2 x Lamp $5 1.1.2026",
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=30).map(b"".join))
def test_no_bytes_make_reading_fail_or_point_nowhere(raw: bytes) -> None:
    reading = read(raw)
    texts = [passage.text for passage in reading.mail.passages]
    assert all(0 <= span.start < span.end <= len(texts[span.passage]) for span in all_spans(reading))
    for passage in reading.mail.passages:
        assert (passage.stretches[0].start, passage.stretches[-1].end) == (0, len(passage.text))
    for link in reading.mail.links:
        assert link.span is None or texts[link.span.passage][link.span.start : link.span.end] == link.shown
