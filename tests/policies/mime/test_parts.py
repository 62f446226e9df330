from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.mime import parts, split
from kit.mails import mail, multipart, part


def leaves(raw: bytes) -> list[tuple[str, str, bytes]]:
    return [(leaf.path, leaf.content_type, leaf.content.strip()) for leaf in split(raw).leaves]


def test_a_mail_of_one_part_is_one_leaf() -> None:
    assert leaves(mail("hello")) == [("1", "text/plain", b"hello")]


def test_parts_come_in_order_with_their_numbers() -> None:
    raw = multipart(part("one"), part("<b>two", "text/html"))
    assert leaves(raw) == [("1", "text/plain", b"one"), ("2", "text/html", b"<b>two")]


def test_nested_parts_have_dotted_numbers() -> None:
    inner = (
        b"Content-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\n\r\na\r\n--b2\r\n\r\nb\r\n--b2--"
    )
    assert [path for path, _, _ in leaves(multipart(inner, part("c")))] == ["1.1", "1.2", "2"]


def test_the_line_break_before_a_delimiter_is_not_content() -> None:
    (leaf,) = split(multipart(b"\r\nhi\r\n")).leaves
    assert leaf.content == b"hi\r\n"


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        pytest.param("base64", b"aGVsbG8=", b"hello", id="base64"),
        pytest.param("quoted-printable", b"a=3Db=\r\nc", b"a=bc", id="quoted-printable"),
        pytest.param("8BIT", b"\xc3\xbc", b"\xc3\xbc", id="8bit-in-capitals"),
        pytest.param("BASE64 (really)", b"aGVsbG8=", b"hello", id="with-a-comment"),
    ],
)
def test_the_transfer_encoding_is_removed(encoding: str, body: bytes, content: bytes) -> None:
    (leaf,) = split(mail(body, headers=f"Content-Transfer-Encoding: {encoding}")).leaves
    assert leaf.content == content


def test_a_mail_within_a_mail_is_read_and_marked() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: old\r\n\r\nold words"
    (leaf,) = split(multipart(inner)).leaves
    assert (leaf.content, leaf.embedded) == (b"old words", True)


def test_names_come_from_disposition_then_type() -> None:
    raw = multipart(
        part(b"x", "image/png; name=a.png", headers="Content-Disposition: attachment; filename=b.png"),
        part(b"x", "image/png; name=a.png"),
    )
    assert [leaf.name for leaf in split(raw).leaves] == ["b.png", "a.png"]


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        pytest.param(
            mail("x", headers="Content-Type: text/plain\nContent-Type: text/html"),
            "two-content-types",
            id="types",
        ),
        pytest.param(
            mail("x", headers="Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64"),
            "two-transfer-encodings",
            id="encodings",
        ),
        pytest.param(
            mail("--a\r\n\r\nx\r\n--a--", headers="Content-Type: multipart/mixed; boundary=a; boundary=b"),
            "two-boundaries",
            id="boundaries",
        ),
        pytest.param(
            mail("x", headers="Content-Type: multipart/mixed"), "missing-boundary", id="no-boundary"
        ),
        pytest.param(
            mail("x", headers="Content-Type: multipart/mixed; boundary=a"),
            "missing-boundary-start",
            id="unused",
        ),
        pytest.param(
            mail("--a\r\n\r\nx", headers="Content-Type: multipart/mixed; boundary=a"),
            "missing-boundary-end",
            id="open",
        ),
        pytest.param(mail("!!!!", headers="Content-Transfer-Encoding: base64"), "bad-base64", id="base64"),
        pytest.param(
            mail("x", headers="Content-Transfer-Encoding: rot13"), "unknown-transfer-encoding", id="encoding"
        ),
        pytest.param(mail("x", headers="From: other@shop.example"), "double-header:From", id="two-from"),
        pytest.param(mail("x", headers="Subject: other"), "double-header:Subject", id="two-subjects"),
    ],
)
def test_broken_mime_is_a_named_defect(raw: bytes, defect: str) -> None:
    assert defect in split(raw).defects


def test_both_readings_of_two_content_types_are_kept() -> None:
    raw = mail("<a href=x>y</a>", headers="Content-Type: text/plain\nContent-Type: text/html")
    assert [(leaf.content_type, leaf.doubtful) for leaf in split(raw).leaves] == [
        ("text/plain", False),
        ("text/html", True),
    ]


def test_both_readings_of_two_boundaries_are_kept() -> None:
    body = "--a\r\n\r\none\r\n--a--\r\n--b\r\n\r\ntwo\r\n--b--"
    raw = mail(body, headers="Content-Type: multipart/mixed; boundary=a; boundary=b")
    assert [leaf.content for leaf in split(raw).leaves] == [b"one", b"two"]


def test_nesting_ends_at_the_limit() -> None:
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(2000)
    )
    message = split(raw)
    assert "too-deep" in message.defects
    assert len(message.leaves) == 1


def test_mails_within_mails_end_at_the_limit() -> None:
    message = split(b"Content-Type: message/rfc822\r\n\r\n" * 5000)
    assert "too-deep" in message.defects
    assert len(message.leaves) == 1


def test_parts_end_at_the_limit() -> None:
    message = split(multipart(*[b"\r\nx"] * (parts.MAX_PARTS + 50)))
    assert "too-many-parts" in message.defects
    assert len(message.leaves) == parts.MAX_PARTS


def test_a_boundary_longer_than_allowed_still_splits() -> None:
    assert len(leaves(multipart(part("one"), part("two"), boundary="x" * 200))) == 2


def test_a_boundary_that_only_begins_another_line_is_no_delimiter() -> None:
    raw = mail("--a\r\n\r\nx\r\n--abc\r\ny\r\n--a--", headers="Content-Type: multipart/mixed; boundary=a")
    assert leaves(raw) == [("1", "text/plain", b"x\r\n--abc\r\ny")]


@given(
    st.binary(max_size=400), st.sampled_from(["multipart/mixed; boundary=a", "message/rfc822", "text/html"])
)
def test_any_body_can_be_split(body: bytes, kind: str) -> None:
    message = split(mail(b"--a\r\n" + body + b"\r\n--a--", headers=f"Content-Type: {kind}"))
    assert len(message.leaves) <= parts.MAX_PARTS


@pytest.mark.parametrize(
    ("encoding", "inner"),
    [
        pytest.param("base64", base64.encodebytes(b"Subject: x\r\n\r\nold"), id="base64"),
        pytest.param("quoted-printable", b"Subject: x=0D=0A=0D=0Aold", id="quoted-printable"),
    ],
)
def test_a_mail_within_the_mail_may_be_encoded(encoding: str, inner: bytes) -> None:
    head = f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    (leaf,) = split(multipart(head + inner)).leaves
    assert leaf.content.strip() == b"old"
