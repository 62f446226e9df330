"""Any bytes behind any beginning are looked at without a fault: parsers of our own, by property."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("rapidocr", reason="gatepost[vision] is not installed")

from gatepost.vision import pdfactions, rtf
from gatepost.vision.looking import look
from gatepost.vision.seen import Seen
from kit import papers
from kit.papers import Page, paper

LINK = "https://lampshop.com/welcome"
PAPER = paper([Page(["Hi"], link=LINK, button=LINK, note="Hello")], files={"a.txt": b"Hi"})
WORD = papers.word(["Hi"], link=LINK, header="Hello")
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(
    st.sampled_from([PAPER, WORD, papers.rich_text(["Hi"], link=LINK), papers.locked_pdf("Hi", password="")]),
    st.integers(0, 4_000),
    st.binary(min_size=1, max_size=40),
)
def test_a_document_with_wrong_bytes_is_read_or_said_to_be_unread(
    content: bytes, at: int, wrong: bytes
) -> None:
    at %= len(content)
    assert isinstance(look("x", content[:at] + wrong + content[at + len(wrong) :]), Seen)


@SLOW
@given(st.binary(max_size=400))
def test_any_bytes_are_some_rich_text(content: bytes) -> None:
    seen = rtf.read(b"{\\rtf1" + content, lambda name, data: Seen(words=name))
    assert isinstance(seen.words, str)


@SLOW
@given(st.text(alphabet="()\\<>/URIJSF 0123ab", max_size=80))
def test_any_string_of_a_pdf_has_some_text(written: str) -> None:
    for string in (f"({written})", f"<{written}>"):
        for match in pdfactions._ACTION.finditer(f"/URI {string}".encode()):
            assert isinstance(pdfactions._text(match[2]), str)
