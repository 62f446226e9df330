from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.html import read_html
from gatepost_policies.model import Hiding


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("<p>One</p><p>Two</p>", "One\n\nTwo", id="paragraphs"),
        pytest.param("<div>One</div><div>Two</div>", "One\nTwo", id="divisions"),
        pytest.param("One<br>Two<br/>Three", "One\nTwo\nThree", id="breaks"),
        pytest.param("  many \n  spaces\t here ", "many spaces here", id="white-space"),
        pytest.param("sh<b>op</b>.c<i></i>om", "shop.com", id="split-tags"),
        pytest.param("f&#114;ee &amp; ea&shy;sy", "free & easy", id="entities"),
        pytest.param("a&nbsp;b", "a b", id="no-break-space"),
        pytest.param("<ul><li>One<li>Two</ul>", "One\nTwo", id="list-without-end-tags"),
        pytest.param("<table><tr><td>Lamp<td>2<tr><td>Chair<td>1</table>", "Lamp\t2\nChair\t1", id="table"),
        pytest.param("<pre>a\n  b</pre>", "a\n  b", id="preformatted"),
        pytest.param("<p style='white-space:pre-wrap'>a\n b</p>", "a\n b", id="preformatted-by-style"),
        pytest.param("<span style='display:block'>a</span>b", "a\nb", id="block-by-style"),
        pytest.param("<title>t</title><style>p{}</style><script>s</script>x", "x", id="silent-elements"),
        pytest.param("<input type=submit value='Rate us'>", "Rate us", id="button-label"),
        pytest.param("<bdo dir=rtl>moc.pohs</bdo>", "shop.com", id="bdo"),
        pytest.param(
            "<span style='unicode-bidi:bidi-override;direction:rtl'>cba</span>", "abc", id="bidi-style"
        ),
        pytest.param("f\u200bree", "free", id="zero-width"),
        pytest.param("<!-- note -->x<!-- <b>y</b> -->", "x", id="comments"),
        pytest.param("<noscript>seen</noscript>", "seen", id="noscript"),
        pytest.param("<body></p>x</div>y", "xy", id="stray-end-tags"),
        pytest.param("", "", id="empty"),
    ],
)
def test_visible_text_reads_as_shown(source: str, text: str) -> None:
    assert read_html(source).text == text


@pytest.mark.parametrize(
    ("source", "how"),
    [
        pytest.param("<p hidden>secret</p>", Hiding.DISPLAY, id="hidden-attribute"),
        pytest.param("<p style='display:none'>secret</p>", Hiding.DISPLAY, id="display"),
        pytest.param(
            "<p style='DISPLAY : NONE !important'>secret</p>", Hiding.DISPLAY, id="capitals-important"
        ),
        pytest.param(r"<p style='d\69splay:none'>secret</p>", Hiding.DISPLAY, id="escaped"),
        pytest.param(
            "<p style='dis/**/x:y;display/**/:none'>secret</p>", Hiding.DISPLAY, id="comment-in-style"
        ),
        pytest.param("<p style='visibility:hidden'>secret</p>", Hiding.DISPLAY, id="visibility"),
        pytest.param("<p style='opacity:0'>secret</p>", Hiding.COLOUR, id="opacity"),
        pytest.param("<p style='font-size:0'>secret</p>", Hiding.SIZE, id="size-zero"),
        pytest.param("<p style='font-size:1px'>secret</p>", Hiding.SIZE, id="size-one-pixel"),
        pytest.param("<p style='font:0/0 a'>secret</p>", Hiding.SIZE, id="font-shorthand"),
        pytest.param(
            "<div style='font-size:0'><p style='font-size:2em'>secret</p></div>", Hiding.SIZE, id="em-of-zero"
        ),
        pytest.param("<p style='color:#fff'>secret</p>", Hiding.COLOUR, id="white-on-white"),
        pytest.param("<p style='color:#fefefe'>secret</p>", Hiding.COLOUR, id="nearly-white"),
        pytest.param("<p style='color:white'>secret</p>", Hiding.COLOUR, id="named-colour"),
        pytest.param("<p style='color:rgb(255,255,255)'>secret</p>", Hiding.COLOUR, id="rgb"),
        pytest.param("<p style='color:transparent'>secret</p>", Hiding.COLOUR, id="transparent"),
        pytest.param("<font color=white>secret</font>", Hiding.COLOUR, id="font-element"),
        pytest.param("<table bgcolor=black><tr><td>secret</table>", Hiding.COLOUR, id="black-on-black"),
        pytest.param(
            "<div style='background:#000;color:#000'>secret</div>", Hiding.COLOUR, id="same-colours"
        ),
        pytest.param("<p style='max-height:0;overflow:hidden'>secret</p>", Hiding.SIZE, id="no-height"),
        pytest.param("<p style='width:0;overflow:hidden'>secret</p>", Hiding.SIZE, id="no-width"),
        pytest.param("<p style='text-indent:-9999px'>secret</p>", Hiding.OFFSCREEN, id="indent"),
        pytest.param(
            "<p style='position:absolute;left:-5000px'>secret</p>", Hiding.OFFSCREEN, id="off-screen"
        ),
        pytest.param(
            "<p style='position:absolute;clip:rect(0,0,0,0)'>secret</p>", Hiding.OFFSCREEN, id="clipped"
        ),
        pytest.param("<style>.x{display:none}</style><p class=x>secret</p>", Hiding.DISPLAY, id="sheet"),
        pytest.param("<style>#x{display:none}</style><p id=x>secret</p>", Hiding.DISPLAY, id="sheet-by-id"),
        pytest.param(
            "<style>div>p{display:none}</style><div><p>secret</p></div>", Hiding.DISPLAY, id="sheet-child"
        ),
        pytest.param("<style>p{display:none}</style><p>secret</p>", Hiding.DISPLAY, id="sheet-by-tag"),
        pytest.param(
            "<style>@media all{p{display:none}}</style><p>secret</p>", Hiding.DISPLAY, id="sheet-media-all"
        ),
        pytest.param("<!-- secret -->", Hiding.COMMENT, id="comment"),
        pytest.param("<!--[if mso]><p>secret</p><![endif]-->", Hiding.COMMENT, id="outlook-comment"),
        pytest.param("s\u200becret", Hiding.INVISIBLE, id="invisible-characters"),
    ],
)
def test_hidden_words_are_told_with_their_means(source: str, how: Hiding) -> None:
    page = read_html(f"seen {source} too")
    assert ("secret", how) in page.hidden
    assert how is Hiding.INVISIBLE or "secret" not in page.text


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "<div style='visibility:hidden'><p style='visibility:visible'>shown</p></div>", id="taken-back"
        ),
        pytest.param(
            "<div style='font-size:0'><p style='font-size:14px'>shown</p></div>", id="size-restored"
        ),
        pytest.param(
            "<style>@media (max-width:600px){p{display:none}}</style><p>shown</p>", id="hidden-on-phones"
        ),
        pytest.param(
            "<style>p{display:none}@media (max-width:600px){p{display:block}}</style><p>shown</p>",
            id="shown-on-phones",
        ),
        pytest.param("<style>@media print{p{display:none}}</style><p>shown</p>", id="hidden-in-print"),
        pytest.param(
            "<style>p{display:none!important}p{display:block!important}</style><p>shown</p>", id="later-wins"
        ),
        pytest.param("<style>p{display:none}</style><p style='display:block'>shown</p>", id="inline-wins"),
        pytest.param(
            "<style>p.y{display:block}p{display:none}</style><p class=y>shown</p>", id="specific-wins"
        ),
        pytest.param("<style>p:hover{display:none}</style><p>shown</p>", id="hover"),
        pytest.param("<div style='background:#000;color:#fff'>shown</div>", id="white-on-black"),
        pytest.param("<td background=x.png style='color:#fff'>shown</td>", id="white-over-a-picture"),
        pytest.param(
            "<p style='background:linear-gradient(#000,#333);color:#fff'>shown</p>",
            id="white-over-a-gradient",
        ),
        pytest.param("<p style='background:var(--dark);color:#fff'>shown</p>", id="white-over-a-variable"),
        pytest.param("<p style='color:#fff'><a href=x>shown</a></p>", id="links-have-their-own-colour"),
        pytest.param("<p style='overflow:hidden;width:100%'>shown</p>", id="full-width"),
        pytest.param("<p style='margin-left:-20px'>shown</p>", id="slightly-out"),
        pytest.param("<p style='mso-hide:all'>shown</p>", id="hidden-from-outlook-only"),
    ],
)
def test_words_that_some_reader_sees_are_visible(source: str) -> None:
    assert "shown" in read_html(source).text


def test_neighbouring_hidden_words_are_one_stretch() -> None:
    page = read_html("<div style='display:none'>leave <b>five</b> stars</div>")
    assert page.hidden == (("leave five stars", Hiding.DISPLAY),)


@pytest.mark.parametrize(
    ("source", "quoted", "marked"),
    [
        pytest.param("new<div class=gmail_quote>old</div>", "old", True, id="gmail"),
        pytest.param("new<blockquote type=cite>old</blockquote>", "old", True, id="cite"),
        pytest.param("new<blockquote>old</blockquote>", "old", False, id="bare"),
        pytest.param(
            "new<div id=divRplyFwdMsg>From: x</div><div>old</div>", "From: x\nold", True, id="outlook"
        ),
        pytest.param(
            "new<div id=appendonsend></div><hr><div>old</div>", "old", True, id="outlook-on-the-web"
        ),
    ],
)
def test_quotations_of_mail_programs_are_found(source: str, quoted: str, marked: bool) -> None:
    page = read_html(source)
    (quote,) = page.quotes
    assert (page.text[quote.start : quote.end].strip(), quote.marked) == (quoted, marked)


def test_a_document_too_deep_is_read_flat() -> None:
    page = read_html("<div>" * 5_000 + "<a href='https://shop.example/'>words</a>")
    assert (page.text, page.defects) == ("words", ("html-too-deep",))
    assert [anchor.url for anchor in page.anchors] == ["https://shop.example/"]


def test_a_document_too_long_is_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost_policies.html.visible.MAX_HTML", 100)
    page = read_html("<p>" + "x" * 200)
    assert (len(page.text), page.defects) == (97, ("truncated",))


@given(st.text(alphabet=st.sampled_from("<>/ab='\"!- &;#pstyle\n{}:")))
def test_any_markup_gives_some_page(source: str) -> None:
    page = read_html(source)
    assert all(0 <= anchor.start <= anchor.end <= len(page.text) for anchor in page.anchors)


def test_one_style_looks_different_inside_of_different_parents() -> None:
    black = '<p style="color:#000">seen?</p>'
    page = read_html(f'<div style="background:#fff">{black}</div><div style="background:#000">{black}</div>')
    assert (page.text, [words for words, _ in page.hidden]) == ("seen?", ["seen?"])


def test_what_says_nothing_of_its_look_is_no_exception_for_what_does() -> None:
    page = read_html('<p style="color:#fff" bgcolor="#000">a</p><p style="color:#fff">b</p>')
    assert (page.text, [words for words, _ in page.hidden]) == ("a", ["b"])
