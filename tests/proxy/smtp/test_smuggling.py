"""No octets in a mail become a second mail, however they are cut, and no command runs unasked."""

from __future__ import annotations

import pytest

from gatepost.config.schema import Smtp
from gatepost.model import Message
from kit.intake import smtp_config
from kit.sessions import converse

HELLO = b"EHLO desk.example\r\n"
ENVELOPE = b"MAIL FROM:<a@shop.example>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"
SMUGGLED = b"MAIL FROM:<ceo@shop.example>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\nInner\r\n.\r\n"
END = b"\r\n.\r\n"
FALSE_ENDS = {
    "LF . LF": b"\n.\n",
    "CR . CR": b"\r.\r",
    "LF . CRLF": b"\n.\r\n",
    "CRLF . LF": b"\r\n.\n",
    "CRLF . CR": b"\r\n.\r",
    "CR . CRLF": b"\r.\r\n",
    "LF . CR": b"\n.\r",
    "CR . LF": b"\r.\n",
    "CRLF NUL . CRLF": b"\r\n\0.\r\n",
    "CRLF . NUL CRLF": b"\r\n.\0\r\n",
    "NUL between CR and LF": b"\r\0\n.\r\n",
    "CRCRLF . CRCRLF": b"\r\r\n.\r\r\n",
    "CRLF . . CRLF": b"\r\n..\r\n",
    "CRLF blank . CRLF": b"\r\n .\r\n",
    "CRLF . blank CRLF": b"\r\n. \r\n",
    "line ends of other worlds": "\r\n\u2028.\u2028\x85.\x85\x0b.\x0c\r\n".encode(),
    "an encoded dot": b"\r\n=2E\r\n",
    "a full-width dot": "\r\n\uff0e\r\n".encode(),
}
POLICIES = {"mend": smtp_config(), "refuse": smtp_config(bare_line_feeds="refuse")}


@pytest.mark.parametrize("config", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("false_end", FALSE_ENDS.values(), ids=FALSE_ENDS)
async def test_no_false_end_makes_a_second_mail_wherever_it_is_cut(false_end: bytes, config: Smtp) -> None:
    start = HELLO + ENVELOPE + b"Subject: x\r\n\r\nouter"
    whole = start + false_end + SMUGGLED + b"QUIT\r\n"
    for cut in range(len(start) - 1, len(start) + len(false_end) + 2):
        session = await converse([whole[:cut], whole[cut:]], config=config)
        assert b"victim@example.org" not in recipients(session.messages)
        assert len(session.messages) <= 1
        assert session.codes.count(354) == 1


async def test_a_mail_and_all_that_follows_may_come_octet_by_octet() -> None:
    whole = HELLO + ENVELOPE + b"one\n.\ntwo\r\n.\r\n" + ENVELOPE + b"three\r\n.\r\n" + b"QUIT\r\n"
    session = await converse([whole[at : at + 1] for at in range(len(whole))])
    assert [message.raw for message in session.messages] == [b"one\r\n.\r\ntwo\r\n", b"three\r\n"]
    assert session.codes[-1] == 221


@pytest.mark.parametrize("cut", range(1, len(END)))
async def test_the_true_end_is_found_wherever_it_is_cut(cut: int) -> None:
    start = HELLO + ENVELOPE + b"one"
    whole = start + END + b"QUIT\r\n"
    session = await converse([whole[: len(start) + cut], whole[len(start) + cut :]])
    assert [message.raw for message in session.messages] == [b"one\r\n"]


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\0\r\n", b"\r\r\n", b"\n\r"])
async def test_a_command_ends_with_crlf_or_is_none(line_end: bytes) -> None:
    whole = (
        HELLO + b"MAIL FROM:<a@shop.example>" + line_end + b"RCPT TO:<b@example.org>\r\nDATA\r\nx\r\n.\r\n"
    )
    session = await converse([whole])
    assert session.messages == []
    assert 354 not in session.codes


async def test_what_follows_data_in_the_same_segment_is_mail() -> None:
    session = await converse([HELLO + ENVELOPE + b"RSET\r\nQUIT\r\n.\r\nNOOP\r\n"])
    assert [message.raw for message in session.messages] == [b"RSET\r\nQUIT\r\n"]
    assert session.codes == [220, 250, 250, 250, 354, 250, 250]


async def test_a_stranger_smuggles_nothing_either() -> None:
    session = await converse([HELLO + ENVELOPE + b"x\r\n.\r\n" + SMUGGLED], trusted=False)
    assert session.messages == []
    assert 354 not in session.codes


def recipients(messages: list[Message]) -> bytes:
    return b" ".join(address.encode() for message in messages for address in message.envelope.rcpt_tos)
