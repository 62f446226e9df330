from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.html.guard import MANY, SMALL, flatten, weigh


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<div>" * 20_000, id="divisions"),
        pytest.param("<b>" * 20_000, id="formatting"),
        pytest.param("<table><tr><td>" * 5_000, id="tables"),
        pytest.param("<!--><div>" * 5_000, id="comments-that-close-at-once"),
        pytest.param("<div><table><td></div></td></table>" * 5_000, id="ends-without-effect"),
        pytest.param("<div></x></div x>" * 2_000 + "<div>" * 600 + "x" * SMALL, id="ends-of-others"),
    ],
)
def test_deep_documents_are_too_heavy(source: str) -> None:
    assert weigh(source) == "html-too-deep"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<a " + " ".join(f"a{n}=1" for n in range(5_000)) + ">", id="attributes"),
        pytest.param(
            "<p>" + "".join(f"<font size={n}>" for n in range(400)) + "<p>x" * 5_000,
            id="re-opened-formatting",
        ),
        pytest.param("<svg><style>" + "<g>" * (MANY + 1), id="markup-in-svg-styles"),
    ],
)
def test_costly_documents_are_too_heavy(source: str) -> None:
    assert weigh(source) == "html-too-complex"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<p>words" * 20_000, id="paragraphs-never-closed"),
        pytest.param("<table><tr><td>x<td>y</table>" * 5_000, id="many-tables"),
        pytest.param("<div><b>x</b></div>" * 10_000, id="well-formed"),
        pytest.param("<br><img src=x><hr>" * 10_000, id="void-elements"),
        pytest.param("<style>" + "<div>" * 9_000 + "</style>", id="markup-in-a-style"),
        pytest.param("<!--" + "<div>" * 9_000 + "-->", id="markup-in-a-comment"),
        pytest.param("x" * 100_000, id="text"),
    ],
)
def test_long_but_simple_documents_are_not(source: str) -> None:
    assert weigh(source) == ""


def test_a_flat_reading_keeps_words_and_lines() -> None:
    text, _ = flatten("<div>One &amp; <b>two</b></div><p>three<!-- x --><script>no</script>")
    assert text == "One & two\nthree"


def test_a_flat_reading_keeps_addresses() -> None:
    _, addresses = flatten("<a title=x href='https://a.example/?a=1&amp;b=2'>")
    assert ("a", "href", "https://a.example/?a=1&b=2") in addresses


@given(st.text(alphabet=st.sampled_from("<>/ab='\"!- &;#pstyle\n")))
def test_any_markup_can_be_weighed_and_flattened(source: str) -> None:
    assert isinstance(flatten(source)[0], str)
    assert weigh(source * (SMALL // max(len(source), 1) + 1)) in ("", "html-too-deep", "html-too-complex")


def test_the_end_of_a_table_closes_what_stands_open_in_it() -> None:
    assert weigh("<table><tr><td><div><span></table>" * 3_000) == ""
