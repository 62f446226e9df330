from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.admin.safehtml import MAX_DEPTH, MAX_HTML, html_document, is_cleanable, sanitised

PIXEL = "data:image/png;base64,iVBORw0KGgo="

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><feImage href='https://canary.example/x'/></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='https://canary.example/'>x</a>",
    "<iframe src='https://canary.example/'></iframe>",
    "<object data='https://canary.example/x.swf'></object><embed src='https://canary.example/x'>",
    "<form action='https://canary.example/'><input name=a><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://canary.example/'>",
    "<link rel=prefetch href='https://canary.example/'><base href='https://canary.example/'>",
    "<img src='https://canary.example/p.gif' srcset='https://canary.example/q.gif 2x'>",
    "<picture><source srcset='https://canary.example/p.gif'><img src='//canary.example/q.gif'></picture>",
    "<video poster='https://canary.example/p.gif'><source src='https://canary.example/v.mp4'></video>",
    "<div style='background:url(https://canary.example/x)'>x</div>",
    "<div style='background-image:u\\72l(https://canary.example/x);position:fixed'>x</div>",
    "<style>@import 'https://canary.example/x.css'; body{background:url(//canary.example/y)}</style>",
    "<table background='https://canary.example/x'><td background='//canary.example/y'>x</td></table>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<img src='data:text/html,<script>alert(1)</script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<plaintext><script>alert(1)",
    "<x-y onclick=alert(1) style='x'>z</x-y>",
    "</body></html><script>alert(1)</script>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_left_can_act_or_load(attack: str) -> None:
    assert_harmless(sanitised(f"<p>before</p>{attack}<p>after</p>"))


@given(
    st.lists(st.sampled_from([*ATTACKS, "<p>", "</p>", "<b>", "</b>", "<!--", "-->", "<table>", '"', "'>"]))
)
def test_no_mixture_of_attacks_leaves_anything(pieces: list[str]) -> None:
    assert_harmless(sanitised("".join(pieces)))


def assert_harmless(clean: str) -> None:
    tags = " ".join(re.findall(r"<[a-zA-Z/!][^>]*>", clean)).lower()
    assert "canary" not in re.sub(r'(title|alt)="[^"]*"', "", tags)
    assert not re.search(
        r"<(script|style|svg|math|iframe|object|embed|form|input|meta|link|base|video)", tags
    )
    assert not re.search(r"\son\w+=|javascript:|href=|srcset=|url\(|background=|position:", tags)


def test_words_and_harmless_looks_stay() -> None:
    clean = sanitised('<h1>Hello</h1><p style="color: red">a <b>bold</b> word</p>')

    assert clean == '<h1>Hello</h1><p style="color:red">a <b>bold</b> word</p>'


def test_a_link_keeps_its_words_and_leads_nowhere() -> None:
    assert sanitised('<a href="https://shop.example/">our shop</a>') == "<a>our shop</a>"


def test_pictures_of_the_mail_itself_are_shown() -> None:
    clean = sanitised(f'<img src="cid:logo"><img src="cid:other"><img src="{PIXEL}">', {"logo": PIXEL})

    assert clean == f'<img src="{PIXEL}"><img><img src="{PIXEL}">'


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param("<div>" * 40_000, id="depth"),
        pytest.param("<br>" * 40_000, id="tags"),
        pytest.param(
            "<p>" + "".join(f"<b class={n}>" for n in range(150)) + "</p><p>" * 9_000, id="formatting"
        ),
        pytest.param("x" * (MAX_HTML + 1), id="size"),
    ],
)
def test_a_bomb_is_shown_as_text(bomb: str) -> None:
    assert not is_cleanable(bomb)
    assert "too deeply nested" in sanitised(bomb)


def test_a_usual_mail_of_nested_tables_is_laid_out() -> None:
    tables = "<table><tr><td>" * 40 + "<p>x</p><br><li>y" * 1_000 + "</td></tr></table>" * 40

    assert is_cleanable(tables)


def test_depth_counts_what_is_open_at_once() -> None:
    assert is_cleanable("<div></div>" * 1_000)
    assert is_cleanable("<div>" * MAX_DEPTH)
    assert not is_cleanable("<div>" * (MAX_DEPTH + 1))


def mail(html: str, more: str = "") -> bytes:
    return (
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n{more}--b--\r\n"
    ).encode()


def test_a_part_becomes_a_document_of_its_own() -> None:
    document = html_document(mail("<p>Grüße</p><script>alert(1)</script>"))

    assert document is not None
    assert document.startswith("<!doctype html>")
    assert "<p>Grüße</p>" in document
    assert "alert" not in document


def test_an_attached_picture_stands_where_the_mail_puts_it() -> None:
    head = "--b\r\nContent-Type: image/gif\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n"
    picture = f"{head}\r\nR0lG\r\n"

    document = html_document(mail('<img src="cid:logo">', picture))

    assert document is not None
    assert '<img src="data:image/gif;base64,R0lG">' in document


@pytest.mark.parametrize("index", [-1, 1, 99])
def test_there_is_no_document_for_a_part_that_is_not_there(index: int) -> None:
    assert html_document(mail("<p>x</p>"), index) is None


@given(st.binary(max_size=400))
def test_no_bytes_break_it(raw: bytes) -> None:
    document = html_document(b"Content-Type: text/html\r\n\r\n" + raw)

    assert document is not None
    assert_harmless(document.partition("<body>")[2])
