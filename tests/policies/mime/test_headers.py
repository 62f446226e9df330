from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.mime import headers
from gatepost_policies.mime.headers import (
    decode_base64,
    decode_words,
    media_type,
    parameters,
    read_headers,
)


@pytest.mark.parametrize(
    ("raw", "fields", "body"),
    [
        pytest.param(b"A: 1\r\nB: 2\r\n\r\nhi", [("A", "1"), ("B", "2")], b"hi", id="crlf"),
        pytest.param(b"A: 1\nB: 2\n\nhi", [("A", "1"), ("B", "2")], b"hi", id="lf"),
        pytest.param(b"A: 1\r\n  more\r\n\r\nhi", [("A", "1  more")], b"hi", id="folded"),
        pytest.param(b"From x@y.z Mon\r\nA: 1\r\n\r\nhi", [("A", "1")], b"hi", id="mbox-line"),
        pytest.param(b"\r\nhi", [], b"hi", id="no-fields"),
        pytest.param(b"A:\r\n\r\n", [("A", "")], b"", id="empty-value"),
        pytest.param(b"A: 1", [("A", "1")], b"", id="no-body"),
        pytest.param(b"A : 1\r\n\r\nhi", [("A", "1")], b"hi", id="blank-before-colon"),
        pytest.param("A: gr\u00fc\u00df\r\n\r\n".encode(), [("A", "grüß")], b"", id="raw-utf-8"),
        pytest.param(
            b"A: \xfe\xff\x00x\x00\n\ty\x00\r\n\r\n", [("A", "x \u0979")], b"", id="a-line-feed-of-utf-16"
        ),
    ],
)
def test_a_header_block_gives_its_fields(raw: bytes, fields: list[tuple[str, str]], body: bytes) -> None:
    block = read_headers(raw)
    assert (list(block.fields), raw[block.body_at :], block.defects) == (fields, body, ())


def test_a_line_that_is_no_field_begins_the_body() -> None:
    raw = b"A: 1\r\nthis is text\r\n"
    block = read_headers(raw)
    assert (raw[block.body_at :], block.defects) == (b"this is text\r\n", ("missing-blank-line",))


def test_too_many_fields_are_cut_and_told() -> None:
    raw = b"A: 1\r\n" * (headers.MAX_HEADERS + 5) + b"\r\nhi"
    block = read_headers(raw)
    assert (len(block.fields), raw[block.body_at :]) == (headers.MAX_HEADERS, b"hi")
    assert block.defects == ("headers-too-long",)


def test_a_field_too_long_is_cut_and_told() -> None:
    block = read_headers(b"A: " + b"x" * (headers.MAX_HEADER_BYTES + 9) + b"\r\n\r\n")
    assert (len(block.fields[0][1]), block.defects) == (headers.MAX_HEADER_BYTES, ("headers-too-long",))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße", id="q"),
        pytest.param("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße", id="b"),
        pytest.param("=?utf-8?q?a_b?=", "a b", id="underscore"),
        pytest.param("=?utf-8?q?a?= =?utf-8?q?b?=", "ab", id="neighbours-join"),
        pytest.param("=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b", id="text-between-stays"),
        pytest.param("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü", id="bytes-of-one-character-in-two-words"),
        pytest.param("=?iso-2022-jp?b?GyRCQ21KOBsoQg==?=", "注文", id="japanese"),
        pytest.param("=?utf-8*de?q?Hallo?=", "Hallo", id="with-a-language"),
        pytest.param("=?nonsense?q?Hallo?=", "Hallo", id="unknown-charset"),
        pytest.param("=?utf-8?x?Hallo?=", "=?utf-8?x?Hallo?=", id="unknown-encoding-stays"),
        pytest.param("5 =? 6", "5 =? 6", id="no-word-at-all"),
        pytest.param("Re: =?utf-8?q?Caf=C3=A9?= order", "Re: Café order", id="within-text"),
    ],
)
def test_encoded_words_are_decoded(value: str, text: str) -> None:
    assert decode_words(value) == text


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        pytest.param('a/b; name="x y.pdf"', "name", ["x y.pdf"], id="quoted"),
        pytest.param("a/b; NAME=x.pdf", "name", ["x.pdf"], id="any-case"),
        pytest.param(r'a/b; name="a\"b"', "name", ['a"b'], id="escaped-quote"),
        pytest.param("a/b; name*=utf-8''%c3%bc.pdf", "name", ["ü.pdf"], id="rfc-2231"),
        pytest.param("a/b; name*1=cd; name*0=ab", "name", ["abcd"], id="continuations-in-any-order"),
        pytest.param(
            "a/b; name*0*=utf-8''%c3; name*1*=%bc", "name", ["ü"], id="character-over-continuations"
        ),
        pytest.param('a/b; name="=?utf-8?q?=C3=BC?="', "name", ["ü"], id="encoded-word-as-outlook-writes"),
        pytest.param("a/b; boundary=x; boundary=y", "boundary", ["x", "y"], id="given-twice"),
        pytest.param('a/b; name="open', "name", ["open"], id="quote-not-closed"),
    ],
)
def test_parameters_are_read(value: str, name: str, expected: list[str]) -> None:
    assert parameters(value)[0][name] == expected


def test_too_many_parameters_are_cut_and_told() -> None:
    found, whole = parameters("a/b" + "".join(f"; p{n}=1" for n in range(headers.MAX_PARAMETERS + 9)))
    assert (len(found), whole) == (headers.MAX_PARAMETERS, False)


@pytest.mark.parametrize(
    ("content", "decoded", "well_formed"),
    [
        pytest.param(b"aGVsbG8=", b"hello", True, id="plain"),
        pytest.param(b"aGVs\r\nbG8=\r\n", b"hello", True, id="wrapped"),
        pytest.param(b"aGVsbG8", b"hello", False, id="no-padding"),
        pytest.param(b"aGVs*bG8=", b"hello", False, id="foreign-letter"),
        pytest.param(b"aGk=aGk=", b"hihi", False, id="more-after-the-padding"),
        pytest.param(b"", b"", True, id="empty"),
        pytest.param(b"====", b"", True, id="padding-only"),
    ],
)
def test_base64_is_decoded_to_its_very_end(content: bytes, decoded: bytes, well_formed: bool) -> None:
    assert decode_base64(content) == (decoded, well_formed)


def test_the_media_type_is_lower_case_or_nothing() -> None:
    assert (media_type("Text/HTML; x=y"), media_type("rubbish")) == ("text/html", "")


@given(st.binary())
def test_any_bytes_are_a_header_block(raw: bytes) -> None:
    assert 0 <= read_headers(raw).body_at <= len(raw)


@given(st.text())
def test_any_text_can_be_decoded(value: str) -> None:
    assert isinstance(decode_words(value), str)
    assert isinstance(parameters(value)[0], dict)


@given(st.binary())
def test_any_bytes_can_be_taken_for_base64(content: bytes) -> None:
    assert isinstance(decode_base64(content)[0], bytes)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("=?utf-8?q?a?= =?iso-8859-1?q?=FC?=", "aü", id="two-charsets"),
        pytest.param("=?utf-8?b?=?=", "", id="nothing"),
    ],
)
def test_odd_neighbours_are_decoded_too(value: str, text: str) -> None:
    assert decode_words(value) == text
