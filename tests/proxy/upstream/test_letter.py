"""gatepost.upstream.letter: the commands say what was judged, the octets are what was judged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.errors import Refused
from gatepost.model import Envelope, Message, Recipient
from gatepost.upstream.letter import CHUNK_BYTES, Letter, check_line_ends, compose
from kit.messages import message
from kit.outgoing import mail, of_size

ALL = {"pipelining": "", "8bitmime": "", "smtputf8": "", "size": "1000000", "dsn": ""}
RECEIVED = b"Received: from x\r\n"


def sent(raw: bytes = b"A: b\r\n\r\nc\r\n", **envelope: Any) -> Message:
    plain = message(raw=raw)
    return replace(plain, envelope=replace(plain.envelope, **envelope))


def without(*keywords: str) -> dict[str, str]:
    return {keyword: words for keyword, words in ALL.items() if keyword not in keywords}


def on_the_wire(letter: Letter) -> bytes:
    return b"".join(bytes(piece) for piece in letter.pieces())


def taken(wire: bytes) -> bytes:
    """What a relay makes of it (RFC 5321 §4.5.2)."""
    end = 0 if wire.startswith(b".\r\n") else wire.index(b"\r\n.\r\n") + 2
    assert wire[end:] == b".\r\n"
    lines = wire[:end].split(b"\r\n")
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)


lines = st.lists(st.binary(max_size=6).map(lambda o: o.replace(b"\r", b".").replace(b"\n", b".")))


@given(lines, st.booleans())
def test_a_relay_reads_exactly_the_mail(body: list[bytes], below: bool) -> None:
    raw = b"".join(line + b"\r\n" for line in body)
    prefix = RECEIVED if below else b""
    assert taken(on_the_wire(compose(message(raw=raw), prefix, ALL))) == prefix + raw


@pytest.mark.parametrize("size", [CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 700_001])
def test_large_mails_go_in_pieces_and_arrive_whole(size: int) -> None:
    letter = compose(message(raw=of_size(size)), RECEIVED, ALL)
    assert taken(on_the_wire(letter)) == RECEIVED + of_size(size)
    assert all(len(piece) <= CHUNK_BYTES + 1_024 for piece in letter.pieces())


@pytest.mark.parametrize("at", [0, 4_096, 32_768, 65_533, 65_534, 65_535, 65_536, 131_071, 262_143, 262_144])
@pytest.mark.parametrize("line", [b".", b"..", b".x"])
def test_dots_survive_at_any_place(at: int, line: bytes) -> None:
    raw = b"x" * max(0, at - 2) + (b"\r\n" if at >= 2 else b"") + line + b"\r\n"
    assert taken(on_the_wire(compose(message(raw=raw), b"", ALL))) == raw


def test_a_mail_without_a_last_line_end_gets_one() -> None:
    assert taken(on_the_wire(compose(message(raw=b"A: b\r\n\r\nc"), b"", ALL))) == b"A: b\r\n\r\nc\r\n"


def test_an_empty_mail_is_a_received_line_alone() -> None:
    assert on_the_wire(compose(message(raw=b""), RECEIVED, ALL)) == RECEIVED + b".\r\n"


@pytest.mark.parametrize(
    ("change", "offers", "command"),
    [
        pytest.param({}, ALL, "<help@shop.example> SIZE=11", id="plain"),
        pytest.param({}, {}, "<help@shop.example>", id="a relay without extensions"),
        pytest.param({"mail_from": ""}, {}, "<>", id="null sender"),
        pytest.param(
            {"body": "8BITMIME"}, without("size"), "<help@shop.example> BODY=8BITMIME", id="declared 8-bit"
        ),
        pytest.param({"body": "8BITMIME"}, {}, "<help@shop.example>", id="declared 8-bit, is 7-bit"),
        pytest.param({"body": "7BIT"}, without("size"), "<help@shop.example> BODY=7BIT", id="declared 7-bit"),
        pytest.param(
            {"smtputf8": True}, without("size"), "<help@shop.example> SMTPUTF8", id="declared utf-8"
        ),
        pytest.param({"smtputf8": True}, {}, "<help@shop.example>", id="declared utf-8, not needed"),
        pytest.param(
            {"ret": "HDRS", "envid": "QQ314159"},
            without("size"),
            "<help@shop.example> RET=HDRS ENVID=QQ314159",
            id="DSN",
        ),
        pytest.param({"ret": "HDRS", "envid": "QQ314159"}, {}, "<help@shop.example>", id="DSN not offered"),
        pytest.param(
            {"mail_from": "grüße@shop.example"},
            without("size"),
            "<grüße@shop.example> SMTPUTF8",
            id="international address",
        ),
    ],
)
def test_mail_command(change: dict[str, Any], offers: dict[str, str], command: str) -> None:
    assert compose(sent(**change), b"", offers).mail == f"MAIL FROM:{command}\r\n".encode()


def test_eight_bit_octets_are_declared_whatever_the_client_said() -> None:
    letter = compose(sent(raw=mail("Grüße"), body="7BIT"), b"", without("size"))
    assert letter.mail == b"MAIL FROM:<help@shop.example> BODY=8BITMIME\r\n"


def test_the_declared_size_counts_the_added_lines() -> None:
    letter = compose(sent(raw=b"A: b\r\n\r\n"), RECEIVED, ALL)
    assert f"SIZE={len(RECEIVED) + 8}".encode() in letter.mail


def test_recipients_keep_their_order_and_parameters() -> None:
    recipients = (
        Recipient("b@c.test", notify="FAILURE,DELAY", orcpt="rfc822;B@c.test"),
        Recipient("a@c.test"),
        Recipient("b@c.test"),
    )
    letter = compose(sent(recipients=recipients), b"", ALL)
    assert letter.rcpts == (
        b"RCPT TO:<b@c.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;B@c.test\r\n",
        b"RCPT TO:<a@c.test>\r\n",
        b"RCPT TO:<b@c.test>\r\n",
    )
    assert letter.recipients == ("b@c.test", "a@c.test", "b@c.test")


def test_recipients_lose_dsn_parameters_where_the_relay_knows_none() -> None:
    recipients = (Recipient("b@c.test", notify="NEVER", orcpt="rfc822;B@c.test"),)
    assert compose(sent(recipients=recipients), b"", {}).rcpts == (b"RCPT TO:<b@c.test>\r\n",)


@pytest.mark.parametrize(
    ("message", "offers", "code", "enhanced"),
    [
        pytest.param(sent(raw=mail("ü")), without("8bitmime"), 554, "5.6.3", id="8-bit"),
        pytest.param(
            sent(raw=mail("ü"), body="8BITMIME"), without("8bitmime"), 554, "5.6.3", id="declared 8-bit"
        ),
        pytest.param(
            sent(mail_from="ü@shop.example"), without("smtputf8"), 553, "5.6.7", id="international sender"
        ),
        pytest.param(
            sent(recipients=(Recipient("ü@c.test"),)), without("smtputf8"), 553, "5.6.7", id="…recipient"
        ),
        pytest.param(
            sent(raw=mail("x", subject="ü"), smtputf8=True),
            without("smtputf8"),
            553,
            "5.6.7",
            id="international header",
        ),
        pytest.param(sent(raw=of_size(5_000)), {"size": "4999"}, 552, "5.3.4", id="too large"),
    ],
)
def test_what_the_relay_can_not_take_is_refused_not_rewritten(
    message: Message, offers: dict[str, str], code: int, enhanced: str
) -> None:
    with pytest.raises(Refused) as refused:
        compose(message, b"", offers)
    assert (refused.value.reply.code, refused.value.reply.enhanced) == (code, enhanced)


@pytest.mark.parametrize("limit", ["", "0", "5000", "x", "-1", "\u0663"])
def test_no_or_no_real_size_limit_refuses_nothing(limit: str) -> None:
    assert compose(sent(raw=of_size(5_000)), b"", {"size": limit}).size_bytes == 5_000


def test_eight_bit_headers_of_a_client_that_did_not_declare_them_pass() -> None:
    raw = mail("x", subject="ü", charset="latin-1")
    assert compose(sent(raw=raw), b"", without("smtputf8", "size")).mail.endswith(b" BODY=8BITMIME\r\n")


@pytest.mark.parametrize("bad", ["\r", "\n", "\0", " ", "<", ">", "\x7f", "\udc80"])
@pytest.mark.parametrize("where", ["sender", "recipient"])
def test_unsafe_addresses_never_go_out(bad: str, where: str) -> None:
    address = f"a{bad}b@c.test"
    envelope = Envelope(address if where == "sender" else "a@b.test", (Recipient(address),))
    with pytest.raises(Refused):
        compose(replace(message(), envelope=envelope), b"", ALL)


@pytest.mark.parametrize("bad", ["a b", "a\r\nRSET", "ü", "\0"])
@pytest.mark.parametrize("name", ["envid", "notify", "orcpt"])
def test_unsafe_parameters_never_go_out(bad: str, name: str) -> None:
    if name == "envid":
        envelope = Envelope("a@b.test", (Recipient("a@b.test"),), envid=bad)
    else:
        recipient = replace(Recipient("a@b.test"), **{name: bad})
        envelope = Envelope("a@b.test", (recipient,))
    with pytest.raises(Refused):
        compose(replace(message(), envelope=envelope), b"", ALL)


def test_a_recipient_without_address_never_goes_out() -> None:
    with pytest.raises(Refused):
        compose(sent(recipients=(Recipient(""),)), b"", ALL)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_envelope_makes_a_second_command(sender: str, recipient: str) -> None:
    envelope = Envelope(sender, (Recipient(recipient),))
    try:
        letter = compose(replace(message(), envelope=envelope), b"", ALL)
    except Refused:
        return
    commands = letter.mail + letter.rcpts[0]
    assert commands.count(b"\r\n") == commands.count(b"\r") == commands.count(b"\n") == 2
    assert letter.mail.split(b">")[0] == b"MAIL FROM:<" + sender.encode()
    assert letter.rcpts[0].split(b">")[0] == b"RCPT TO:<" + recipient.encode()


@pytest.mark.parametrize("raw", [b"a\rb\r\n", b"a\nb\r\n", b"\n.\n", b"\r\n\r", b"\n\r", b"a\r\r\n"])
def test_bare_line_ends_never_go_out(raw: bytes) -> None:
    with pytest.raises(Refused):
        check_line_ends(raw)


def test_whole_line_ends_pass() -> None:
    check_line_ends(b"a\r\n\r\nb\r\n")
