from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.admin.mailview import MAX_LINKS, MAX_SOURCE, MAX_TEXT, disposition, safe_name, show, source_of
from gatepost_policies.facts import read
from gatepost_policies.model import (
    Action,
    Facts,
    Finding,
    JudgedLink,
    Link,
    LinkKind,
    Mail,
    Passage,
    Reading,
    Section,
    Source,
    Stretch,
)
from kit.messages import finding
from kit.site import raw_of

TEXT = "Hello. 20% off your next order, and a gift card."


def reading(text: str = TEXT, stretches: tuple[Stretch, ...] = (), links: tuple[Link, ...] = ()) -> Reading:
    passages = (
        Passage(Source.SUBJECT, "subject", "Order"),
        Passage(Source.PLAIN, "text/plain", text, stretches),
    )
    return Reading(Mail((), "Order", passages, links), Facts())


def found(words: str, text: str = TEXT, action: Action = Action.QUARANTINE) -> Finding:
    from dataclasses import replace

    start = text.index(words)
    return replace(finding(evidence=words, action=action), start=start, end=start + len(words))


def test_the_words_of_a_finding_stand_marked_in_place() -> None:
    pieces = show(reading(), [found("20% off")]).passages[1].pieces

    assert [(piece.text, piece.findings) for piece in pieces] == [
        ("Hello. ", ()),
        ("20% off", (1,)),
        (" your next order, and a gift card.", ()),
    ]


def test_overlapping_findings_share_their_words_and_the_strictest_colours_them() -> None:
    both = [found("20% off your"), found("your next", action=Action.REJECT)]

    pieces = show(reading(), both).passages[1].pieces

    assert [(piece.text, piece.findings, piece.action, piece.first) for piece in pieces[1:4]] == [
        ("20% off ", (1,), "quarantine", True),
        ("your", (1, 2), "reject", False),
        (" next", (2,), "reject", True),
    ]


def test_words_that_are_not_where_they_should_be_are_not_marked() -> None:
    shown = show(reading("Other words altogether, long enough for the span."), [found("20% off")])

    assert shown.placed == frozenset()
    assert len(shown.passages[1].pieces) == 1


def test_a_finding_without_words_marks_nothing() -> None:
    assert show(reading(), [finding(evidence="")]).placed == frozenset()


def test_quoted_words_are_shown_as_such() -> None:
    stretches = (Stretch(0, 6, Section.QUOTED), Stretch(6, len(TEXT), Section.AUTHOR))

    pieces = show(reading(stretches=stretches), []).passages[1].pieces

    assert [(piece.text, piece.section) for piece in pieces] == [("Hello.", "quoted"), (TEXT[6:], "author")]


@given(st.text(max_size=60), st.data())
def test_the_pieces_are_the_text(text: str, data: st.DataObject) -> None:
    spans = data.draw(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
    findings = []
    for start, end in spans:
        words = text[start:end]
        findings.append(
            Finding(
                "r",
                "marketing",
                "P4",
                Action.REJECT,
                finding().mode,
                words,
                "text/plain",
                start,
                start + len(words),
                "",
            )
        )

    pieces = show(reading(text), findings).passages[1].pieces

    assert "".join(piece.text for piece in pieces) == text


def test_a_very_long_text_is_cut_and_says_so() -> None:
    passage = show(reading("x" * (MAX_TEXT + 1)), []).passages[1]

    assert passage.cut
    assert len(passage.pieces[0].text) == MAX_TEXT


def test_links_show_where_they_lead() -> None:
    link = Link("https://shop.example/x", "shop.example", "our shop", LinkKind.HREF, None, "text/html")

    shown = show(reading(links=(link,) * (MAX_LINKS + 1)), [])

    assert (shown.links[0].host, shown.links[0].shown, shown.links[0].allowed) == (
        "shop.example",
        "our shop",
        None,
    )
    assert len(shown.links) == MAX_LINKS
    assert shown.cut


def test_judged_links_carry_their_verdict() -> None:
    judged = JudgedLink("https://www.ups.com/track", "www.ups.com", "Track", True, "carrier tracking")

    assert show(reading(), [], [judged]).links[0].why == "carrier tracking"


def test_a_mail_as_read_is_shown_whole() -> None:
    shown = show(read(raw_of("a", html="<p>Hello</p>")), [])

    assert shown.html_parts == 1
    assert ("Subject", "Order 112-1234567-1234567") in shown.headers


def test_the_source_is_cut_with_a_word_about_it() -> None:
    assert source_of(b"a\r\nb") == ("a\nb", False)
    assert source_of(b"x" * (MAX_SOURCE + 1))[1]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ('a"; filename="b.html', "a_ filename_b.html"),
        ("a\r\nSet-Cookie: x", "a_Set-Cookie_ x"),
        ("Rechnung für Müller.pdf", "Rechnung f_r M_ller.pdf"),
        ("evil\u202efdp.exe", "evil_fdp.exe"),
        (".htaccess", "htaccess"),
        ("", "attachment"),
        ("...", "attachment"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_file_names_are_safe_on_every_system(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = disposition(name)

    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    assert header.isascii()
    assert header.isprintable()
